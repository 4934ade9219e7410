"""Runs the shop of docs/examples/axum-sqlx with the packed crate, and kills it again and again."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Self

import documents
import python
from queues import wait_until

from sandbox import CRATE, ROOT, Sandbox, one, run

CARD = "4111111111111111"
# In target/, so that Cargo builds again only what has changed.
BUILD = ROOT / "target" / "ecosystem" / "axum-sqlx"

SECOND = """
import alikassa
with alikassa.Client.from_env() as client:
    print(client.payouts.create(amount="5.00", number="4111111111111111", order_id="B-1", service="payment_card_rub").id)
"""


def build() -> Path:
    """Builds the shop in a folder with nothing but its sources and the packed crate."""
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "examples" / "axum-sqlx", BUILD)
    with tarfile.open(one(CRATE)) as crate:
        crate.extractall(BUILD, filter="data")
    (unpacked,) = BUILD.glob("alikassa-*")
    manifest = BUILD / "Cargo.toml"
    patch = f"\n[patch.crates-io]\nalikassa = {{ path = {unpacked.name!r} }}\n"
    manifest.write_text(manifest.read_text() + patch + documents.profiles())
    shutil.copy(ROOT / "Cargo.lock", BUILD)
    run("cargo", "build", "--quiet", "--target-dir", ROOT / "target", cwd=BUILD, timeout=1500)
    return ROOT / "target" / "debug" / "alikassa-example-axum-sqlx"


class Shop:
    """A running shop with its books."""

    def __init__(self, program: Path, folder: Path, sandbox: Sandbox) -> None:
        self.program, self.folder = program, folder
        files = {"SHOP_LEDGER": str(folder / "payouts.sqlite"), "SHOP_DB": str(folder / "shop.sqlite")}
        self.env = {**os.environ, **sandbox.env, **files, "PORT": "0", "SHOP_SETTLE_MS": "100"}

    def __enter__(self) -> Self:
        log = self.folder / "log"
        with log.open("w") as file:
            self.process = subprocess.Popen([self.program], env=self.env, stderr=file)
        wait_until(lambda: self.process.poll() is not None or "listening" in log.read_text(), "the shop")
        started = re.search(r"listening on (\S+)", log.read_text())
        assert started, log.read_text()
        self.url = started[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def order(self, order_id: str, amount: str = "5.00") -> None:
        """Orders a payout."""
        body = f'{{"order_id": "{order_id}", "amount": "{amount}", "card": "{CARD}"}}'.encode()
        request = urllib.request.Request(f"{self.url}/payouts", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 202

    def rows(self, query: str) -> list[tuple]:
        """What the books have."""
        with closing(sqlite3.connect(self.folder / "shop.sqlite")) as books:
            return books.execute(query).fetchall()

    def states(self) -> dict[str, str]:
        """The state of each order."""
        return dict(self.rows("SELECT order_id, state FROM payouts"))

    def take(self, message: dict[str, str]) -> str:
        """What became of a notification, sent as a query and as JSON: what the books have of it."""
        urllib.request.urlopen(f"{self.url}/alikassa/notification?{message['query']}", timeout=10).close()
        ((note,),) = self.rows(f"SELECT note FROM notes WHERE signed_text = {quoted(message['signed_text'])}")
        return note


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def a_shop_with_sqlx_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """A paid, a refused and a lost one, and notifications with each result."""
    sandbox.reset()
    sandbox.control("POST", "rules", {"match": {"path": "v1/payout"}, "status": "paid"})
    sandbox.fault("close_after_act", "lost")
    with Shop(build(), folder, sandbox) as shop:
        shop.order("B-1")
        shop.order("B-1")
        shop.order("lost")
        shop.order("rich", "1000000.00")
        final = {"B-1": "paid", "lost": "paid", "rich": "failed"}
        wait_until(lambda: shop.states() == final, "the final states")
        assert shop.rows("SELECT * FROM refunds") == [("rich", "1000000.00")]
        assert sorted(set(sandbox.orders)) == ["B-1", "lost", "rich"]
        assert [sandbox.orders.count(order) for order in ("B-1", "lost")] == [1, 1]
        check_notifications(shop, folder, sandbox)


def check_notifications(shop: Shop, folder: Path, sandbox: Sandbox) -> None:
    """New, seen, stale, other, and refused."""
    notice = {"order_id": "B-1", "kind": "payout", "url": None}
    paid = sandbox.control("POST", "notify", notice)
    assert [shop.take(paid), shop.take(paid)] == ["new", "seen"]
    assert shop.take(sandbox.control("POST", "notify", {**notice, "status": "wait"})) == "stale"
    sandbox.control("POST", "duplicates", {"duplicates": "allow"})
    interpreter = python.install(folder)
    second = int(run(interpreter, "-c", SECOND, cwd=folder, env=sandbox.env))
    other = sandbox.control("POST", "notify", {"id": second, "kind": "payout", "url": None})
    assert shop.take(other) == "other"
    forged = sandbox.control("POST", "notify", {**notice, "signature": "flipped"})
    try:
        urllib.request.urlopen(f"{shop.url}/alikassa/notification?{forged['query']}", timeout=10)
    except urllib.error.HTTPError as refused:
        assert refused.code == 400, refused
    else:
        raise AssertionError("a forged notification was accepted")


def a_shop_with_sqlx_that_is_killed_pays_each_order_once(folder: Path, sandbox: Sandbox) -> None:
    """Killed later and later after each start, until every order is closed."""
    sandbox.reset()
    sandbox.control("POST", "rules", {"match": {"path": "v1/payout"}, "status": "paid"})
    orders = [f"K-{number}" for number in range(6)]
    program = build()
    with Shop(program, folder, sandbox) as shop:
        for order in orders:
            shop.order(order, "1.00")
        shop.order("rich", "1000000.00")
    for starts in range(1, 200):
        with Shop(program, folder, sandbox) as shop:
            try:
                shop.process.wait(timeout=starts * 0.01)
            except subprocess.TimeoutExpired:
                shop.process.kill()
        if "open" not in shop.states().values():
            break
    assert shop.states() == {**dict.fromkeys(orders, "paid"), "rich": "failed"}, starts
    assert sorted(order for order in sandbox.orders if order != "rich") == orders
    assert shop.rows("SELECT * FROM refunds") == [("rich", "1000000.00")]

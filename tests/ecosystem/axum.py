"""Runs the shop of docs/examples/axum-sqlx with the packed crate, and kills it again and again."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

import documents
import python
from queues import wait_until

from sandbox import CRATE, ROOT, Sandbox, one, run

CARD = "4111111111111111"
# Apart from this repository's, because the settings of its .cargo/config.toml do not apply to a shop.
TARGET = ROOT / "target" / "ecosystem" / "shop"

SECOND = """
import alikassa
with alikassa.Client.from_env() as client:
    print(client.payouts.create(amount="5.00", number="4111111111111111", order_id="B-1", service="payment_card_rub").id)
"""


def build(folder: Path) -> Path:
    """Builds the shop in a folder with nothing but its sources and the packed crate."""
    shop = folder / "shop"
    shutil.copytree(ROOT / "docs" / "examples" / "axum-sqlx", shop, ignore=shutil.ignore_patterns("target"))
    with tarfile.open(one(CRATE)) as crate:
        crate.extractall(shop, filter="data")
    (unpacked,) = shop.glob("alikassa-*")
    manifest = shop / "Cargo.toml"
    patch = f"\n[patch.crates-io]\nalikassa = {{ path = {unpacked.name!r} }}\n"
    manifest.write_text(manifest.read_text() + patch + documents.profiles())
    shutil.copy(ROOT / "Cargo.lock", shop)
    run("cargo", "build", "--quiet", "--target-dir", TARGET, cwd=shop, timeout=1500)
    return TARGET / "debug" / "alikassa-example-axum-sqlx"


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
        with contextlib.closing(sqlite3.connect(self.folder / "shop.sqlite")) as books:
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
    with Shop(build(folder), folder, sandbox) as shop:
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
    """Killed later and later after each start. What was sent is closed, and what failed is refunded once."""
    sandbox.reset()
    sandbox.control("POST", "rules", {"match": {"order_id": "K-0"}, "status": "fail"})
    sandbox.control("POST", "rules", {"match": {"path": "v1/payout"}, "status": "paid"})
    orders = [f"K-{number}" for number in range(8)]
    program = build(folder)
    with Shop(program, folder, sandbox) as shop:
        for order in orders:
            shop.order(order, "1.00")
    for start in range(20):
        with Shop(program, folder, sandbox) as shop, contextlib.suppress(subprocess.TimeoutExpired):
            shop.process.wait(timeout=start * 0.02)
    with Shop(program, folder, sandbox) as shop:
        wait_until(lambda: not open_orders(shop) & set(sandbox.orders), "closed orders")
        states = shop.states()
        refunds = shop.rows("SELECT * FROM refunds")

    # An order that no byte of was sent when the shop was killed stays open: nobody but a person can tell.
    sent = set(sandbox.orders)
    assert len(sent) == len(sandbox.orders) > 0, sandbox.orders
    expected = {order: "open" if order not in sent else "failed" if order == "K-0" else "paid" for order in orders}
    assert states == expected
    assert refunds == ([("K-0", "1.00")] if "K-0" in sent else [])


def open_orders(shop: Shop) -> set[str]:
    """Those that the shop has not closed."""
    return {order for order, state in shop.states().items() if state == "open"}

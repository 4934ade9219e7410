"""The kit for merchants' tests."""

from __future__ import annotations

import asyncio
import base64
import http.server
import inspect
import json
import os
import re
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

import alikassa
from alikassa import testing
from alikassa.testing import SandboxError
from sandbox import BINARY, REPOSITORY, payment, payout

ORDER = "1756900030"


def test_options_reach_the_sandbox() -> None:
    options = {"balance": Decimal("100.50"), "digest": "sha256", "duplicates": "allow", "settle": "cancel"}
    with testing.Sandbox(BINARY, **options, settle_after_ms=0) as sandbox:  # type: ignore[arg-type]
        client = sandbox.client(digest="sha256")
        assert client.account.balance().balance == Decimal("100.50")
        for _ in range(2):
            client.payments.create(**payment("A-1"))
        assert [one["payment_status"] for one in sandbox.state()["payments"][1:]] == ["cancel", "cancel"]
        assert sandbox.state()["digest"] == "sha256"
    with pytest.raises(SandboxError, match="did not start: it exited with status 2: error: invalid value 'x'"):
        testing.Sandbox(BINARY, balance="x")


def test_clients_use_the_sandbox_and_are_closed_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with testing.Sandbox(BINARY) as sandbox:
        client, other = sandbox.client(), sandbox.async_client(max_retries=0)
        assert client.account.balance().balance == Decimal("93.84")
        assert asyncio.run(other.account.balance()).balance == Decimal("93.84")
        assert repr(sandbox.client(base_url=sandbox.url)).endswith(f"base_url={sandbox.url!r})")
        for make in (sandbox.client, sandbox.async_client):
            assert repr(make(base_url=None)).endswith(f"base_url={sandbox.tls_url!r})")
        for name, value in sandbox.env.items():
            monkeypatch.setenv(name, value)
        with alikassa.Client.from_env() as third:
            assert third.account.balance().balance == Decimal("93.84")
            assert third.notifications.verify(query=sandbox.forge(ORDER)["query"]).order_id == ORDER
        assert all(entry["tls"] for entry in sandbox.log())
    with pytest.raises(alikassa.ConfigurationError, match="closed"):
        client.account.balance()
    with pytest.raises(alikassa.ConfigurationError, match="closed"):
        asyncio.run(other.account.balance())


def test_the_sandbox_stops_while_it_withholds_a_response() -> None:
    sandbox = testing.Sandbox(BINARY)
    client = sandbox.client(max_retries=0)
    sandbox.fault("stall")
    errors: list[alikassa.AliKassaError] = []

    def call() -> None:
        try:
            client.account.balance()
        except alikassa.AliKassaError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    while not sandbox.log():
        time.sleep(0.01)
    begun = time.monotonic()
    sandbox.close()
    assert time.monotonic() - begun < 5
    thread.join()
    assert [error.code for error in errors] == ["transport"]


def test_the_type_has_every_fault_of_the_sandbox(kit: testing.Sandbox) -> None:
    (declared,) = re.findall(r"_Fault = Literal\[([^\]]*)\]", inspect.getsource(testing))
    faults = re.findall(r'"(\w+)"', declared)
    _, table = (REPOSITORY / "tests/sandbox/README.md").read_text().split("| `fault` | acts")
    assert faults == re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    for fault in faults:
        kit.fault(fault, n=1, status=500, headers={"a": "b"}, body="")
    assert kit.state()["pending_faults"] == len(faults)
    kit.reset()
    assert kit.state()["pending_faults"] == 0


def test_a_fault_applies_to_matching_requests(kit: testing.Sandbox) -> None:
    client = kit.client(max_retries=0)
    kit.fault("http", path="v1/payout/status", order_id="6422494", times=2, status=503, body={"message": "Later"})
    assert client.payouts.status(id=100000536).is_final
    assert client.payments.status(order_id=ORDER).is_final
    for _ in range(2):
        with pytest.raises(alikassa.ServerError, match="Later"):
            client.payouts.status(order_id="6422494")
    assert client.payouts.status(order_id="6422494").is_final
    kit.fault("html_502", path="v1/payout", act=True)
    with pytest.raises(alikassa.OutcomeUnknownError):
        client.payouts.create(**payout("B-1"))
    assert client.payouts.resolve("B-1", amount="1.00").found


def test_settle_and_rule(kit: testing.Sandbox) -> None:
    client = kit.client()
    kit.rule("fail", path="v1/payout", order_id="B-1", after_reads=1)
    kit.rule("cancel", path="v1/payout", after_ms=0)
    client.payments.create(**payment("A-1"))
    for order_id in ("B-1", "B-2"):
        client.payouts.create(**payout(order_id))
    kit.settle("A-1", "paid", kind="payment", payment_amount=Decimal("9.50"), hold_amount=1)
    paid = client.payments.status(order_id="A-1")
    assert (paid.payment_status, paid.payment_amount) == ("paid", Decimal("9.50"))
    assert client.payouts.status(order_id="B-1").payment_status == "fail"
    assert client.payouts.status(order_id="B-2").payment_status == "cancel"
    with pytest.raises(SandboxError, match="final already"):
        kit.settle("A-1", "fail")


def test_balance_sets_the_balance(kit: testing.Sandbox) -> None:
    for balance in ("100000.50", Decimal("1E+5"), 100000):
        kit.balance(balance)
        assert int(kit.client().account.balance().balance) == 100000


def test_forged_messages_are_valid_by_default(kit: testing.Sandbox) -> None:
    client = kit.client()
    event = client.notifications.verify(
        query=kit.forge(ORDER, status="wait", fields=12, card_brand="MIR", digest="sha256", extra={"a": "b"})["query"]
    )
    assert (event.payment_status, event.card_brand, event.digest, event.unsigned) == (
        "wait",
        "MIR",
        "sha256",
        {"a": "b"},
    )
    assert client.notifications.verify(body=kit.forge(id=112412553)["json"].encode()).order_id == ORDER
    for forged in ("flipped", "other_key", "other_body", "missing", "truncated"):
        with pytest.raises(alikassa.NotificationError):
            client.notifications.verify(query=kit.forge(ORDER, signature=forged)["query"])
    assert client.redirects.verify(body=kit.redirect(ORDER)["form"].encode()).order_id == ORDER
    assert kit.redirect(ORDER, signature="missing")["sign"] is None
    assert kit.notifications() == []


def test_notify_delivers_a_notification(kit: testing.Sandbox) -> None:
    received: list[str] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as server:
        number = kit.notify(f"http://127.0.0.1:{server.server_port}/hook", ORDER, delay_ms=1)
        server.handle_request()
    assert kit.client().notifications.verify(query=received[0].partition("?")[2]).order_id == ORDER
    while not kit.notifications()[0]["attempts"]:
        time.sleep(0.01)
    assert (kit.notifications()[0]["id"], kit.notifications()[0]["attempts"][0]["status"]) == (number, 204)


def test_the_log_has_the_requests(kit: testing.Sandbox) -> None:
    kit.client().payouts.create(**payout("B-1"))
    *_, last = kit.log()
    assert (last["path"], last["certificate"]) == ("/v1/payout", "payout")
    assert json.loads(base64.b64decode(last["body"]))["order_id"] == "B-1"
    kit.reset()
    assert kit.log() == []


def test_no_proxy_is_used(kit: testing.Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert kit.state()["pending_faults"] == 0


def test_two_sandboxes_are_independent(kit: testing.Sandbox) -> None:
    with testing.Sandbox(BINARY) as other:
        kit.balance("1.00")
        assert other.client().account.balance().balance == Decimal("93.84")
        assert kit.client().account.balance().balance == Decimal(1)
        with pytest.raises(alikassa.AuthenticationError):
            other.client(payout_cert=kit.payout_cert).account.balance()


MERCHANT = """
import pytest
import alikassa

seen = []

def test_one(alikassa_sandbox):
    client = alikassa_sandbox.client()
    client.payouts.create(amount="1.00", number="4111111111111111", order_id="B-1", service="payment_card_rub")
    seen.append((alikassa_sandbox.url, client))

def test_two_finds_the_initial_state(alikassa_sandbox):
    (url, client), = seen
    assert alikassa_sandbox.url == url
    assert len(alikassa_sandbox.state()["payouts"]) == 1
    with pytest.raises(alikassa.ConfigurationError):
        client.account.balance()
"""


def run_pytest(folder: Path, *options: str) -> str:
    """Run the tests of a merchant; return the output of pytest."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "alikassa._pytest", *options]
    env = {**os.environ, "ALIKASSA_SANDBOX": str(BINARY), "PYTHONPATH": str(Path(alikassa.__file__).parents[1])}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False).stdout


def test_the_fixture_is_reset_before_each_test(tmp_path: Path) -> None:
    (tmp_path / "test_merchant.py").write_text(MERCHANT)
    output = run_pytest(tmp_path, "-W", "error")
    assert "2 passed" in output, output


def test_the_plugin_loads_the_kit_only_when_it_is_used(tmp_path: Path) -> None:
    code = "import sys, alikassa._pytest; print({'alikassa.testing', 'alikassa._async'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
    assert "alikassa_sandbox" in run_pytest(tmp_path, "--fixtures")


def test_a_ledger_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "payouts.sqlite"
    assert testing.check_ledger(path) == []
    alikassa.Ledger(path).backup(tmp_path / "copy.sqlite")
    (warning,) = testing.check_ledger(tmp_path / "copy.sqlite")
    assert "this is a copy made by backup" in warning
    with pytest.raises(alikassa.LedgerError, match="connect"):
        testing.check_ledger("postgresql://pay@127.0.0.1:1/shop?sslmode=disable")

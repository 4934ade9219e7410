"""The kit for merchants' tests: finding the sandbox, starting, asking and ending it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.server
import importlib.metadata
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import alikassa
from alikassa import testing
from alikassa.testing import SandboxError
from sandbox import BINARY, REPOSITORY, payment, payout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORDER = "1756900030"


@pytest.fixture(scope="module")
def _kit() -> Iterator[testing.Sandbox]:
    with testing.Sandbox(BINARY) as sandbox:
        yield sandbox


@pytest.fixture
def kit(_kit: testing.Sandbox) -> testing.Sandbox:
    """Give the kit's sandbox as it is at the start."""
    _kit.reset()
    return _kit


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Give a way to write programs that are no sandbox."""

    def write(script: str) -> Path:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return write


def children(pid: int) -> set[int]:
    """Give the children of a process."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def gone(pid: int) -> bool:
    """Whether a process ends soon."""
    for _ in range(600):
        with contextlib.suppress(FileNotFoundError):
            # The third field; what has ended and waits for its parent counts.
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.05)
                continue
        return True
    return False


class Found(Exception):  # noqa: N818
    """What would have been started."""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Give the name of the program that would be started."""

    def started(command: list[str], _limit: float) -> None:
        raise Found(command[0])

    def start(executable: str | Path | None = None) -> str:
        with pytest.raises(Found) as raised:
            testing.Sandbox(executable)
        return str(raised.value)

    monkeypatch.setattr(testing, "_started", started)
    return start


def test_it_is_found_by_argument_variable_package_and_path(
    start: Callable[..., str], monkeypatch: pytest.MonkeyPatch, program: Callable[[str], Path], tmp_path: Path
) -> None:
    on_path = program("").rename(tmp_path / "alikassa-sandbox")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ALIKASSA_SANDBOX", raising=False)
    assert start() == str(on_path)

    site = tmp_path / "site"
    record = site / "alikassa_sandbox-0.1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    record.write_text("alikassa_sandbox-0.1.0.dist-info/RECORD,,\n../bin/alikassa-sandbox,,\n")
    (record.parent / "METADATA").write_text("Metadata-Version: 2.4\nName: alikassa-sandbox\nVersion: 0.1.0\n")
    monkeypatch.syspath_prepend(site)
    assert Path(start()).resolve() == on_path.parent / "bin" / "alikassa-sandbox"

    monkeypatch.setenv("ALIKASSA_SANDBOX", "variable")
    assert start() == "variable"
    assert start(Path("argument")) == "argument"
    monkeypatch.setenv("ALIKASSA_SANDBOX", "")
    assert "site" in start()


def test_without_a_program_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ALIKASSA_SANDBOX", raising=False)
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("alikassa-sandbox")
    with pytest.raises(SandboxError, match=r"`pip install \./tests/sandbox` in the source tree"):
        testing.Sandbox()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no memory' >&2; exit 3", "it ended with status 3: no memory"),
        ("exit 0", "it ended with status 0"),
        ("kill -9 $$", "it ended with status -9"),
        ("echo hello; exec sleep 60", r"it said b'hello\n'"),
        ("echo '[]'; exec sleep 60", r"it said b'[]\n'"),
        ("""echo '{"url": "x"}'; exec sleep 60""", """it said b'{"url": "x"}\\n'"""),
        (r"printf '\377'; exec sleep 60", "it was silent for 0.5 s"),
        ("exec sleep 60", "it was silent for 0.5 s"),
        ("sleep 2", "it was silent for 0.5 s"),
    ],
)
def test_a_program_that_is_no_sandbox_is_an_error_in_time(
    program: Callable[[str], Path], script: str, said: str
) -> None:
    path = program(script)
    with pytest.raises(SandboxError) as raised:
        testing.Sandbox(path, start_timeout=0.5 if "silent" in said else 30)
    assert str(raised.value) == f"{path} did not start: {said}"


def test_a_program_that_cannot_be_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"/none cannot be run: No such file"):
        testing.Sandbox(tmp_path / "none")
    with pytest.raises(SandboxError, match=r"cannot be run: Permission denied"):
        testing.Sandbox(tmp_path)


def test_options_reach_the_sandbox() -> None:
    options = {"balance": Decimal("100.50"), "digest": "sha256", "duplicates": "allow", "settle": "cancel"}
    with testing.Sandbox(BINARY, **options, settle_after_ms=0) as sandbox:  # type: ignore[arg-type]
        client = sandbox.client(digest="sha256")
        assert client.account.balance().balance == Decimal("100.50")
        for _ in range(2):
            client.payments.create(**payment("A-1"))
        assert [one["payment_status"] for one in sandbox.state()["payments"][1:]] == ["cancel", "cancel"]
        assert sandbox.state()["digest"] == "sha256"
    with pytest.raises(SandboxError, match="did not start: it ended with status 2: error: invalid value 'x'"):
        testing.Sandbox(BINARY, balance="x")


def test_clients_talk_to_it_and_are_closed_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_it_ends_while_it_holds_back_an_answer() -> None:
    sandbox = testing.Sandbox(BINARY)
    client = sandbox.client(max_retries=0)
    sandbox.fault("stall")
    errors: list[alikassa.AliKassaError] = []

    def ask() -> None:
        try:
            client.account.balance()
        except alikassa.AliKassaError as error:
            errors.append(error)

    call = threading.Thread(target=ask)
    call.start()
    while not sandbox.log():
        time.sleep(0.01)
    begun = time.monotonic()
    sandbox.close()
    assert time.monotonic() - begun < 5
    call.join()
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


def test_a_fault_strikes_what_matches(kit: testing.Sandbox) -> None:
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


def test_settling_and_rules(kit: testing.Sandbox) -> None:
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


def test_the_balance_is_set(kit: testing.Sandbox) -> None:
    for balance in ("100000.50", Decimal("1E+5"), 100000):
        kit.balance(balance)
        assert int(kit.client().account.balance().balance) == 100000


def test_forged_messages_are_genuine_unless_asked(kit: testing.Sandbox) -> None:
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


def test_a_notification_is_delivered(kit: testing.Sandbox) -> None:
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


def test_the_log_tells_what_was_sent(kit: testing.Sandbox) -> None:
    kit.client().payouts.create(**payout("B-1"))
    *_, last = kit.log()
    assert (last["path"], last["certificate"]) == ("/v1/payout", "payout")
    assert json.loads(base64.b64decode(last["body"]))["order_id"] == "B-1"
    kit.reset()
    assert kit.log() == []


def test_no_proxy_comes_between(kit: testing.Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert kit.state()["pending_faults"] == 0


def test_two_have_books_of_their_own(kit: testing.Sandbox) -> None:
    with testing.Sandbox(BINARY) as other:
        kit.balance("1.00")
        assert other.client().account.balance().balance == Decimal("93.84")
        assert kit.client().account.balance().balance == Decimal(1)
        with pytest.raises(alikassa.AuthenticationError):
            other.client(payout_cert=kit.payout_cert).account.balance()


def test_it_leaves_no_process_and_no_folder() -> None:
    before = children(os.getpid())
    sandbox = testing.Sandbox(BINARY)
    folder = Path(sandbox.ca_file).parent
    (pid,) = children(os.getpid()) - before
    assert folder.exists()
    sandbox.close()
    sandbox.close()
    assert children(os.getpid()) == before
    assert gone(pid)
    assert not folder.exists()
    with pytest.raises(SandboxError, match="does not answer"):
        sandbox.reset()


def test_ctrl_c_is_for_the_tests_alone() -> None:
    before = children(os.getpid())
    with testing.Sandbox(BINARY):
        (pid,) = children(os.getpid()) - before
        assert os.getpgid(pid) != os.getpgrp()


def test_a_sandbox_that_will_not_end_is_ended(
    kit: testing.Sandbox, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = json.dumps({name: getattr(kit, name) for name in inspect.get_annotations(testing.Sandbox)})
    before = children(os.getpid())
    stubborn = testing.Sandbox(program(f"trap '' TERM\necho '{start}'\nwhile :; do sleep 0.1; done"))
    (pid,) = children(os.getpid()) - before
    monkeypatch.setattr(testing, "_PATIENCE", 0.5)
    stubborn.close()
    assert gone(pid)


HOLDER = """
import sys
from alikassa.testing import Sandbox
sandbox = Sandbox(sys.argv[1])
print(sandbox.ca_file, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["kill", "return"])
def test_it_does_not_outlive_its_process(end: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", HOLDER, str(BINARY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        ca_file = Path(holder.stdout.readline().strip())
        (pid,) = children(holder.pid)
        assert ca_file.exists()
        if end == "kill":
            holder.send_signal(signal.SIGKILL)
        else:
            holder.communicate()
    assert gone(pid)
    assert not ca_file.parent.exists()


def test_a_forked_child_does_not_end_it(kit: testing.Sandbox) -> None:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            kit.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert kit.state()["pending_faults"] == 0


MERCHANT = """
import pytest
import alikassa

seen = []

def test_one(alikassa_sandbox):
    client = alikassa_sandbox.client()
    client.payouts.create(amount="1.00", number="4111111111111111", order_id="B-1", service="payment_card_rub")
    seen.append((alikassa_sandbox.url, client))

def test_another_finds_it_as_at_the_start(alikassa_sandbox):
    (url, client), = seen
    assert alikassa_sandbox.url == url
    assert len(alikassa_sandbox.state()["payouts"]) == 1
    with pytest.raises(alikassa.ConfigurationError):
        client.account.balance()
"""


def run_pytest(folder: Path, *options: str) -> str:
    """Run the tests of a merchant, and give what pytest says."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "alikassa._pytest", *options]
    env = {**os.environ, "ALIKASSA_SANDBOX": str(BINARY), "PYTHONPATH": str(Path(alikassa.__file__).parents[1])}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False).stdout


def test_pytest_gives_each_test_a_fresh_one(tmp_path: Path) -> None:
    (tmp_path / "test_merchant.py").write_text(MERCHANT)
    said = run_pytest(tmp_path, "-W", "error")
    assert "2 passed" in said, said


def test_the_plugin_loads_the_kit_only_when_asked(tmp_path: Path) -> None:
    code = "import sys, alikassa._pytest; print({'alikassa.testing', 'alikassa._async'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
    assert "alikassa_sandbox" in run_pytest(tmp_path, "--fixtures")

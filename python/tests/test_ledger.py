"""The ledger: alone, shared by processes, and with an unusable file."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payment, payout
from test_threads import count_during, fork, forks, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox import Sandbox

NOBODY = 65534
NO_ACCOUNT = "00000000-0000-4000-8000-000000000000"
PROCESSES = 4


def test_the_option_takes_a_ledger_or_a_path(options: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    ledger = alikassa.Ledger(file)
    assert alikassa.Client(**options, ledger=ledger).ledger is ledger
    for path in (file, str(file)):
        made = alikassa.AsyncClient(**options, ledger=path).ledger
        assert made is not None
        assert made.location == str(file)
    assert alikassa.Client(**options).ledger is None
    assert not file.exists()


def test_the_path_is_absolute(options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    client, ledger = alikassa.Client(**options, ledger="ledger.sqlite"), alikassa.Ledger(Path("ledger.sqlite"))
    monkeypatch.chdir("/")
    for copied in (pickle.loads(pickle.dumps(client)).ledger, pickle.loads(pickle.dumps(ledger)), client.ledger):
        assert type(copied) is alikassa.Ledger
        assert copied.location == str(tmp_path / "ledger.sqlite")
    assert repr(ledger) == f"Ledger({str(tmp_path / 'ledger.sqlite')!r})"


def test_invalid_paths() -> None:
    # The location is text, and must be that of the same file after pickling.
    not_unicode = os.fsdecode(b"/tmp/ledger-\xff")
    for wrong, reason in (("", "empty"), (not_unicode, "utf8"), (1, "type"), (b"ledger", "type"), (None, "type")):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            alikassa.Ledger(wrong)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == ("ledger", reason)


def test_the_fields_of_a_row(recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any]) -> None:
    before = int(time.time() * 1000)
    paid_out = recorded.payouts.create(**payout("B-1"))
    recorded.payments.create(**payment("A-1"))
    first, second = ledger.open()
    assert {name: value for name, value in vars(first).items() if not name.endswith("_ms")} == {
        "account": options["account"],
        "operation": "payouts.create",
        "order_id": "B-1",
        "state": "accepted",
        "amount": Decimal("1.00"),
        "service": "payment_card_rub",
        "id": paid_out.id,
        "id_source": "create",
        "payment_status": "wait",
        "reason": None,
    }
    assert before <= first.created_ms <= first.updated_ms <= second.created_ms
    assert type(first.amount) is type(second.amount) is Decimal
    shown = "operation='payouts.create', order_id='B-1', state='accepted'"
    assert repr(first) == f"LedgerRow({shown}, id={paid_out.id}, payment_status='wait', amount=Decimal('1.00'))"
    assert pickle.loads(pickle.dumps(first)) == first != second
    with pytest.raises(AttributeError, match="LedgerRow cannot be changed"):
        first.state = "released"


def test_an_integer_amount_is_a_decimal_too(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    recorded.payouts.create(**payout("B-1", amount="7"))
    assert [repr(row.amount) for row in ledger.open()] == ["Decimal('7')"]


def test_release(recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    sandbox.fault("close_after_read", "v1/payout")
    with pytest.raises(alikassa.OutcomeUnknownError):
        recorded.payouts.create(**payout("B-1"))
    for arguments, field in (
        (("payouts.create", "B-2", "because"), "order_id"),
        (("payouts.create", "B-1", " "), "reason"),
        (("payouts.create", "B-1", "because", "another account"), "order_id"),
        (("payouts.create", 1, "because"), "order_id"),
        (("payouts.create", "B-1", "because", "\ud800"), "account"),
    ):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            ledger.release(*arguments)
        assert caught.value.field == field
    ledger.release("payouts.create", "B-1", reason="support says that it does not exist")
    assert list(ledger.open()) == []
    assert recorded.payouts.create(**payout("B-1")).payment_status == "wait"


def test_reconcile(recorded: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("close_after_act", "v1/payout")
    sandbox.fault("close_after_read", "v1/payout")
    for order_id in ("B-1", "B-2"):
        with pytest.raises(alikassa.OutcomeUnknownError):
            recorded.payouts.create(**payout(order_id))
    sandbox.settle("B-1")
    rows = recorded.reconcile()
    assert all(type(row) is alikassa.LedgerRow for row in rows)
    assert [(row.order_id, row.state, row.payment_status) for row in rows] == [
        ("B-1", "accepted", "paid"),
        ("B-2", "unknown", None),
    ]
    assert [row.order_id for row in recorded.reconcile()] == ["B-2"]
    assert len(sandbox.creates()) == 2


def test_reconcile_without_a_ledger(client: alikassa.Client) -> None:
    with pytest.raises(alikassa.ConfigurationError, match="no ledger") as caught:
        client.reconcile()
    assert caught.value.operation == "reconcile"


def test_resolve_records_a_found_order(recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    sandbox.fault("close_after_act", "v1/payout")
    with pytest.raises(alikassa.OutcomeUnknownError):
        recorded.payouts.create(**payout("B-1"))
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        recorded.payouts.resolve("B-1", "2.00")
    assert (caught.value.field, caught.value.reason) == ("amount", "differs")
    assert recorded.payouts.resolve("B-1").matched_by == "amount"
    assert [(row.state, row.id_source) for row in ledger.open()] == [("accepted", "match")]


# In another process: two SQLite libraries in one process do not see each other's locks.
LOCKING = """
import sqlite3, sys

with sqlite3.connect(sys.argv[1], isolation_level=None) as other:
    other.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    sys.stdin.read()
    other.execute("ROLLBACK")
"""


@pytest.fixture
def locked(recorded: alikassa.Client, ledger: alikassa.Ledger) -> Iterator[None]:
    """Let another process hold the ledger's lock."""
    recorded.payouts.create(**payout("first"))
    command = [sys.executable, "-c", LOCKING, ledger.location]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        yield
        other.communicate(timeout=20)
    assert other.returncode == 0


@pytest.mark.usefixtures("locked")
def test_a_locked_ledger(recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    started = time.monotonic()
    with pytest.raises(alikassa.LedgerError, match="locked") as caught:
        recorded.payouts.create(**payout("B-1"), deadline=0.5)
    assert 0.3 < time.monotonic() - started < 3
    assert (caught.value.outcome, caught.value.order_id, caught.value.attempts) == ("not_sent", "B-1", 0)
    assert [row.order_id for row in ledger.open()] == ["first"]
    assert len(sandbox.creates()) == 1


@pytest.mark.usefixtures("locked")
def test_waiting_for_the_lock_releases_the_gil(ledger: alikassa.Ledger) -> None:
    def release() -> None:
        with pytest.raises(alikassa.LedgerError, match="locked"):
            ledger.release("payouts.create", "first", "because")

    assert count_during(release) > 1000


def corrupt(file: Path) -> None:
    file.write_bytes(b"not a database" * 1000)


def foreign(file: Path) -> None:
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()


def directory(file: Path) -> None:
    file.mkdir()


@pytest.mark.parametrize("break_file", [corrupt, foreign, directory])
def test_a_file_that_is_not_a_ledger(
    recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox, break_file: Callable[[Path], None]
) -> None:
    break_file(Path(ledger.location))
    check_nothing_is_sent(recorded, ledger, sandbox)


def test_a_ledger_in_a_missing_folder(options: dict[str, Any], sandbox: Sandbox, tmp_path: Path) -> None:
    ledger = alikassa.Ledger(tmp_path / "missing" / "ledger.sqlite")
    with alikassa.Client(**options, ledger=ledger) as client:
        check_nothing_is_sent(client, ledger, sandbox)


def check_nothing_is_sent(client: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    for create in (
        lambda: client.payouts.create(**payout("B-1")),
        lambda: client.payments.create(**payment("A-1")),
        lambda: client.request("v1/new", {"order_id": "C-1"}, cert="payout"),
    ):
        with pytest.raises(alikassa.LedgerError) as caught:
            create()
        assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 0)
        assert pickle.loads(pickle.dumps(caught.value)).outcome == "not_sent"
        # A ledger that cannot be read does not affect reads.
        assert client.account.balance().currency == "RUB"
    with pytest.raises(alikassa.LedgerError) as caught:
        list(ledger.open())
    assert caught.value.outcome is None
    assert {entry["path"] for entry in sandbox.log()} <= {"/v1/account/balance", "/v1/payment/history"}


@forks
def test_a_read_only_ledger(options: dict[str, Any], sandbox: Sandbox) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ledger.sqlite")
        with alikassa.Client(**options, ledger=file) as client:
            client.payouts.create(**payout("first"))
            for path in (*Path(folder).iterdir(), Path(folder)):
                path.chmod(0o555)

            def refused() -> bool:
                # Root ignores the mode of a file.
                if os.getuid() == 0:
                    os.setuid(NOBODY)
                try:
                    client.payouts.create(**payout("B-1"))
                except alikassa.LedgerError as error:
                    return error.outcome == "not_sent"
                return False

            assert wait_for(fork(refused)) == 0
        Path(folder).chmod(0o755)
    assert len(sandbox.creates()) == 1


FULL = """
import json, resource, sys, threading
import alikassa

def fill():
    # From here on every write fails, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))

options, payouts, seconds = json.loads(sys.argv[1])
with alikassa.Client(**options) as client:
    client.account.balance()
    threading.Timer(seconds, fill).start() if seconds else fill()
    try:
        print(client.payouts.create(**payouts).payment_status)
    except alikassa.LedgerError as error:
        print(error.outcome, error.attempts)
"""


def on_a_full_disk(client: alikassa.Client, options: dict[str, Any], seconds: float) -> tuple[str, str]:
    client.payouts.create(**payout("first"))
    assert client.ledger is not None
    arguments = [options | {"ledger": client.ledger.location}, payout("B-1"), seconds]
    command = [sys.executable, "-c", FULL, json.dumps(arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, ended.stderr


def test_a_full_disk_before_the_create(
    recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any], sandbox: Sandbox
) -> None:
    assert on_a_full_disk(recorded, options, 0) == ("not_sent 0\n", "")
    assert len(sandbox.creates()) == 1
    assert [row.order_id for row in ledger.open()] == ["first"]


def test_a_full_disk_after_the_create(
    recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any], sandbox: Sandbox
) -> None:
    sandbox.fault("stall", "v1/payout", n=0)
    sandbox.fault("stall", "v1/payout", n=1500)
    output, notice = on_a_full_disk(recorded, options, 0.7)
    assert output == "wait\n"
    assert "the order's row stays open" in notice
    assert [(row.order_id, row.state) for row in ledger.open()] == [("first", "accepted"), ("B-1", "sending")]
    assert [(row.order_id, row.state) for row in recorded.reconcile()] == [("first", "accepted"), ("B-1", "accepted")]
    assert len(sandbox.creates()) == 2


def create_together(client: alikassa.Client, together: Any) -> str:
    together.wait(20)
    try:
        return client.payouts.create(**payout("B-1")).payment_status or ""
    except alikassa.DuplicateOrderError as error:
        return error.code


def create_in_child(client: alikassa.Client, together: Any, results: Any) -> None:
    results.put(create_together(client, together))


@forks
@pytest.mark.parametrize("method", ["spawn", "fork"])
@pytest.mark.parametrize("used", [False, True], ids=["a new ledger", "a ledger in use"])
def test_an_order_that_many_processes_create_is_sent_once(
    recorded: alikassa.Client, sandbox: Sandbox, method: str, *, used: bool
) -> None:
    if used:
        recorded.payments.create(**payment("A-1"))
    context: Any = multiprocessing.get_context(method)
    together, results = context.Barrier(PROCESSES + 1), context.Queue()
    children = [context.Process(target=create_in_child, args=(recorded, together, results)) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    states = [create_together(recorded, together)] + [results.get(timeout=20) for _ in children]
    for child in children:
        child.join(20)
        assert child.exitcode == 0
    assert sorted(states) == ["duplicate_order"] * PROCESSES + ["wait"]
    assert len(sandbox.creates()) == 1 + used


@forks
def test_fork_while_other_threads_use_the_ledger(recorded: alikassa.Client, ledger: alikassa.Ledger) -> None:
    done = threading.Event()

    def write(numbers: int = 0) -> int:
        while not done.is_set():
            numbers += 1
            ledger_open = list(ledger.open())
            assert len(ledger_open) <= 40
        return numbers

    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(write) for _ in range(2)]

        def create(number: int) -> int:
            return fork(lambda: recorded.payouts.create(**payout(f"B-{number}")).payment_status == "wait")

        try:
            codes = [wait_for(create(number)) for number in range(20)]
        finally:
            done.set()
        assert codes == [0] * 20
        assert all(thread.result() for thread in writing)
    assert len(list(ledger.open())) == 20

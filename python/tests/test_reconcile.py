"""Reconciling the open rows of a ledger, at once and row by row, with both clients."""

from __future__ import annotations

import asyncio
import pickle
import time
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import AsyncClient, Client, LedgerRow, Reconciled
from sandbox import payout
from test_statuses import until_quiet
from test_threads import fork, forks, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

STATUS = "v1/payout/status"
FIRST_ID = 100000537
ROWS = 6
ORDERS = [f"B-{number}" for number in range(ROWS)]

Run = dict[str, "Callable[..., Any]"]


@pytest.fixture
def rows(recorded: Client) -> Client:
    """Return a client whose ledger has open rows."""
    for order_id in ORDERS:
        recorded.payouts.create(**payout(order_id))
    return recorded


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest, rows: Client, options: dict[str, Any]) -> Run:
    """Return functions that reconcile the rows, with either client."""

    asynchronous = AsyncClient(**options, ledger=rows.ledger)

    async def reconcile(**arguments: Any) -> list[LedgerRow]:
        return await asynchronous.reconcile(**arguments)

    async def iterate(**arguments: Any) -> list[Reconciled]:
        return [reconciled async for reconciled in asynchronous.iter_reconcile(**arguments)]

    if request.param == "sync":
        return {"reconcile": rows.reconcile, "iterate": lambda **arguments: list(rows.iter_reconcile(**arguments))}
    return {
        "reconcile": lambda **arguments: asyncio.run(reconcile(**arguments)),
        "iterate": lambda **arguments: asyncio.run(iterate(**arguments)),
    }


def sent(sandbox: Sandbox) -> int:
    """Return how many statuses were requested."""
    return sum(entry["path"] == f"/{STATUS}" for entry in sandbox.log())


def stall(sandbox: Sandbox, milliseconds: int, number: int) -> None:
    """Delay the response about one row."""
    sandbox.fault("stall", STATUS, n=milliseconds, match={"path": STATUS, "order_id": str(FIRST_ID + number)})


def test_rows_come_as_they_settle(run: Run, sandbox: Sandbox) -> None:
    stall(sandbox, 700, 0)
    settled = run["iterate"]()
    assert all(type(one) is Reconciled and type(one.row) is LedgerRow for one in settled)
    order_ids = [one.row.order_id for one in settled]
    assert (sorted(order_ids), order_ids[-1]) == (ORDERS, "B-0")
    assert sent(sandbox) == ROWS


def test_the_list_is_sorted_and_progress_is_counted(run: Run, sandbox: Sandbox) -> None:
    stall(sandbox, 700, 0)
    sandbox.settle("B-1")
    counts: list[tuple[int, int]] = []
    settled = run["reconcile"](concurrency=3, on_progress=lambda *count: counts.append(count))
    assert [row.order_id for row in settled] == ORDERS
    assert {row.order_id: row.payment_status for row in settled}["B-1"] == "paid"
    assert counts == [(done, 0) for done in range(1, ROWS + 1)]


def test_an_error_about_one_row(run: Run, sandbox: Sandbox) -> None:
    of_first = {"path": STATUS, "order_id": str(FIRST_ID)}
    sandbox.fault("http", STATUS, status=400, times=2, match=of_first)
    sandbox.settle("B-5")
    counts: list[tuple[int, int]] = []
    with pytest.raises(alikassa.ApiError) as caught:
        run["reconcile"](on_progress=lambda *count: counts.append(count), deadline=5)
    assert (caught.value.operation, counts[-1:]) == ("reconcile", [(ROWS, 1)])
    assert sent(sandbox) == ROWS
    [failed] = [one for one in run["iterate"]() if one.error is not None]
    assert isinstance(failed.error, alikassa.ApiError)
    assert failed.row.order_id == "B-0"
    assert failed.to_dict()["error"]["code"] == caught.value.code
    assert repr(failed) == f"Reconciled(row={failed.row!r}, error={type(failed.error).__name__}, other_id=None)"
    assert "B-5" not in [one.row.order_id for one in run["iterate"]()]


def test_another_id_with_the_order_id(run: Run, sandbox: Sandbox) -> None:
    of_first = {"path": STATUS, "order_id": "B-0"}
    sandbox.fault("http", STATUS, status=404, match={"path": STATUS, "order_id": str(FIRST_ID)}, body={"message": "no"})
    other = {"payment_status": "fail", "id": 7, "order_id": "B-0", "amount": "1.00"}
    sandbox.fault("http", STATUS, status=200, match=of_first, body=other)
    others = {one.row.order_id: one.other_id for one in run["iterate"]()}
    assert others == dict.fromkeys(ORDERS) | {"B-0": 7}


def test_an_error_about_every_row_ends_it(run: Run, sandbox: Sandbox) -> None:
    sandbox.fault("http", STATUS, status=401, times=-1)
    for reconcile in run.values():
        with pytest.raises(alikassa.AuthenticationError) as caught:
            reconcile(concurrency=1)
        assert caught.value.operation == "reconcile"
    # A new client tries both digests.
    assert sent(sandbox) <= 4


@pytest.mark.parametrize(
    ("arguments", "field", "reason"),
    [
        ({"concurrency": 0}, "concurrency", "out_of_range"),
        ({"concurrency": 4097}, "concurrency", "out_of_range"),
        ({"concurrency": "1"}, "concurrency", "type"),
        ({"rate": 0}, "rate", "out_of_range"),
        ({"rate": "1"}, "rate", "type"),
        ({"timeout": 0}, "timeout", "out_of_range"),
    ],
)
def test_invalid_arguments(run: Run, sandbox: Sandbox, arguments: dict[str, Any], field: str, reason: str) -> None:
    for reconcile in run.values():
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            reconcile(**arguments)
        assert (caught.value.field, caught.value.reason) == (field, reason)
        assert caught.value.operation == "reconcile"
    with pytest.raises(alikassa.InvalidArgumentError, match="on_progress: pass a function"):
        run["reconcile"](on_progress=1)
    assert sent(sandbox) == 0


def test_a_client_without_a_ledger(options: dict[str, Any]) -> None:
    for client in (Client(**options), AsyncClient(**options)):
        with pytest.raises(alikassa.ConfigurationError, match="no ledger") as caught:
            client.iter_reconcile()
        assert caught.value.operation == "reconcile"


def test_an_exception_from_on_progress_ends_it(run: Run, sandbox: Sandbox) -> None:
    def raise_error(done: int, _failed: int) -> None:
        raise KeyError(done)

    with pytest.raises(KeyError, match="1"):
        run["reconcile"](concurrency=1, on_progress=raise_error)
    assert until_quiet(sandbox) <= ROWS + 2
    assert see_all_again(run["iterate"])


def test_the_rate(run: Run) -> None:
    started = time.monotonic()
    assert len(run["iterate"](rate=20)) == ROWS
    assert time.monotonic() - started >= (ROWS - 1) / 20


@pytest.mark.parametrize("stop", ["close", "break", "block"])
def test_stopping_early_gives_the_rows_back(rows: Client, sandbox: Sandbox, stop: str) -> None:
    for number in range(1, ROWS):
        stall(sandbox, 15_000, number)
    results = rows.iter_reconcile()
    if stop == "close":
        next(results)
        results.close()
        assert list(results) == []
    elif stop == "break":
        for _ in results:
            break
        del results
    else:
        with results:
            next(results)
    sandbox.clear_faults()
    assert see_all_again(lambda: list(rows.iter_reconcile()))


def test_cancellation_ends_it(rows: Client, options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options, ledger=rows.ledger) as client:
            for call in (client.reconcile(), anext(client.iter_reconcile())):
                before = await asyncio.to_thread(sent, sandbox)
                task = asyncio.ensure_future(call)
                async with asyncio.timeout(20):
                    while await asyncio.to_thread(sent, sandbox) < before + ROWS:
                        await asyncio.sleep(0.02)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                # The leases end on the pool.
                await asyncio.sleep(0.5)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    sandbox.fault("stall", STATUS, n=15_000, times=-1)
    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 10


def test_the_loop_runs_meanwhile(rows: Client, options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> int:
        iterations = 0

        async def count() -> None:
            nonlocal iterations
            while True:
                await asyncio.sleep(0.001)
                iterations += 1

        async with AsyncClient(**options, ledger=rows.ledger) as client:
            counting = asyncio.create_task(count())
            await client.reconcile()
            counting.cancel()
        return iterations

    sandbox.fault("stall", STATUS, n=500, times=-1)
    assert asyncio.run(main()) > 20


@forks
def test_a_forked_child_continues(rows: Client, sandbox: Sandbox) -> None:
    for number in range(1, ROWS):
        stall(sandbox, 15_000, number)
    results = rows.iter_reconcile()
    assert next(results).row.order_id == "B-0"
    # The parent's requests are in flight. The child sends its own.
    until_quiet(sandbox)
    rest = {*ORDERS} - {"B-0"}
    assert wait_for(fork(lambda: {one.row.order_id for one in results} == rest)) == 0
    assert sent(sandbox) == 2 * ROWS - 1
    results.close()


def test_a_reconciled_row_is_a_value(rows: Client) -> None:
    one = next(rows.iter_reconcile())
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError, match="Reconciled cannot be changed"):
        one.other_id = 1
    assert list(one.to_dict()) == ["row", "error", "other_id"]


def see_all_again(iterate: Callable[[], list[Reconciled]]) -> bool:
    """Whether a later iteration asks about every row, once the earlier one has given its rows back."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if len(iterate()) == ROWS:
            return True
    return False

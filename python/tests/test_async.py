"""The client for asyncio."""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import AsyncClient
from sandbox import payment, payout

if TYPE_CHECKING:
    from sandbox import Sandbox


async def until(sandbox: Sandbox, requests: int) -> None:
    """Wait until the sandbox has received this number of requests."""
    while len(await asyncio.to_thread(sandbox.log)) < requests:
        await asyncio.sleep(0.02)


def test_calls_return_the_same_as_the_blocking_client(options: dict[str, Any]) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            payment, payout, balance, reply = await asyncio.gather(
                client.payments.status(order_id="1756900030"),
                client.payouts.status(id=100000536),
                client.account.balance(),
                client.request("v1/account/balance", {}, cert="payout", read=True),
            )
        with alikassa.Client(**options) as same:
            assert payment == same.payments.status(id=112412553)
            assert payout == same.payouts.status(id=100000536)
            assert balance == same.account.balance()
            assert reply.json()["currency"] == "RUB"

    asyncio.run(main())


def test_iter_history_requests_page_after_page(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> list[alikassa.HistoryPayment]:
        async with AsyncClient(**options) as client:
            for number in range(3):
                await client.payments.create(**payment(f"A-{number}"))
            before = len(sandbox.log())
            payments = [entry async for entry in client.payments.iter_history(paginate=2)]
            assert len(sandbox.log()) == before + 2
            assert (await client.payments.history()).data == payments
            assert (await client.account.info()).is_allowed_payment is True
            sandbox.fault("http", "v1/payment/history", status=400, body="{}")
            with pytest.raises(alikassa.ApiError):
                await anext(client.payments.iter_history())
            with pytest.raises(alikassa.InvalidArgumentError) as caught:
                await anext(client.payments.iter_history(page=0))
            assert caught.value.operation == "payments.history"
            return payments

    assert [entry.order_id for entry in asyncio.run(main())] == ["A-2", "A-1", "A-0", "1756900030"]


def test_errors_equal_those_of_the_blocking_client(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            with pytest.raises(alikassa.NotFoundError) as caught:
                await client.payouts.status(order_id="missing")
            assert caught.value.order_id == "missing"
            with pytest.raises(alikassa.InvalidArgumentError, match="exactly one"):
                await client.payouts.status()
            with pytest.raises(alikassa.InvalidArgumentError, match="float"):
                await client.request("v1/payout/status", {"id": 1.5}, cert="payout", read=True)
            sandbox.fault("stall", n=2000)
            with pytest.raises(alikassa.DeadlineExceededError):
                await client.account.balance(deadline=0.2)

    asyncio.run(main())


def test_a_panic_is_an_internal_error(options: dict[str, Any]) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            with pytest.raises(alikassa.InternalError, match="a panic requested by a test"):
                await client.request("v1/test-panic", {}, cert="payout", read=True)
            assert (await client.account.balance()).currency == "RUB"

    asyncio.run(main())


def test_the_loop_runs_during_a_call(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> int:
        sandbox.fault("stall", n=500)
        iterations = 0
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.account.balance())
            while not call.done():
                iterations += 1
                await asyncio.sleep(0.01)
            await call
        return iterations

    assert asyncio.run(main()) > 20


def test_more_calls_than_connections_are_queued(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options, max_connections=4) as client:
            balances = await asyncio.gather(*(client.account.balance() for _ in range(200)))
        assert {balance.currency for balance in balances} == {"RUB"}

    asyncio.run(main())
    assert len({entry["connection"] for entry in sandbox.log()}) <= 4


def test_calls_use_no_executor(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> float:
        sandbox.fault("stall", n=500, times=-1)
        async with AsyncClient(**options) as client:
            started = time.monotonic()
            await asyncio.gather(*(client.account.balance() for _ in range(50)))
            return time.monotonic() - started

    assert asyncio.run(main()) < 3


def test_create_resolve_and_reconcile(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    async def main() -> None:
        async with AsyncClient(**options, ledger=ledger) as client:
            paid_in, paid_out = await asyncio.gather(
                client.payments.create(**payment("A-1")), client.payouts.create(**payout("B-1"))
            )
            assert (type(paid_in), type(paid_out)) == (alikassa.CreatedPayment, alikassa.CreatedPayout)
            with pytest.raises(alikassa.DuplicateOrderError):
                await client.payouts.create(**payout("B-1"))
            with pytest.raises(alikassa.InvalidArgumentError) as caught:
                await client.payouts.create(**payout("B-2", amount=1.5))
            assert (caught.value.operation, caught.value.outcome) == ("payouts.create", "not_sent")
            assert (await client.payments.resolve("A-1")).matched_by == "amount"
            assert (await client.payouts.resolve("B-1", "1")).found
            sandbox.settle("B-1")
            states = {row.order_id: row.payment_status for row in await client.reconcile()}
            assert states == {"A-1": "wait", "B-1": "paid"}
            assert client.ledger is ledger

    asyncio.run(main())
    assert len(sandbox.creates()) == 2


def test_on_update_runs_on_the_loop_s_thread_while_the_loop_runs(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        updates: list[tuple[str, bool]] = []
        loop = asyncio.get_running_loop()

        def on_update(status: alikassa.Payout) -> None:
            updates.append((status.payment_status, asyncio.get_running_loop() is loop))

        async with AsyncClient(**options) as client:
            sandbox.rule("paid", after_reads=3)
            await client.payouts.create(**payout("B-1"))
            wait = asyncio.create_task(client.payouts.wait(order_id="B-1", interval=0.05, on_update=on_update))
            iterations = 0
            while not wait.done():
                iterations += 1
                await asyncio.sleep(0.005)
            assert (await wait).payment_status == "paid"
        assert updates == [("wait", True), ("wait", True), ("paid", True)]
        assert iterations > 10

    asyncio.run(main())


def test_an_exception_from_on_update_ends_the_wait(options: dict[str, Any], sandbox: Sandbox) -> None:
    raised = ValueError("mine")

    def on_update(_: alikassa.Payment) -> None:
        raise raised

    async def main() -> None:
        async with AsyncClient(**options) as client:
            await client.payments.create(**payment("A-1"))
            before = len(sandbox.log())
            with pytest.raises(ValueError, match="mine") as caught:
                await client.payments.wait(order_id="A-1", interval=0.05, on_update=on_update)
            assert caught.value is raised
            assert vars(raised) == {}
            await asyncio.sleep(0.2)
            assert len(sandbox.log()) == before + 1

    asyncio.run(main())


def test_close_refuses_queued_calls_and_waits_for_calls_in_flight(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.fault("stall", n=500)
        client = AsyncClient(**options, max_connections=1)
        running = asyncio.create_task(client.account.balance())
        await until(sandbox, 1)
        queued = asyncio.create_task(client.account.balance())
        await asyncio.sleep(0.05)
        await client.close()
        assert (await running).currency == "RUB"
        for refused in (queued, client.account.balance()):
            with pytest.raises(alikassa.ConfigurationError, match="closed") as caught:
                await refused
            assert caught.value.outcome == "not_sent"

    asyncio.run(main())


def test_close_needs_no_executor(options: dict[str, Any]) -> None:
    async def main() -> None:
        free = threading.Event()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        pool = loop.run_in_executor(None, free.wait)
        try:
            client = AsyncClient(**options)
            assert (await client.account.balance()).currency == "RUB"
            await asyncio.wait_for(client.close(), 5)
        finally:
            free.set()
            await pool
        with pytest.raises(alikassa.ConfigurationError, match="closed"):
            await client.account.balance()

    asyncio.run(main())


def test_a_client_is_not_bound_to_a_loop(options: dict[str, Any]) -> None:
    client = AsyncClient(**options)

    async def main() -> str | None:
        return (await client.account.balance()).currency

    assert [asyncio.run(main()) for _ in range(10)] == ["RUB"] * 10
    asyncio.run(client.close())


def test_a_client_can_be_pickled_and_has_a_repr(options: dict[str, Any]) -> None:
    client = AsyncClient(**options)
    copy = pickle.loads(pickle.dumps(client))
    assert type(copy) is AsyncClient
    assert repr(copy) == f"AsyncClient(account='{options['account']}', base_url='{options['base_url']}')"


def test_notices_are_logged_on_the_loop_s_thread(
    options: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        sandbox.digest("sha256")
        async with AsyncClient(**options) as client:
            await client.account.balance()

    asyncio.run(main())
    assert [(entry.name, entry.threadName) for entry in caplog.records] == [("alikassa", "MainThread")]


CLOSED_LOOP = """
import asyncio, json, sys
import alikassa

async def begin(client):
    call = asyncio.ensure_future(client.account.balance())
    await asyncio.sleep(0.2)
    return call

client = alikassa.AsyncClient(**json.loads(sys.argv[1]))
loop = asyncio.new_event_loop()
call = loop.run_until_complete(begin(client))
loop.close()
call.get_coro().close()
call._log_destroy_pending = False
{after}
print("end")
"""


@pytest.mark.parametrize(
    "after", ["import time; time.sleep(1)", ""], ids=["the program continues", "the program exits"]
)
def test_a_response_for_a_closed_loop_is_dropped(options: dict[str, Any], sandbox: Sandbox, after: str) -> None:
    sandbox.fault("stall", n=700)
    command = [sys.executable, "-X", "dev", "-c", CLOSED_LOOP.replace("{after}", after), json.dumps(options)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")


EXITING = """
import asyncio, json, sys
import alikassa

async def main():
    client = alikassa.AsyncClient(**json.loads(sys.argv[1]))
    try:
        await client.account.balance()
    except alikassa.TransportError:
        pass

asyncio.run(main())
"""


def test_a_program_can_exit_right_after_its_call(options: dict[str, Any]) -> None:
    # Nothing listens on this port, so the call ends at once. The thread that woke the loop can then
    # still be inside Python, especially on a busy machine.
    options = options | {"base_url": "http://127.0.0.1:9", "max_retries": 0}
    program = [sys.executable, "-c", EXITING, json.dumps(options)]

    def end(_: int) -> str:
        ended = subprocess.run(program, capture_output=True, text=True, check=False)
        return ended.stderr or f"ended with {ended.returncode}"

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(end, range(48))) == {"ended with 0"}


def test_a_call_without_asyncio_names_what_to_do(options: dict[str, Any], sandbox: Sandbox) -> None:
    client = AsyncClient(**options)
    for call in (client.payouts.create(**payout("B-1")), client.close(), anext(client.payouts.statuses(ids=[1]))):
        # As trio does.
        with pytest.raises(RuntimeError, match=r"anyio choose its asyncio backend.*Nothing was sent"):
            call.send(None)
    assert sandbox.log() == []

"""The client for asyncio."""

from __future__ import annotations

import asyncio
import json
import pickle
import socket
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
    from collections.abc import Callable, Coroutine

    from sandbox import Sandbox


async def until(sandbox: Sandbox, requests: int) -> None:
    """Wait until the sandbox has seen so many requests."""
    while len(await asyncio.to_thread(sandbox.log)) < requests:
        await asyncio.sleep(0.02)


def test_the_calls(options: dict[str, Any]) -> None:
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


def test_the_history_page_after_page(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> list[alikassa.HistoryPayment]:
        async with AsyncClient(**options) as client:
            for number in range(3):
                await client.payments.create(**payment(f"A-{number}"))
            asked = len(sandbox.log())
            payments = [entry async for entry in client.payments.iter_history(paginate=2)]
            assert len(sandbox.log()) == asked + 2
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


def test_errors_are_those_of_the_other_client(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            with pytest.raises(alikassa.NotFoundError) as caught:
                await client.payouts.status(order_id="nobody's")
            assert caught.value.order_id == "nobody's"
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


def test_the_loop_goes_on_during_a_call(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> int:
        sandbox.fault("stall", n=500)
        turns = 0
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.account.balance())
            while not call.done():
                turns += 1
                await asyncio.sleep(0.01)
            await call
        return turns

    assert asyncio.run(main()) > 20


def test_more_calls_than_connections_wait_for_their_turn(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options, max_connections=4) as client:
            balances = await asyncio.gather(*(client.account.balance() for _ in range(200)))
        assert {balance.currency for balance in balances} == {"RUB"}

    asyncio.run(main())
    assert len({entry["connection"] for entry in sandbox.log()}) <= 4


def test_no_executor_is_taken(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> float:
        sandbox.fault("stall", n=500, times=-1)
        async with AsyncClient(**options) as client:
            started = time.monotonic()
            await asyncio.gather(*(client.account.balance() for _ in range(50)))
            return time.monotonic() - started

    assert asyncio.run(main()) < 3


def test_cancelling_a_call_on_its_way(
    options: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        sandbox.fault("stall", "v1/payout/status", n=15_000)
        started = time.monotonic()
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.payouts.status(order_id="6422494"))
            await until(sandbox, 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await call
        assert time.monotonic() - started < 5
        assert vars(caught.value) == {"alikassa_outcome": None, "order_id": "6422494"}

    asyncio.run(main())
    assert not caplog.records


def test_cancelling_a_call_in_the_queue(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.fault("stall", n=500)
        async with AsyncClient(**options, max_connections=1) as client:
            running = asyncio.create_task(client.account.balance())
            await until(sandbox, 1)
            queued = asyncio.create_task(client.payouts.status(order_id="6422494"))
            await asyncio.sleep(0.05)
            queued.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await queued
            assert vars(caught.value) == {"alikassa_outcome": "not_sent", "order_id": "6422494"}
            assert (await running).currency == "RUB"

    asyncio.run(main())
    assert [entry["path"] for entry in sandbox.log()] == ["/v1/account/balance"]


async def cancel(call: asyncio.Task[Any]) -> dict[str, Any]:
    """Cancel a call; give what it says of itself."""
    call.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await call
    assert type(caught.value) is asyncio.CancelledError
    return vars(caught.value)


def test_creating_resolving_waiting_and_reconciling(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
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


def test_updates_arrive_on_the_loop_s_thread_while_it_goes_on(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        updates: list[tuple[str, bool]] = []
        loop = asyncio.get_running_loop()

        def on_update(status: alikassa.Payout) -> None:
            updates.append((status.payment_status, asyncio.get_running_loop() is loop))

        async with AsyncClient(**options) as client:
            sandbox.rule("paid", after_reads=3)
            await client.payouts.create(**payout("B-1"))
            wait = asyncio.create_task(client.payouts.wait(order_id="B-1", interval=0.05, on_update=on_update))
            turns = 0
            while not wait.done():
                turns += 1
                await asyncio.sleep(0.005)
            assert (await wait).payment_status == "paid"
        assert updates == [("wait", True), ("wait", True), ("paid", True)]
        assert turns > 10

    asyncio.run(main())


def test_what_on_update_raises_ends_the_wait(options: dict[str, Any], sandbox: Sandbox) -> None:
    raised = ValueError("mine")

    def on_update(_: alikassa.Payment) -> None:
        raise raised

    async def main() -> None:
        async with AsyncClient(**options) as client:
            await client.payments.create(**payment("A-1"))
            asked = len(sandbox.log())
            with pytest.raises(ValueError, match="mine") as caught:
                await client.payments.wait(order_id="A-1", interval=0.05, on_update=on_update)
            assert caught.value is raised
            assert vars(raised) == {}
            await asyncio.sleep(0.2)
            assert len(sandbox.log()) == asked + 1

    asyncio.run(main())


def test_cancelling_a_wait(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            await client.payouts.create(**payout("B-1"))
            asked = len(sandbox.log())
            wait = asyncio.create_task(client.payouts.wait(order_id="B-1"))
            await until(sandbox, asked + 1)
            assert await cancel(wait) == {"alikassa_outcome": None, "order_id": "B-1"}
            started = time.monotonic()
        assert time.monotonic() - started < 1

    asyncio.run(main())


def test_cancelling_a_create_on_its_way(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    async def main() -> None:
        sandbox.fault("stall", "v1/payout", n=700)
        async with AsyncClient(**options, ledger=ledger) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            while not sandbox.creates():
                await asyncio.sleep(0.02)
            assert await cancel(call) == {"alikassa_outcome": "unknown", "order_id": "B-1"}
            assert [row.state for row in ledger.open()] == ["sending"]
            # The end of the block closes the client, which waits for the create.
        assert [(row.state, row.id) for row in ledger.open()] == [("accepted", 100000537)]

    asyncio.run(main())
    assert len(sandbox.creates()) == 1


def test_cancelling_a_create_in_the_queue(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    async def main() -> None:
        sandbox.fault("stall", n=500)
        async with AsyncClient(**options, max_connections=1, ledger=ledger) as client:
            running = asyncio.create_task(client.account.balance())
            await until(sandbox, 1)
            queued = asyncio.create_task(client.payouts.create(**payout("B-1")))
            await asyncio.sleep(0.05)
            assert await cancel(queued) == {"alikassa_outcome": "not_sent", "order_id": "B-1"}
            raw = asyncio.create_task(client.request("v1/payout", payout("B-2"), cert="payout"))
            await asyncio.sleep(0.05)
            assert await cancel(raw) == {"alikassa_outcome": "not_sent", "order_id": "B-2"}
            assert (await running).currency == "RUB"

    asyncio.run(main())
    assert [entry["path"] for entry in sandbox.log()] == ["/v1/account/balance"]
    assert not ledger.open()


def test_cancelling_a_create_before_its_first_byte(options: dict[str, Any], ledger: alikassa.Ledger) -> None:
    async def main(port: int) -> None:
        options["base_url"] = f"https://127.0.0.1:{port}"
        async with AsyncClient(**options, digest="sha1", connect_timeout=1.0, ledger=ledger) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            while not ledger.open():
                await asyncio.sleep(0.02)
            assert await cancel(call) == {"alikassa_outcome": "not_sent", "order_id": "B-1"}

    # Nobody accepts here, so that the TLS handshake is not answered.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(main(silent.getsockname()[1]))
    assert not ledger.open()


def test_cancelling_when_the_answer_is_there(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            await asyncio.sleep(0)
            # The loop does nothing meanwhile: the answer waits for the turn in which the call is cancelled.
            while not sandbox.creates():
                pass
            time.sleep(0.3)  # noqa: ASYNC251
            assert await cancel(call) == {"alikassa_outcome": "unknown", "order_id": "B-1"}

    asyncio.run(main())


def test_a_timeout_of_asyncio_ends_a_call(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.fault("stall", n=15_000)
        async with AsyncClient(**options) as client:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.2):
                    await client.account.balance()
        assert isinstance(caught.value.__cause__, asyncio.CancelledError)

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5


async def within_timeout(call: Coroutine[Any, Any, object]) -> None:
    async with asyncio.timeout(0.3):
        await call


async def within_wait_for(call: Coroutine[Any, Any, object]) -> None:
    await asyncio.wait_for(call, 0.3)


@pytest.mark.parametrize("bounded", [within_timeout, within_wait_for])
def test_a_create_that_asyncio_cuts_says_so_of_its_cause(
    options: dict[str, Any],
    sandbox: Sandbox,
    ledger: alikassa.Ledger,
    bounded: Callable[[Coroutine[Any, Any, object]], Coroutine[Any, Any, None]],
) -> None:
    async def main() -> None:
        sandbox.fault("stall", "v1/payout", n=1000)
        async with AsyncClient(**options, digest="sha1", ledger=ledger) as client:
            with pytest.raises(TimeoutError) as caught:
                await bounded(client.payouts.create(**payout("B-1")))
            assert vars(caught.value) == {}
            assert isinstance(caught.value.__cause__, asyncio.CancelledError)
            assert vars(caught.value.__cause__) == {"alikassa_outcome": "unknown", "order_id": "B-1"}

    asyncio.run(main())
    assert [(row.order_id, row.state) for row in ledger.open()] == [("B-1", "accepted")]


async def both(*calls: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for call in calls:
            group.create_task(call)


def test_a_create_that_a_sibling_in_a_group_cancels_says_so_in_its_task(
    options: dict[str, Any], sandbox: Sandbox
) -> None:
    async def main() -> None:
        async with AsyncClient(**options, digest="sha1") as client:

            async def create() -> None:
                with pytest.raises(asyncio.CancelledError) as caught:
                    await client.payouts.create(**payout("B-1"))
                assert vars(caught.value) == {"alikassa_outcome": "unknown", "order_id": "B-1"}
                raise caught.value

            async def fail() -> None:
                await until(sandbox, 1)
                raise ValueError

            sandbox.fault("stall", "v1/payout", n=1000)
            with pytest.raises(ExceptionGroup) as caught:
                await both(create(), fail())
            assert [type(error) for error in caught.value.exceptions] == [ValueError]

    asyncio.run(main())


def test_a_task_cancelled_before_its_first_step_has_sent_nothing(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            assert await cancel(call) == {}

    asyncio.run(main())
    assert not sandbox.log()


def test_closing_drops_the_queue_and_waits_for_the_rest(options: dict[str, Any], sandbox: Sandbox) -> None:
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


def test_closing_needs_no_executor(options: dict[str, Any]) -> None:
    async def main() -> None:
        free = threading.Event()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, free.wait)
        try:
            client = AsyncClient(**options)
            assert (await client.account.balance()).currency == "RUB"
            await asyncio.wait_for(client.close(), 5)
        finally:
            free.set()
            await busy
        with pytest.raises(alikassa.ConfigurationError, match="closed"):
            await client.account.balance()

    asyncio.run(main())


def test_a_client_is_tied_to_no_loop(options: dict[str, Any]) -> None:
    client = AsyncClient(**options)

    async def main() -> str | None:
        return (await client.account.balance()).currency

    assert [asyncio.run(main()) for _ in range(10)] == ["RUB"] * 10
    asyncio.run(client.close())


def test_a_client_for_asyncio_can_be_pickled_and_shown(options: dict[str, Any]) -> None:
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


ABANDONED = """
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


@pytest.mark.parametrize("after", ["import time; time.sleep(1)", ""], ids=["the program goes on", "the program ends"])
def test_an_answer_for_a_loop_that_is_closed(options: dict[str, Any], sandbox: Sandbox, after: str) -> None:
    sandbox.fault("stall", n=700)
    command = [sys.executable, "-X", "dev", "-c", ABANDONED.replace("{after}", after), json.dumps(options)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")


ENDING = """
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


def test_a_program_may_end_right_after_its_call(options: dict[str, Any]) -> None:
    # Nobody listens on this port: the call ends at once, and the thread that woke the loop may still be in Python,
    # the more so on a busy machine.
    options = options | {"base_url": "http://127.0.0.1:9", "max_retries": 0}
    program = [sys.executable, "-c", ENDING, json.dumps(options)]

    def end(_: int) -> str:
        ended = subprocess.run(program, capture_output=True, text=True, check=False)
        return ended.stderr or f"ended with {ended.returncode}"

    with ThreadPoolExecutor(4) as busy:
        assert set(busy.map(end, range(48))) == {"ended with 0"}

"""Cancelled calls of the client for asyncio."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import AsyncClient
from sandbox import payout
from test_async import until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sandbox import Sandbox


def test_cancelling_a_read_in_flight(
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


def test_cancelling_a_queued_read(options: dict[str, Any], sandbox: Sandbox) -> None:
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
    """Cancel a call; return the attributes of its exception."""
    call.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await call
    assert type(caught.value) is asyncio.CancelledError
    return vars(caught.value)


def test_cancelling_a_wait(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            await client.payouts.create(**payout("B-1"))
            before = len(sandbox.log())
            wait = asyncio.create_task(client.payouts.wait(order_id="B-1"))
            await until(sandbox, before + 1)
            assert await cancel(wait) == {"alikassa_outcome": None, "order_id": "B-1"}
            started = time.monotonic()
        assert time.monotonic() - started < 1

    asyncio.run(main())


def test_cancelling_a_create_in_flight(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
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


def test_cancelling_a_queued_create(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
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
    assert not list(ledger.open())


def test_cancelling_a_create_before_its_first_byte(options: dict[str, Any], ledger: alikassa.Ledger) -> None:
    async def main(port: int) -> None:
        options["base_url"] = f"https://127.0.0.1:{port}"
        async with AsyncClient(**options, digest="sha1", connect_timeout=1.0, ledger=ledger) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            while not list(ledger.open()):
                await asyncio.sleep(0.02)
            assert await cancel(call) == {"alikassa_outcome": "not_sent", "order_id": "B-1"}

    # This listener never accepts, so the TLS handshake gets no response.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(main(silent.getsockname()[1]))
    assert not list(ledger.open())


def test_cancelling_a_create_whose_response_has_arrived(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            await asyncio.sleep(0)
            # The loop is blocked meanwhile, so the response arrives before the cancellation.
            while not sandbox.creates():
                pass
            time.sleep(0.3)  # noqa: ASYNC251
            assert await cancel(call) == {"alikassa_outcome": "unknown", "order_id": "B-1"}

    asyncio.run(main())


def test_asyncio_timeout_ends_a_call(options: dict[str, Any], sandbox: Sandbox) -> None:
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
def test_a_create_that_asyncio_times_out_has_its_outcome_on_the_cause(
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


def test_a_create_that_a_task_group_cancels_has_its_outcome_in_its_task(
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


def test_a_task_cancelled_before_its_first_step_sends_nothing(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            call = asyncio.create_task(client.payouts.create(**payout("B-1")))
            assert await cancel(call) == {}

    asyncio.run(main())
    assert not sandbox.log()

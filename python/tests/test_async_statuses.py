"""The statuses of many orders for asyncio: input, event loop and cancellation."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import AsyncClient
from test_statuses import MISSING, PAID, PAYOUT, RAISING, Results, asynchronously, until_quiet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sandbox import Sandbox


def test_an_endless_input_is_consumed_only_as_far_as_the_concurrency(options: dict[str, Any]) -> None:
    async def main(source: Callable[[itertools.count[int]], Any]) -> None:
        counter = itertools.count(MISSING)
        async with (
            AsyncClient(**options) as client,
            client.payouts.statuses(ids=source(counter), concurrency=4) as results,
        ):
            for count in range(1, 30):
                await anext(results)
                await asyncio.sleep(0.001)
                assert next(counter) - MISSING < count + 4 + count

    asyncio.run(main(lambda counter: counter))
    asyncio.run(main(asynchronously))


@pytest.mark.parametrize(("ids", "on_progress"), RAISING, ids=["on_progress", "the input"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_exception_from_the_caller_s_code_cancels_the_requests(
    options: dict[str, Any], sandbox: Sandbox, ids: Callable[[], Any], on_progress: Any, *, asynchronous: bool
) -> None:
    async def main() -> None:
        client = AsyncClient(**options, max_connections=1)
        source = asynchronously(ids()) if asynchronous else ids()
        with pytest.raises(KeyError, match="mine") as caught:
            await anext(client.payouts.statuses(ids=source, on_progress=on_progress))
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert until_quiet(sandbox) <= 2
        assert caught

    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    asyncio.run(main())


def test_a_closed_client_yields_a_result_for_every_order(options: dict[str, Any]) -> None:
    async def main() -> None:
        client = AsyncClient(**options)
        results = client.payouts.statuses(ids=asynchronously([PAID] * 500))
        received = [await anext(results)]
        await client.close()
        spinning = asyncio.create_task(spin())
        received += [result async for result in results]
        spinning.cancel()
        assert len(received) == 500
        assert isinstance(received[-1].error, alikassa.ConfigurationError)

    asyncio.run(main())


async def spin() -> None:
    """Run in every iteration of the loop until it is cancelled."""
    while True:
        await asyncio.sleep(0)


def test_an_asynchronous_input(options: dict[str, Any]) -> None:
    async def main() -> Results:
        async with AsyncClient(**options) as client:
            return [result async for result in client.payouts.statuses(ids=asynchronously([PAID, MISSING, ""]))]

    assert sorted(map(repr, asyncio.run(main()))) == [
        "StatusResult(id=100000536, payment_status='paid')",
        "StatusResult(id=200000000, error=NotFoundError)",
        "StatusResult(id=str, error=InvalidArgumentError)",
    ]


def test_results_arrive_while_an_asynchronous_input_waits(options: dict[str, Any]) -> None:
    async def main() -> None:
        received = asyncio.Event()

        async def ids() -> AsyncIterator[int]:
            async with asyncio.timeout(10):
                yield PAID
                yield PAID
                await received.wait()
                yield MISSING

        async with AsyncClient(**options) as client:
            results = client.payouts.statuses(ids=ids())
            assert (await anext(results)).error is None
            assert (await anext(results)).error is None
            received.set()
            assert isinstance((await anext(results)).error, alikassa.NotFoundError)
            with pytest.raises(StopAsyncIteration):
                await anext(results)

    asyncio.run(main())


@pytest.mark.parametrize("asynchronous", [False, True])
def test_cancellation_ends_the_iteration_and_the_input(
    options: dict[str, Any], sandbox: Sandbox, *, asynchronous: bool
) -> None:
    ended: list[str] = []

    async def ids() -> AsyncIterator[int]:
        try:
            for _ in range(3):
                yield PAID
            await asyncio.sleep(60)
        finally:
            ended.append("the input")

    async def main() -> None:
        sandbox.fault("stall", PAYOUT, n=15_000, times=-1)
        async with AsyncClient(**options) as client:
            results = client.payouts.statuses(ids=ids() if asynchronous else [PAID] * 3)
            call = asyncio.create_task(anext(results))
            while len(await asyncio.to_thread(sandbox.log)) < 3:
                await asyncio.sleep(0.02)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert asyncio.all_tasks() == {asyncio.current_task()}
            with pytest.raises(StopAsyncIteration):
                await anext(results)

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5
    assert ended == ["the input"] * asynchronous


@pytest.mark.parametrize("stop", ["aclose", "break", "block"])
def test_stopping_early_cancels_the_requests_in_flight(options: dict[str, Any], sandbox: Sandbox, stop: str) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            results = client.payouts.statuses(
                ids=asynchronously(itertools.chain([PAID], itertools.repeat(MISSING))), concurrency=4
            )
            if stop == "aclose":
                await anext(results)
                await results.aclose()
            elif stop == "break":
                async for _ in results:
                    break
                del results
                await asyncio.sleep(0.1)
            else:
                async with results:
                    await anext(results)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(MISSING)})
    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5
    assert until_quiet(sandbox) <= 5


def test_the_loop_runs_meanwhile(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main(ids: list[Any]) -> int:
        iterations = 0

        async def count() -> None:
            nonlocal iterations
            while True:
                await asyncio.sleep(0.001)
                iterations += 1

        async with AsyncClient(**options) as client:
            counting = asyncio.create_task(count())
            async for _ in client.payouts.statuses(ids=ids, concurrency=len(ids)):
                pass
            counting.cancel()
        return iterations

    assert asyncio.run(main([""] * 4000)) > 5
    # The first response wakes the task long before the others arrive.
    sandbox.fault("stall", PAYOUT, n=500, times=3)
    assert asyncio.run(main([PAID] * 4)) > 20


def test_an_iterator_is_not_bound_to_a_loop_until_it_is_used(options: dict[str, Any]) -> None:
    client = AsyncClient(**options)
    results = client.payouts.statuses(ids=[PAID])

    async def main() -> int:
        return len([result async for result in results])

    assert asyncio.run(main()) == 1

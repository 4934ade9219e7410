"""The statuses of many orders, with both clients."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import AsyncClient, StatusResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from sandbox import Sandbox

PAYOUT = "v1/payout/status"
PAID = 100000536
NOBODY = 200000000

Results = list[StatusResult[alikassa.Payout]]


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, options: dict[str, Any]) -> Callable[..., Results]:
    """Give what asks for the statuses of payouts, with one client or the other."""

    def with_client(*ids: Any, max_connections: int = 64, **arguments: Any) -> Results:
        with alikassa.Client(**options, max_connections=max_connections) as client:
            return list(client.payouts.statuses(*ids, **arguments))

    async def with_async_client(*ids: Any, max_connections: int = 64, **arguments: Any) -> Results:
        async with AsyncClient(**options, max_connections=max_connections) as client:
            return [result async for result in client.payouts.statuses(*ids, **arguments)]

    if request.param == "sync":
        return with_client
    return lambda *ids, **arguments: asyncio.run(with_async_client(*ids, **arguments))


def until_quiet(sandbox: Sandbox) -> int:
    """Wait until no request comes any more; give how many there were."""
    seen = -1
    while seen != (seen := len(sandbox.log())):
        time.sleep(0.2)
    return seen


def test_each_order_is_told_once_with_its_status_or_its_error(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    asked = [PAID, str(PAID), *range(NOBODY, NOBODY + 50)]
    results = ask(asked)
    assert sorted(map(repr, asked)) == sorted(repr(result.id) for result in results)
    paid = [result for result in results if result.error is None]
    assert {type(result.id) for result in paid} == {int, str}
    for result in paid:
        assert isinstance(result.status, alikassa.Payout)
        assert (result.status.payment_status, result.order_id) == ("paid", None)
    for result in results:
        if result.error is not None:
            assert type(result.error) is alikassa.NotFoundError
            assert (result.error.operation, result.status) == ("payouts.status", None)
    assert len(sandbox.log()) == len(asked)


def test_payments_by_order_id(client: alikassa.Client) -> None:
    paid, nobody = sorted(client.payments.statuses(order_ids=("1756900030", "x")), key=repr)
    assert isinstance(paid.status, alikassa.Payment)
    assert (paid.id, paid.order_id, paid.error) == (None, "1756900030", None)
    assert (nobody.id, nobody.order_id, nobody.status) == (None, "x", None)
    assert repr(paid) == "StatusResult(order_id='1756900030', payment_status='paid')"
    assert repr(nobody) == "StatusResult(order_id='x', error=NotFoundError)"


def test_nothing_to_ask(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    assert ask([]) == []
    assert sandbox.log() == []


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "ids"),
        ({"ids": [1], "order_ids": ["1"]}, "ids"),
        ({"ids": "123"}, "ids"),
        ({"ids": b"123"}, "ids"),
        ({"ids": 5}, "ids"),
        ({"ids": range}, "ids"),
        ({"order_ids": "A-1"}, "order_ids"),
        ({"order_ids": object()}, "order_ids"),
        *(({"ids": [1], "concurrency": wrong}, "concurrency") for wrong in (0, -1, True, 2.0, "2", 4097, 2**64)),
        *(
            ({"ids": [1], "rate": wrong}, "rate")
            for wrong in (0, -1, True, "2", float("nan"), float("inf"), -0.0, 10**400)
        ),
        ({"ids": [1], "on_progress": 5}, "on_progress"),
        *(({"ids": [1], "timeout": wrong}, "timeout") for wrong in (0, -1, True, "2", float("nan"))),
        ({"ids": [1], "deadline": 0}, "deadline"),
    ],
)
def test_arguments_that_cannot_be(
    options: dict[str, Any], sandbox: Sandbox, arguments: dict[str, Any], field: str
) -> None:
    for client in (alikassa.Client(**options), AsyncClient(**options)):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            client.payouts.statuses(**arguments)
        assert (caught.value.field, caught.value.operation) == (field, "payouts.statuses")
    assert sandbox.log() == []


def test_only_the_client_for_asyncio_takes_an_asynchronous_iterable(client: alikassa.Client) -> None:
    with pytest.raises(alikassa.InvalidArgumentError, match="ids: pass an iterable"):
        client.payouts.statuses(later([PAID]))  # type: ignore[arg-type]


@pytest.mark.parametrize("raised", [TypeError("mine"), KeyboardInterrupt()])
def test_what_an_iterable_raises_to_begin_with_is_no_other_error(
    client: alikassa.Client, raised: BaseException
) -> None:
    class Orders:
        def __iter__(self) -> Iterator[int]:
            raise raised

    with pytest.raises(type(raised)) as caught:
        client.payouts.statuses(Orders())
    assert caught.value is raised


WRONG_IDS = [
    (None, "type"),
    (True, "type"),
    (1.5, "type"),
    ({"number": "4111111111111111"}, "type"),
    (b"1", "type"),
    ("", "empty"),
    ("x" * 129, "too_long"),
    (2**63, "out_of_range"),
    (10**5000, "out_of_range"),
    ("\ud800", "lone_surrogate"),
]


def test_what_is_no_id_is_told_and_the_others_go_on(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    results = ask([PAID, *(wrong for wrong, _ in WRONG_IDS), str(PAID)])
    assert len(sandbox.log()) == 2
    assert len(results) == len(WRONG_IDS) + 2
    for wrong, reason in WRONG_IDS:
        (error,) = (result.error for result in results if result.id is wrong)
        assert isinstance(error, alikassa.InvalidArgumentError)
        assert (error.field, error.reason, error.operation) == ("id", reason, "payouts.status")
    assert "4111" not in repr(results)
    assert "StatusResult(id=dict, error=InvalidArgumentError)" in repr(results)
    (order_id,) = ask(order_ids=[5])
    assert isinstance(order_id.error, alikassa.InvalidArgumentError)
    assert order_id.error.field == "order_id"


def test_an_endless_input_is_taken_only_so_far_ahead(client: alikassa.Client, sandbox: Sandbox) -> None:
    taken = itertools.count(NOBODY)
    with client.payouts.statuses(taken, concurrency=4) as results:
        assert sandbox.log() == []
        for told in range(1, 30):
            next(results)
            assert next(taken) - NOBODY < told + 4 + told
    assert list(results) == []
    seen = until_quiet(sandbox)
    assert seen <= 29 + 4


def test_an_endless_input_is_taken_only_so_far_ahead_on_a_loop(options: dict[str, Any]) -> None:
    async def main(source: Callable[[itertools.count[int]], Any]) -> None:
        taken = itertools.count(NOBODY)
        async with (
            AsyncClient(**options) as client,
            client.payouts.statuses(source(taken), concurrency=4) as results,
        ):
            for told in range(1, 30):
                await anext(results)
                await asyncio.sleep(0.001)
                assert next(taken) - NOBODY < told + 4 + told

    asyncio.run(main(lambda taken: taken))
    asyncio.run(main(later))


class Id(str):
    """An id that can be watched."""

    __slots__ = ("__weakref__",)


def test_what_was_told_is_forgotten(client: alikassa.Client) -> None:
    alive: weakref.WeakSet[Id] = weakref.WeakSet()
    most = 0

    def ids() -> Iterator[Id]:
        for number in range(500):
            alive.add(order := Id(NOBODY + number))
            yield order

    for _ in client.payouts.statuses(ids(), concurrency=8):
        most = max(most, len(alive))
    assert most <= 8 + 3


def test_no_more_than_the_concurrency_is_asked_at_once(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    started = time.monotonic()
    assert len(ask([PAID] * 8, concurrency=4)) == 8
    assert 0.4 <= time.monotonic() - started < 1.6


def test_no_more_than_the_rate_is_asked_in_a_second(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    assert len(ask(range(NOBODY, NOBODY + 6), rate=20)) == 6
    times = [entry["at_ms"] for entry in sandbox.log()]
    assert 200 <= times[-1] - times[0] < 2000


def test_a_question_has_the_time_it_was_given(ask: Callable[..., Results], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=1000)
    (result,) = ask([PAID], deadline=0.2)
    assert type(result.error) is alikassa.DeadlineExceededError


def test_progress_is_told_before_each_result(options: dict[str, Any]) -> None:
    told: list[tuple[int, int, int]] = []
    ids: list[str | int] = [PAID, NOBODY, "", str(PAID)]
    expected: list[tuple[int, int, int]] = []

    def on_progress(done: int, failed: int) -> None:
        told.append((done, failed, threading.get_ident()))

    def compare(result: StatusResult[alikassa.Payout]) -> None:
        _, failed, _ = expected[-1] if expected else (0, 0, 0)
        expected.append((len(expected) + 1, failed + (result.error is not None), threading.get_ident()))
        assert told == expected

    async def main() -> None:
        async for result in AsyncClient(**options).payouts.statuses(ids, on_progress=on_progress):
            compare(result)

    for result in alikassa.Client(**options).payouts.statuses(ids, on_progress=on_progress):
        compare(result)
    assert expected[-1][:2] == (4, 2)
    told.clear()
    expected.clear()
    asyncio.run(main())


MINE = KeyError("mine")


def raise_mine(*_: object) -> None:
    raise MINE


def raise_after(ids: list[int]) -> Iterator[int]:
    yield from ids
    raise MINE


RAISING: list[tuple[Callable[[], Any], Any]] = [
    (lambda: itertools.repeat(PAID), raise_mine),
    (lambda: raise_after([PAID] * 6), None),
]


@pytest.mark.parametrize(("ids", "on_progress"), RAISING, ids=["on_progress", "the input"])
def test_what_the_caller_s_code_raises_gives_up_everything(
    options: dict[str, Any], sandbox: Sandbox, ids: Callable[[], Any], on_progress: Any
) -> None:
    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    client = alikassa.Client(**options, max_connections=1)
    # As long as the exception is there, so is all that its traceback holds.
    with pytest.raises(KeyError, match="mine") as caught:
        list(client.payouts.statuses(ids(), on_progress=on_progress))
    assert until_quiet(sandbox) <= 2
    assert caught


@pytest.mark.parametrize(("ids", "on_progress"), RAISING, ids=["on_progress", "the input"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_the_caller_s_code_raises_gives_up_everything_on_a_loop(
    options: dict[str, Any], sandbox: Sandbox, ids: Callable[[], Any], on_progress: Any, *, asynchronous: bool
) -> None:
    async def main() -> None:
        client = AsyncClient(**options, max_connections=1)
        source = later(ids()) if asynchronous else ids()
        with pytest.raises(KeyError, match="mine") as caught:
            await anext(client.payouts.statuses(source, on_progress=on_progress))
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert until_quiet(sandbox) <= 2
        assert caught

    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    asyncio.run(main())


@pytest.mark.parametrize("leave", ["close", "break", "block", "cycle"])
def test_leaving_early_gives_up_what_is_on_its_way(client: alikassa.Client, sandbox: Sandbox, leave: str) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(NOBODY)})
    gc.disable()
    results = client.payouts.statuses(itertools.chain([PAID], itertools.repeat(NOBODY)), concurrency=4)
    if leave == "close":
        next(results)
        results.close()
        assert list(results) == []
    elif leave == "break":
        for _ in results:
            break
        del results
    elif leave == "block":
        with results:
            next(results)
    else:
        holder: list[object] = [results, next(results)]
        holder.append(holder)
        del results, holder
        gc.collect()
    gc.enable()
    started = time.monotonic()
    client.close()
    assert time.monotonic() - started < 1
    assert until_quiet(sandbox) <= 5


def test_an_iterator_that_was_not_begun_asks_nothing(client: alikassa.Client, sandbox: Sandbox) -> None:
    results = client.payouts.statuses([PAID])
    results.close()
    del results
    assert sandbox.log() == []


def test_a_closed_client_tells_every_order(options: dict[str, Any], sandbox: Sandbox) -> None:
    client = alikassa.Client(**options, max_connections=2)
    sandbox.fault("stall", PAYOUT, n=300, times=3)
    results = client.payouts.statuses([PAID] * 20, concurrency=8)
    told = [next(results)]
    client.close()
    told += results
    assert len(told) == 20
    closed = [result.error for result in told if result.error is not None]
    assert {type(error) for error in closed} == {alikassa.ConfigurationError}
    assert all("the client is closed" in str(error) for error in closed)
    assert len(sandbox.log()) == 20 - len(closed) <= 4


def test_a_closed_client_tells_every_order_on_a_loop(options: dict[str, Any]) -> None:
    async def main() -> None:
        client = AsyncClient(**options)
        results = client.payouts.statuses(later([PAID] * 500))
        told = [await anext(results)]
        await client.close()
        turns = asyncio.create_task(count_turns())
        told += [result async for result in results]
        turns.cancel()
        assert len(told) == 500
        assert isinstance(told[-1].error, alikassa.ConfigurationError)

    asyncio.run(main())


def test_threads_but_the_main_one_iterate_too(client: alikassa.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = pool.map(lambda _: len(list(client.payouts.statuses([PAID] * 20))), range(4))
        assert list(counts) == [20] * 4


def test_an_input_that_asks_for_its_own_results_is_refused(client: alikassa.Client) -> None:
    def ids() -> Iterator[int]:
        yield PAID
        next(results)

    results = client.payouts.statuses(ids())
    with pytest.raises(ValueError, match="generator already executing"):
        list(results)


def later(ids: Any) -> AsyncIterator[Any]:
    """Give ids asynchronously."""

    async def generate() -> AsyncIterator[Any]:
        for order in ids:
            await asyncio.sleep(0)
            yield order

    return generate()


async def count_turns() -> None:
    """Count the turns of the loop until it is cancelled."""
    while True:
        await asyncio.sleep(0)


def test_an_asynchronous_input(options: dict[str, Any]) -> None:
    async def main() -> Results:
        async with AsyncClient(**options) as client:
            return [result async for result in client.payouts.statuses(later([PAID, NOBODY, ""]))]

    assert sorted(map(repr, asyncio.run(main()))) == [
        "StatusResult(id=100000536, payment_status='paid')",
        "StatusResult(id=200000000, error=NotFoundError)",
        "StatusResult(id=str, error=InvalidArgumentError)",
    ]


def test_results_come_while_an_asynchronous_input_waits(options: dict[str, Any]) -> None:
    async def main() -> None:
        told = asyncio.Event()

        async def ids() -> AsyncIterator[int]:
            async with asyncio.timeout(10):
                yield PAID
                yield PAID
                await told.wait()
                yield NOBODY

        async with AsyncClient(**options) as client:
            results = client.payouts.statuses(ids())
            assert (await anext(results)).error is None
            assert (await anext(results)).error is None
            told.set()
            assert isinstance((await anext(results)).error, alikassa.NotFoundError)
            with pytest.raises(StopAsyncIteration):
                await anext(results)

    asyncio.run(main())


@pytest.mark.parametrize("asynchronous", [False, True])
def test_cancelling_ends_everything(options: dict[str, Any], sandbox: Sandbox, *, asynchronous: bool) -> None:
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
            results = client.payouts.statuses(ids() if asynchronous else [PAID] * 3)
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


@pytest.mark.parametrize("leave", ["aclose", "break", "block"])
def test_leaving_a_loop_early_gives_up_what_is_on_its_way(
    options: dict[str, Any], sandbox: Sandbox, leave: str
) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            results = client.payouts.statuses(later(itertools.chain([PAID], itertools.repeat(NOBODY))), concurrency=4)
            if leave == "aclose":
                await anext(results)
                await results.aclose()
            elif leave == "break":
                async for _ in results:
                    break
                del results
                await asyncio.sleep(0.1)
            else:
                async with results:
                    await anext(results)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(NOBODY)})
    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5
    assert until_quiet(sandbox) <= 5


def test_the_loop_goes_on(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main(ids: list[Any]) -> int:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.001)
                turns += 1

        async with AsyncClient(**options) as client:
            turning = asyncio.create_task(turn())
            async for _ in client.payouts.statuses(ids, concurrency=len(ids)):
                pass
            turning.cancel()
        return turns

    assert asyncio.run(main([""] * 4000)) > 5
    # The first answer rings long before the others come.
    sandbox.fault("stall", PAYOUT, n=500, times=3)
    assert asyncio.run(main([PAID] * 4)) > 20


def test_an_iterator_is_tied_to_no_loop_until_it_is_begun(options: dict[str, Any]) -> None:
    client = AsyncClient(**options)
    results = client.payouts.statuses([PAID])

    async def main() -> int:
        return len([result async for result in results])

    assert asyncio.run(main()) == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_goes_on_by_itself(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=8)
    results = client.payouts.statuses([*range(NOBODY, NOBODY + 7), *[PAID] * 5], concurrency=4)
    first = next(results)
    child = os.fork()
    if not child:
        rest = list(results)
        expected = {*range(NOBODY, NOBODY + 7), PAID} - {first.id}
        os._exit(0 if len(rest) == 11 and {result.id for result in rest} == expected else 1)
    assert len(list(results)) == 11
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_leaves_its_parent_s_questions_alone(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=-1)
    results = client.payouts.statuses([PAID] * 8, concurrency=4)
    next(results)
    child = os.fork()
    if not child:
        results.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [result.error for result in results] == [None] * 7


ABANDONING = """
import asyncio, itertools, json, sys
import alikassa

options, asynchronous = json.loads(sys.argv[1])
ids = itertools.chain([100000536], itertools.repeat(200000000))

async def main():
    global results
    client = alikassa.AsyncClient(**options)
    results = client.payouts.statuses(ids)
    async for result in results:
        return result

if asynchronous:
    print(asyncio.run(main()))
else:
    results = alikassa.Client(**options).payouts.statuses(ids)
    print(next(results))
"""


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_program_may_end_with_an_iterator_left(
    options: dict[str, Any], sandbox: Sandbox, *, asynchronous: bool
) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(NOBODY)})
    command = [sys.executable, "-c", ABANDONING, json.dumps([options, asynchronous])]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    assert (ended.stdout, ended.stderr) == ("StatusResult(id=100000536, payment_status='paid')\n", "")


LEAVING = """
import asyncio, itertools, json, os, sys, threading, time
import alikassa

options = json.loads(sys.argv[1])
ids = lambda: itertools.chain([100000536], itertools.repeat(200000000))

async def later():
    for order in ids():
        yield order

async def leave():
    client = alikassa.AsyncClient(**options)
    async with client.payouts.statuses(later(), timeout=1) as results:
        await anext(results)

next(alikassa.Client(**options).payouts.statuses(ids(), timeout=1))
asyncio.run(leave())
threads = lambda: len(os.listdir("/proc/self/task"))
print(threads() > 1, len(threading.enumerate()))
give_up = time.monotonic() + 30
while threads() > 1 and time.monotonic() < give_up:
    time.sleep(0.1)
print(threads())
"""


def test_no_thread_is_left(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(NOBODY)})
    command = [sys.executable, "-c", LEAVING, json.dumps(options | {"max_retries": 0})]
    output = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert output == "True 1\n1\n"


def test_waiting_lets_others_work(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=-1)
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.wait(0.001):
            counted += 1

    thread = threading.Thread(target=count)
    thread.start()
    assert len(list(client.payouts.statuses([PAID] * 4))) == 4
    done.set()
    thread.join()
    assert counted > 50

"""The statuses of many orders, with both clients."""

from __future__ import annotations

import asyncio
import gc
import itertools
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


MISSING = 200000000


Results = list[StatusResult[alikassa.Payout]]


@pytest.fixture(params=["sync", "async"])
def request_statuses(request: pytest.FixtureRequest, options: dict[str, Any]) -> Callable[..., Results]:
    """Return a function that requests the statuses of payouts, with either client."""

    def with_client(*, max_connections: int = 64, **arguments: Any) -> Results:
        with alikassa.Client(**options, max_connections=max_connections) as client:
            return list(client.payouts.statuses(**arguments))

    async def with_async_client(*, max_connections: int = 64, **arguments: Any) -> Results:
        async with AsyncClient(**options, max_connections=max_connections) as client:
            return [result async for result in client.payouts.statuses(**arguments)]

    if request.param == "sync":
        return with_client
    return lambda *ids, **arguments: asyncio.run(with_async_client(*ids, **arguments))


def until_quiet(sandbox: Sandbox) -> int:
    """Wait until no request arrives any more; return how many arrived."""
    seen = -1
    while seen != (seen := len(sandbox.log())):
        time.sleep(0.2)
    return seen


def test_each_order_yields_one_result_with_a_status_or_an_error(
    request_statuses: Callable[..., Results], sandbox: Sandbox
) -> None:
    ids = [PAID, str(PAID), *range(MISSING, MISSING + 50)]
    results = request_statuses(ids=ids)
    assert sorted(map(repr, ids)) == sorted(repr(result.id) for result in results)
    paid = [result for result in results if result.error is None]
    assert {type(result.id) for result in paid} == {int, str}
    for received in paid:
        assert isinstance(received.status, alikassa.Payout)
        assert (received.status.payment_status, received.order_id) == ("paid", None)
    for result in results:
        if result.error is not None:
            assert type(result.error) is alikassa.NotFoundError
            assert (result.error.operation, result.status) == ("payouts.status", None)
    assert len(sandbox.log()) == len(ids)


def test_payments_by_order_id(client: alikassa.Client) -> None:
    paid, missing = sorted(client.payments.statuses(order_ids=("1756900030", "x")), key=repr)
    assert isinstance(paid.status, alikassa.Payment)
    assert (paid.id, paid.order_id, paid.error) == (None, "1756900030", None)
    assert (missing.id, missing.order_id, missing.status) == (None, "x", None)
    assert repr(paid) == "StatusResult(order_id='1756900030', payment_status='paid')"
    assert repr(missing) == "StatusResult(order_id='x', error=NotFoundError)"


def test_no_orders_yield_no_results(request_statuses: Callable[..., Results], sandbox: Sandbox) -> None:
    assert request_statuses(ids=[]) == []
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
def test_invalid_arguments(options: dict[str, Any], sandbox: Sandbox, arguments: dict[str, Any], field: str) -> None:
    for client in (alikassa.Client(**options), AsyncClient(**options)):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            client.payouts.statuses(**arguments)
        assert (caught.value.field, caught.value.operation) == (field, "payouts.statuses")
    assert sandbox.log() == []


@pytest.mark.parametrize("client", [alikassa.Client, AsyncClient])
def test_ids_and_order_ids_are_told_apart_by_name(client: type, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        client(**options).payouts.statuses(["A-1"])


def test_only_the_asyncio_client_accepts_an_asynchronous_iterable(client: alikassa.Client) -> None:
    with pytest.raises(alikassa.InvalidArgumentError, match="ids: pass an iterable"):
        client.payouts.statuses(ids=asynchronously([PAID]))  # type: ignore[arg-type]


@pytest.mark.parametrize("raised", [TypeError("mine"), KeyboardInterrupt()])
def test_an_exception_from_iter_propagates_unchanged(client: alikassa.Client, raised: BaseException) -> None:
    class Orders:
        def __iter__(self) -> Iterator[int]:
            raise raised

    with pytest.raises(type(raised)) as caught:
        client.payouts.statuses(ids=Orders())
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


def test_an_invalid_id_is_a_result_and_the_others_continue(
    request_statuses: Callable[..., Results], sandbox: Sandbox
) -> None:
    results = request_statuses(ids=[PAID, *(wrong for wrong, _ in WRONG_IDS), str(PAID)])
    assert len(sandbox.log()) == 2
    assert len(results) == len(WRONG_IDS) + 2
    for wrong, reason in WRONG_IDS:
        (error,) = (result.error for result in results if result.id is wrong)
        assert isinstance(error, alikassa.InvalidArgumentError)
        assert (error.field, error.reason, error.operation) == ("id", reason, "payouts.status")
    assert "4111" not in repr(results)
    assert "StatusResult(id=dict, error=InvalidArgumentError)" in repr(results)
    (order_id,) = request_statuses(order_ids=[5])
    assert isinstance(order_id.error, alikassa.InvalidArgumentError)
    assert order_id.error.field == "order_id"


def test_an_endless_input_is_consumed_only_as_far_as_the_concurrency(client: alikassa.Client, sandbox: Sandbox) -> None:
    counter = itertools.count(MISSING)
    with client.payouts.statuses(ids=counter, concurrency=4) as results:
        assert sandbox.log() == []
        for count in range(1, 30):
            next(results)
            assert next(counter) - MISSING < count + 4 + count
    assert list(results) == []
    seen = until_quiet(sandbox)
    assert seen <= 29 + 4


class Id(str):
    """An id that supports weak references."""

    __slots__ = ("__weakref__",)


def test_yielded_orders_are_released(client: alikassa.Client) -> None:
    alive: weakref.WeakSet[Id] = weakref.WeakSet()
    most = 0

    def ids() -> Iterator[Id]:
        for number in range(500):
            alive.add(order := Id(MISSING + number))
            yield order

    for _ in client.payouts.statuses(ids=ids(), concurrency=8):
        most = max(most, len(alive))
    assert most <= 8 + 3


def test_concurrency_limits_the_concurrent_requests(request_statuses: Callable[..., Results], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    started = time.monotonic()
    assert len(request_statuses(ids=[PAID] * 8, concurrency=4)) == 8
    assert 0.4 <= time.monotonic() - started < 1.6


def test_rate_limits_the_requests_per_second(request_statuses: Callable[..., Results], sandbox: Sandbox) -> None:
    assert len(request_statuses(ids=range(MISSING, MISSING + 6), rate=20)) == 6
    times = [entry["at_ms"] for entry in sandbox.log()]
    assert 200 <= times[-1] - times[0] < 2000


def test_the_deadline_applies_to_each_request(request_statuses: Callable[..., Results], sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=1000)
    (result,) = request_statuses(ids=[PAID], deadline=0.2)
    assert type(result.error) is alikassa.DeadlineExceededError


def test_on_progress_is_called_before_each_result(options: dict[str, Any]) -> None:
    reported: list[tuple[int, int, int]] = []
    ids: list[str | int] = [PAID, MISSING, "", str(PAID)]
    expected: list[tuple[int, int, int]] = []

    def on_progress(done: int, failed: int) -> None:
        reported.append((done, failed, threading.get_ident()))

    def compare(result: StatusResult[alikassa.Payout]) -> None:
        _, failed, _ = expected[-1] if expected else (0, 0, 0)
        expected.append((len(expected) + 1, failed + (result.error is not None), threading.get_ident()))
        assert reported == expected

    async def main() -> None:
        async for result in AsyncClient(**options).payouts.statuses(ids=ids, on_progress=on_progress):
            compare(result)

    for result in alikassa.Client(**options).payouts.statuses(ids=ids, on_progress=on_progress):
        compare(result)
    assert expected[-1][:2] == (4, 2)
    reported.clear()
    expected.clear()
    asyncio.run(main())


ERROR = KeyError("mine")


def raise_error(*_: object) -> None:
    raise ERROR


def raise_after(ids: list[int]) -> Iterator[int]:
    yield from ids
    raise ERROR


RAISING: list[tuple[Callable[[], Any], Any]] = [
    (lambda: itertools.repeat(PAID), raise_error),
    (lambda: raise_after([PAID] * 6), None),
]


@pytest.mark.parametrize(("ids", "on_progress"), RAISING, ids=["on_progress", "the input"])
def test_an_exception_from_the_caller_s_code_cancels_the_requests(
    options: dict[str, Any], sandbox: Sandbox, ids: Callable[[], Any], on_progress: Any
) -> None:
    sandbox.fault("stall", PAYOUT, n=200, times=-1)
    client = alikassa.Client(**options, max_connections=1)
    # The exception keeps everything that its traceback refers to.
    with pytest.raises(KeyError, match="mine") as caught:
        list(client.payouts.statuses(ids=ids(), on_progress=on_progress))
    assert until_quiet(sandbox) <= 2
    assert caught


@pytest.mark.parametrize("stop", ["close", "break", "block", "cycle"])
def test_stopping_early_cancels_the_requests_in_flight(client: alikassa.Client, sandbox: Sandbox, stop: str) -> None:
    sandbox.fault("stall", PAYOUT, n=15_000, times=-1, match={"path": PAYOUT, "order_id": str(MISSING)})
    gc.disable()
    results = client.payouts.statuses(ids=itertools.chain([PAID], itertools.repeat(MISSING)), concurrency=4)
    if stop == "close":
        next(results)
        results.close()
        assert list(results) == []
    elif stop == "break":
        for _ in results:
            break
        del results
    elif stop == "block":
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


def test_an_unused_iterator_sends_nothing(client: alikassa.Client, sandbox: Sandbox) -> None:
    results = client.payouts.statuses(ids=[PAID])
    results.close()
    del results
    assert sandbox.log() == []


def test_a_closed_client_yields_a_result_for_every_order(options: dict[str, Any], sandbox: Sandbox) -> None:
    client = alikassa.Client(**options, max_connections=2)
    sandbox.fault("stall", PAYOUT, n=1000, times=-1)
    results = client.payouts.statuses(ids=[PAID] * 20, concurrency=8)
    received = [next(results)]
    client.close()
    received += results
    assert len(received) == 20
    closed = [result.error for result in received if result.error is not None]
    assert {type(error) for error in closed} == {alikassa.ConfigurationError}
    assert all("the client is closed" in str(error) for error in closed)
    assert len(sandbox.log()) == 20 - len(closed) <= 4


def test_other_threads_can_iterate(client: alikassa.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = pool.map(lambda _: len(list(client.payouts.statuses(ids=[PAID] * 20))), range(4))
        assert list(counts) == [20] * 4


def test_an_input_that_consumes_its_own_results_is_refused(client: alikassa.Client) -> None:
    def ids() -> Iterator[int]:
        yield PAID
        next(results)

    results = client.payouts.statuses(ids=ids())
    with pytest.raises(ValueError, match="generator already executing"):
        list(results)


def asynchronously(ids: Any) -> AsyncIterator[Any]:
    """Yield ids asynchronously."""

    async def generate() -> AsyncIterator[Any]:
        for order in ids:
            await asyncio.sleep(0)
            yield order

    return generate()


def test_waiting_releases_the_gil(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", PAYOUT, n=500, times=-1)
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.wait(0.001):
            counted += 1

    thread = threading.Thread(target=count)
    thread.start()
    assert len(list(client.payouts.statuses(ids=[PAID] * 4))) == 4
    done.set()
    thread.join()
    assert counted > 50

"""The statuses of many orders for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from alikassa._notices import log_notices
from alikassa._results import About
from alikassa._statuses import Progress, request_next
from alikassa._waker import TaskWaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, Self, TypeVar

    from alikassa._native import NativeClient, StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)
    _Ids = Iterable[str | int] | AsyncIterable[str | int]
    _OrderIds = Iterable[str] | AsyncIterable[str]
else:
    from types import TracebackType

    from alikassa._later import Any, AsyncIds, AsyncOrderIds, Mapping, Self, later
    from alikassa._later import AnyStatus as _Status
    from alikassa._native import NativeClient

    _Ids, _OrderIds = AsyncIds, AsyncOrderIds
    StatusResult = later("alikassa", "StatusResult")


class AsyncStatuses(About["_Status"]):
    """`Statuses` for asyncio: an asynchronous iterator and context manager.

    `aclose` and the end of an ``async with`` block cancel the requests in flight at once, garbage
    collection later.
    """

    __slots__ = ("_results",)

    def __init__(
        self,
        native: NativeClient,
        status: type[_Status],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
    ) -> None:
        waker = TaskWaker()
        stream, orders = native.start_statuses(status, operation, arguments, timeout, deadline, waker.native)
        progress = Progress(arguments["on_progress"])
        self._results: AsyncGenerator[StatusResult[_Status], None] = _results(native, stream, orders, progress, waker)

    async def aclose(self) -> None:
        """Cancel the requests in flight and end the iteration."""
        await self._results.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> StatusResult[_Status]:
        return await anext(self._results)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


async def _results(
    native: NativeClient,
    stream: StatusStream[_Status],
    orders: Iterator[object] | AsyncIterator[object],
    progress: Progress,
    waker: TaskWaker,
) -> AsyncGenerator[StatusResult[_Status], None]:
    waker.register()
    source = _InputTask(stream, orders, waker) if isinstance(orders, AsyncIterator) else orders
    yielded_to_loop = False
    try:
        while True:
            event = stream.step()
            log_notices(native.take_notices())
            match event:
                case ("need_input", _):
                    if isinstance(source, _InputTask):
                        source.resume()
                        await waker.wait()
                        yielded_to_loop = True
                    else:
                        request_next(stream, source)
                case ("pending", seconds):
                    await waker.wait(seconds)
                    yielded_to_loop = True
                case ("ready", result):
                    # Many results that are ready at once must not block the loop.
                    if not yielded_to_loop:
                        await asyncio.sleep(0)
                    yielded_to_loop = False
                    progress.count(result)
                    yield result
                case _:
                    return
    finally:
        stream.close()
        if isinstance(source, _InputTask):
            await source.close()


class _InputTask:
    """Requests the orders of an asynchronous iterator, from a task of its own."""

    def __init__(self, stream: StatusStream[_Status], orders: AsyncIterator[object], waker: TaskWaker) -> None:
        self._resumed = asyncio.Event()
        self._task = asyncio.create_task(self._request_all(stream, orders, waker))
        self._task.add_done_callback(lambda _: waker.wake())

    def resume(self) -> None:
        """Let it request one more order, unless it is about to; raises the iterator's exception."""
        if self._task.done():
            self._task.result()
        self._resumed.set()

    async def close(self) -> None:
        """End the task."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _request_all(
        self, stream: StatusStream[_Status], orders: AsyncIterator[object], waker: TaskWaker
    ) -> None:
        while True:
            await self._resumed.wait()
            try:
                order = await anext(orders)
            except StopAsyncIteration:
                return stream.finish()
            stream.request(order)
            self._resumed.clear()
            waker.wake()

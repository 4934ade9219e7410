"""The statuses of many orders for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from alikassa._async_streams import AsyncResultIterator, results_of
from alikassa._statuses import request_next
from alikassa._waker import TaskWaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    from alikassa._native import NativeClient, StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)
    _Ids = Iterable[str | int] | AsyncIterable[str | int]
    _OrderIds = Iterable[str] | AsyncIterable[str]
else:
    from alikassa._later import Any, AsyncIds, AsyncOrderIds, Iterator, Mapping
    from alikassa._later import AnyStatus as _Status
    from alikassa._native import NativeClient, StatusStream

    _Ids, _OrderIds = AsyncIds, AsyncOrderIds


class AsyncStatuses(AsyncResultIterator["StatusResult[_Status]"]):
    """`Statuses` for asyncio: an asynchronous iterator and context manager.

    `aclose` and the end of an ``async with`` block cancel the requests in flight at once, garbage
    collection later.
    """

    __slots__ = ()

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
        if isinstance(orders, AsyncIterator):
            source: _InputTask | _Input = _InputTask(stream, orders, waker)
        else:
            source = _Input(stream, orders)
        super().__init__(results_of(native, stream, arguments["on_progress"], waker, source))


class _Input:
    """Requests the orders of an iterator."""

    def __init__(self, stream: StatusStream[_Status], orders: Iterator[object]) -> None:
        self._stream = stream
        self._orders = orders

    async def request_next(self) -> bool:
        """Request one more order."""
        request_next(self._stream, self._orders)
        return False

    async def close(self) -> None:
        """Do nothing: the iterator is the caller's."""


class _InputTask:
    """Requests the orders of an asynchronous iterator, from a task of its own."""

    def __init__(self, stream: StatusStream[_Status], orders: AsyncIterator[object], waker: TaskWaker) -> None:
        self._stream = stream
        self._orders = orders
        self._waker = waker
        self._resumed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def request_next(self) -> bool:
        """Let the task request one more order, unless it is about to; raises the iterator's exception."""
        if self._task is None:
            self._task = asyncio.create_task(self._request_all())
            self._task.add_done_callback(lambda _: self._waker.wake())
        if self._task.done():
            self._task.result()
        self._resumed.set()
        await self._waker.wait()
        return True

    async def close(self) -> None:
        """End the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _request_all(self) -> None:
        while True:
            await self._resumed.wait()
            try:
                order = await anext(self._orders)
            except StopAsyncIteration:
                return self._stream.finish()
            self._stream.request(order)
            self._resumed.clear()
            self._waker.wake()

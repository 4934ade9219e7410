"""The statuses of many orders for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from alikassa._results import About
from alikassa._statuses import Progress, ask_next

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from types import TracebackType
    from typing import Self, TypeVar

    from alikassa._bell import Bell
    from alikassa._native import StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)


class AsyncStatuses(About["_Status"]):
    """`Statuses` for asyncio: an asynchronous iterator and context manager.

    A loop that is left early gives up what is on its way once nothing refers to the iterator any more; `aclose` and the
    end of an ``async with`` block do so at once.
    """

    __slots__ = ("_results",)

    def __init__(
        self,
        bulk: StatusStream[_Status],
        orders: Iterator[object] | AsyncIterator[object],
        on_progress: Callable[[int, int], object] | None,
        bell: Bell,
    ) -> None:
        self._results: AsyncGenerator[StatusResult[_Status], None] = _results(bulk, orders, Progress(on_progress), bell)

    async def aclose(self) -> None:
        """Give up what is on its way, and end the iteration."""
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
    bulk: StatusStream[_Status], orders: Iterator[object] | AsyncIterator[object], progress: Progress, bell: Bell
) -> AsyncGenerator[StatusResult[_Status], None]:
    bell.hang_up()
    source = _Feeder(bulk, orders, bell) if isinstance(orders, AsyncIterator) else orders
    loop_turned = False
    try:
        while True:
            match bulk.step():
                case ("order", _):
                    if isinstance(source, _Feeder):
                        source.feed()
                        await bell.wait()
                        loop_turned = True
                    else:
                        ask_next(bulk, source)
                case ("wait", seconds):
                    await bell.wait(seconds)
                    loop_turned = True
                case ("told", result):
                    # Many that are told at once must not keep the loop from everything else.
                    if not loop_turned:
                        await asyncio.sleep(0)
                    loop_turned = False
                    progress.count(result)
                    yield result
                case _:
                    return
    finally:
        bulk.close()
        if isinstance(source, _Feeder):
            await source.close()


class _Feeder:
    """Asks for the orders of an asynchronous iterator, in one task of its own, so that answers can come meanwhile."""

    def __init__(self, bulk: StatusStream[_Status], orders: AsyncIterator[object], bell: Bell) -> None:
        self._wanted = asyncio.Event()
        self._task = asyncio.create_task(self._ask(bulk, orders, bell))
        self._task.add_done_callback(lambda _: bell.ring())

    def feed(self) -> None:
        """Let it ask for one more, unless it is about to; raises what the iterator raised."""
        if self._task.done():
            self._task.result()
        self._wanted.set()

    async def close(self) -> None:
        """End the task."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _ask(self, bulk: StatusStream[_Status], orders: AsyncIterator[object], bell: Bell) -> None:
        while True:
            await self._wanted.wait()
            try:
                order = await anext(orders)
            except StopAsyncIteration:
                return bulk.finish()
            bulk.ask(order)
            self._wanted.clear()
            bell.ring()

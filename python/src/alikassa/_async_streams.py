"""Iterators over the results of many requests for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from alikassa._notices import log_notices
from alikassa._streams import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from types import TracebackType
    from typing import Protocol, Self

    from alikassa._native import NativeClient
    from alikassa._streams import Result, Stream
    from alikassa._waker import TaskWaker

    class Source(Protocol):
        """The source of what a stream needs."""

        async def request_next(self) -> bool:
            """Let the stream request what is next. Returns whether the loop ran meanwhile."""

        async def close(self) -> None:
            """Release the source."""

else:
    from types import TracebackType

    from alikassa._later import AsyncGenerator, Self
    from alikassa._streams import Result


class AsyncResultIterator(AsyncIterator["Result"]):
    """`ResultIterator` for asyncio: an asynchronous iterator and context manager.

    `aclose` and the end of an ``async with`` block cancel the requests in flight at once, garbage
    collection later.
    """

    __slots__ = ("_results",)

    def __init__(self, results: AsyncGenerator[Result, None]) -> None:
        self._results = results

    async def aclose(self) -> None:
        """Cancel the requests in flight and end the iteration."""
        await self._results.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Result:
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


async def results_of(
    native: NativeClient,
    stream: Stream[Result],
    on_progress: Callable[[int, int], object] | None,
    waker: TaskWaker,
    source: Source | None = None,
) -> AsyncGenerator[Result, None]:
    """Yield the results of a stream, and close it at the end."""
    progress = Progress(on_progress)
    yielded_to_loop = False
    try:
        waker.register()
        while True:
            try:
                event = stream.step()
            finally:
                log_notices(native.take_notices())
            match event:
                case ("need_input", _) if source is not None:
                    yielded_to_loop |= await source.request_next()
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
        if source is not None:
            await source.close()

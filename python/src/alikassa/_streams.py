"""Iterators over the results of many requests, each yielded as it arrives."""

from __future__ import annotations

from collections.abc import Iterator

from alikassa._notices import log_notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType
    from typing import Literal, Protocol, Self, TypeVar

    from alikassa._error_base import AliKassaError
    from alikassa._native import NativeClient

    class HasError(Protocol):
        """A result that can be an error."""

        @property
        def error(self) -> AliKassaError | None:
            """The error."""

    Result = TypeVar("Result", bound=HasError)
    _Result = TypeVar("_Result", bound=HasError, covariant=True)
    _NoValue = tuple[Literal["need_input", "done"], None]

    class Stream(Protocol[_Result]):
        """A stream of the native module."""

        def step(self) -> _NoValue | tuple[Literal["ready"], _Result] | tuple[Literal["pending"], float | None]:
            """Return the next event, without waiting."""

        def wait(self) -> _NoValue | tuple[Literal["ready"], _Result]:
            """Return the next event; wait while it is pending."""

        def close(self) -> None:
            """Cancel the requests in flight."""

else:
    from types import TracebackType

    from alikassa._later import Generator, Self

    Result = object


class ResultIterator(Iterator["Result"]):
    """An iterator over the results of a stream, and a context manager.

    `close`, the end of a ``with`` block and garbage collection cancel the requests in flight.
    """

    __slots__ = ("_results",)

    def __init__(self, results: Generator[Result, None, None]) -> None:
        self._results = results

    def close(self) -> None:
        """Cancel the requests in flight and end the iteration."""
        self._results.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Result:
        return next(self._results)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def results_of(
    native: NativeClient,
    stream: Stream[Result],
    on_progress: Callable[[int, int], object] | None,
    request_next: Callable[[], object] | None = None,
) -> Generator[Result, None, None]:
    """Yield the results of a stream, and close it at the end."""
    progress = Progress(on_progress)
    try:
        while True:
            try:
                event = stream.wait()
            finally:
                log_notices(native.take_notices())
            match event:
                case ("need_input", _) if request_next is not None:
                    request_next()
                case ("ready", result):
                    progress.count(result)
                    yield result
                case _:
                    return
    finally:
        stream.close()


class Progress:
    """Counts the results and reports the counts after each."""

    def __init__(self, on_progress: Callable[[int, int], object] | None) -> None:
        self._on_progress = on_progress
        self._done = self._failed = 0

    def count(self, result: HasError) -> None:
        """Count another result."""
        self._done += 1
        self._failed += result.error is not None
        if self._on_progress is not None:
            self._on_progress(self._done, self._failed)

"""The statuses of many orders, each yielded as it arrives."""

from __future__ import annotations

from alikassa._notices import log_notices
from alikassa._results import About

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, Self, TypeVar

    from alikassa._native import NativeClient, StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)
    _Ids = Iterable[str | int]
    _OrderIds = Iterable[str]
else:
    from types import TracebackType

    from alikassa._later import Any, Callable, Ids, Mapping, OrderIds, Self, later
    from alikassa._later import AnyStatus as _Status
    from alikassa._native import NativeClient

    _Ids, _OrderIds = Ids, OrderIds
    StatusResult = later("alikassa", "StatusResult")


class Statuses(About["_Status"]):
    """An iterator over results, from `Payments.statuses` and `Payouts.statuses`.

    It is a context manager too. `close`, the end of a ``with`` block and garbage collection cancel
    the requests in flight.
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
        stream, orders = native.start_statuses(status, operation, arguments, timeout, deadline)
        progress = Progress(arguments["on_progress"])
        self._results: Generator[StatusResult[_Status], None, None] = _results(native, stream, orders, progress)

    def close(self) -> None:
        """Cancel the requests in flight and end the iteration."""
        self._results.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> StatusResult[_Status]:
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


def _results(
    native: NativeClient, stream: StatusStream[_Status], orders: Iterator[object], progress: Progress
) -> Generator[StatusResult[_Status], None, None]:
    try:
        while True:
            event = stream.wait()
            log_notices(native.take_notices())
            match event:
                case ("need_input", _):
                    request_next(stream, orders)
                case ("ready", result):
                    progress.count(result)
                    yield result
                case _:
                    return
    finally:
        stream.close()


def request_next(stream: StatusStream[_Status], orders: Iterator[object]) -> None:
    """Request the next order, if there is one."""
    try:
        order = next(orders)
    except StopIteration:
        stream.finish()
    else:
        stream.request(order)


class Progress:
    """Counts the results and reports the counts after each."""

    def __init__(self, on_progress: Callable[[int, int], object] | None) -> None:
        self._on_progress = on_progress
        self._done = self._failed = 0

    def count(self, result: StatusResult[_Status]) -> None:
        """Count another result."""
        self._done += 1
        self._failed += result.error is not None
        if self._on_progress is not None:
            self._on_progress(self._done, self._failed)

"""The statuses of many orders, one after another as they come."""

from __future__ import annotations

from alikassa._results import About

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from types import TracebackType
    from typing import Self, TypeVar

    from alikassa._native import StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)


class Statuses(About["_Status"]):
    """An iterator over results, from `Payments.statuses` and `Payouts.statuses`; a context manager too.

    Leaving it early, by `close`, at the end of a ``with`` block or when nothing refers to it any more, gives up what is
    on its way.
    """

    __slots__ = ("_results",)

    def __init__(
        self,
        bulk: StatusStream[_Status],
        orders: Iterator[object],
        on_progress: Callable[[int, int], object] | None,
    ) -> None:
        self._results: Generator[StatusResult[_Status], None, None] = _results(bulk, orders, Progress(on_progress))

    def close(self) -> None:
        """Give up what is on its way, and end the iteration."""
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
    bulk: StatusStream[_Status], orders: Iterator[object], progress: Progress
) -> Generator[StatusResult[_Status], None, None]:
    try:
        while True:
            match bulk.wait():
                case ("order", _):
                    ask_next(bulk, orders)
                case ("told", result):
                    progress.count(result)
                    yield result
                case _:
                    return
    finally:
        bulk.close()


def ask_next(bulk: StatusStream[_Status], orders: Iterator[object]) -> None:
    """Ask for the next order, if there is one."""
    try:
        order = next(orders)
    except StopIteration:
        bulk.finish()
    else:
        bulk.ask(order)


class Progress:
    """How many results there were, told after each."""

    def __init__(self, on_progress: Callable[[int, int], object] | None) -> None:
        self._on_progress = on_progress
        self._done = self._failed = 0

    def count(self, result: StatusResult[_Status]) -> None:
        """Count another result."""
        self._done += 1
        self._failed += result.error is not None
        if self._on_progress is not None:
            self._on_progress(self._done, self._failed)

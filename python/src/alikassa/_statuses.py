"""The statuses of many orders, each yielded as it arrives."""

from __future__ import annotations

from functools import partial

from alikassa._streams import ResultIterator, results_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    from alikassa._native import NativeClient, StatusStream
    from alikassa._records import Payment, Payout
    from alikassa._results import StatusResult

    _Status = TypeVar("_Status", Payment, Payout)
    _Ids = Iterable[str | int]
    _OrderIds = Iterable[str]
else:
    from alikassa._later import Any, Ids, Iterator, Mapping, OrderIds
    from alikassa._later import AnyStatus as _Status
    from alikassa._native import NativeClient, StatusStream

    _Ids, _OrderIds = Ids, OrderIds


class Statuses(ResultIterator["StatusResult[_Status]"]):
    """An iterator over results, from `Payments.statuses` and `Payouts.statuses`.

    It is a context manager too. `close`, the end of a ``with`` block and garbage collection cancel
    the requests in flight.
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
        stream, orders = native.start_statuses(status, operation, arguments, timeout, deadline)
        super().__init__(results_of(native, stream, arguments["on_progress"], partial(request_next, stream, orders)))


def request_next(stream: StatusStream[_Status], orders: Iterator[object]) -> None:
    """Request the next order, if there is one."""
    try:
        order = next(orders)
    except StopIteration:
        stream.finish()
    else:
        stream.request(order)

"""The open rows of the ledger, each yielded as it settles."""

from __future__ import annotations

from alikassa._streams import ResultIterator, results_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from alikassa._native import NativeClient
    from alikassa._results import Reconciled
else:
    from alikassa._later import Any, Mapping
    from alikassa._native import NativeClient


class ReconcileIter(ResultIterator["Reconciled"]):
    """An iterator over the open rows of a ledger, from `Client.iter_reconcile`.

    It is a context manager too. `close`, the end of a ``with`` block and garbage collection cancel
    the requests in flight.
    """

    __slots__ = ()

    def __init__(
        self, native: NativeClient, arguments: Mapping[str, Any], timeout: float | None, deadline: float | None
    ) -> None:
        stream = native.start_reconcile(arguments, timeout, deadline)
        super().__init__(results_of(native, stream, arguments["on_progress"]))

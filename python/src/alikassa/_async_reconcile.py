"""The open rows of the ledger, each yielded as it settles, for asyncio."""

from __future__ import annotations

from alikassa._async_streams import AsyncResultIterator, results_of
from alikassa._waker import TaskWaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from alikassa._native import NativeClient
    from alikassa._results import Reconciled
else:
    from alikassa._later import Any, Mapping
    from alikassa._native import NativeClient


class AsyncReconcileIter(AsyncResultIterator["Reconciled"]):
    """`ReconcileIter` for asyncio: an asynchronous iterator and context manager.

    `aclose` and the end of an ``async with`` block cancel the requests in flight at once, garbage
    collection later.
    """

    __slots__ = ()

    def __init__(
        self, native: NativeClient, arguments: Mapping[str, Any], timeout: float | None, deadline: float | None
    ) -> None:
        waker = TaskWaker()
        stream = native.start_reconcile(arguments, timeout, deadline, waker.native)
        super().__init__(results_of(native, stream, arguments["on_progress"], waker))

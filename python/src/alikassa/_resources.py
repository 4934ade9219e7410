# Generated from _async_resources.py by `make bless`; do not edit.
"""The calls of a client, grouped by what they are about."""

from __future__ import annotations

from alikassa._native import HistoryPages
from alikassa._operations import AccountOperations, PaymentsOperations, PayoutsOperations
from alikassa._reconcile import ReconcileIter
from alikassa._records import DryRun, History, LedgerRow, Payment, Payout
from alikassa._results import About, Reply, Resolution
from alikassa._runner import Resource, Runner
from alikassa._statuses import Statuses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal
    from types import TracebackType
    from typing import Any, Literal, Self, TypeVar, Unpack, overload

    from alikassa._records import HistoryPayment
    from alikassa._requests import HistoryRequest
    from alikassa._statuses import _Ids, _OrderIds

    _Status = TypeVar("_Status", Payment, Payout)
else:
    from types import TracebackType

    from alikassa._later import (
        Any,
        Callable,
        Decimal,
        Iterator,
        Literal,
        Mapping,
        Self,
        Unpack,
        later,
        overload,
    )
    from alikassa._later import AnyStatus as _Status
    from alikassa._statuses import _Ids, _OrderIds

    HistoryPayment = later("alikassa", "HistoryPayment")
    HistoryRequest = later("alikassa", "HistoryRequest")


class Api(Runner):
    """All calls of a client."""

    __slots__ = ()

    @property
    def payments(self) -> Payments:
        """The calls about payments."""
        return Payments(self, self._native)

    @property
    def payouts(self) -> Payouts:
        """The calls about payouts."""
        return Payouts(self, self._native)

    @property
    def account(self) -> Account:
        """The calls about the account."""
        return Account(self, self._native)

    @overload
    def request(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        cert: Literal["payment", "payout"],
        read: bool = False,
        dry_run: Literal[False] = False,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Reply: ...

    @overload
    def request(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        cert: Literal["payment", "payout"],
        read: bool = False,
        dry_run: Literal[True],
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> DryRun: ...

    def request(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        cert: Literal["payment", "payout"],
        read: bool = False,
        dry_run: bool = False,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Reply | DryRun:
        """Send a raw signed request, for an operation without a typed call.

        Unless `read` is true, the request counts as a create: it is sent at most once, every error
        has an `outcome`, and the client's ledger, if there is one, records it. The ledger requires
        a string `order_id` in `data`.

        Args:
            path: The path below the base URL, such as ``v1/payment/status``.
            data: The body. Accepted values: None (JSON's null), str, bool, int of 64 bits, Decimal
                (sent as a string), list, tuple and mappings with string keys. Every other type is
                refused with its path, float among them.
            cert: The certificate that signs the request.
            read: Whether the request only reads, so that it may be retried after a transient error.
            dry_run: Check and sign a create, and return what would be sent and whether the ledger or a
                limit would refuse it. Nothing is sent or recorded.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
        """
        arguments = {"path": path, "data": data, "cert": cert, "read": read}
        if dry_run is not False:
            preview = {"operation": "request", "fields": arguments, "dry_run": dry_run}
            return self._run(DryRun, "dry_run", preview, timeout, deadline)
        return self._run(Reply, "request", arguments, timeout, deadline)

    def reconcile(
        self,
        *,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> list[LedgerRow]:
        """Request the status of this account's open rows in the ledger, and record the results.

        A row becomes accepted if the provider has its order with the same amount. Every other row
        stays unchanged, as does a row whose certificate the client lacks. Only reads are sent. A
        row that another process asks about at the same time is left out.

        Args:
            concurrency: The maximum number of concurrent requests, 1 to 4096; the client's
                `max_connections` limits it further.
            rate: The maximum number of rows per second, 0.001 to 1000000; unlimited by default.
            on_progress: Called after each row with two counts: the rows so far, and those with an
                error. How many follow is not known. It runs on this thread; with asyncio that is
                the event loop's thread, which it must not block. If it raises, no other row is
                asked about.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for each row, if different from the client's.

        Returns:
            The rows, as they are afterwards, the oldest first.

        Raises:
            ConfigurationError: The client has no ledger.
            LedgerError: The ledger cannot be read or written.
            AliKassaError: A request failed. After an invalid response for one row, the other rows
                are processed before this is raised. Recorded results stay recorded.
        """
        arguments = {"concurrency": concurrency, "rate": rate, "on_progress": on_progress}
        with ReconcileIter(self._native, arguments, timeout, deadline) as results:
            settled = list(results)
        for reconciled in settled:
            if reconciled.error is not None:
                raise reconciled.error
        return sorted((reconciled.row for reconciled in settled), key=lambda row: row.created_ms)

    def iter_reconcile(
        self,
        *,
        concurrency: int = 16,
        rate: float | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> ReconcileIter:
        """Do the same as `reconcile`, and yield each row as it settles, in any order.

        An error about one row is in its result, and the other rows follow. Requests are sent while
        you iterate, and memory does not grow with the number of rows.

        >>> with client.iter_reconcile() as results:  # doctest: +SKIP
        ...     for result in results:
        ...         print(result.row.order_id, result.row.state, result.error, result.other_id)

        Args:
            concurrency: As for `reconcile`.
            rate: As for `reconcile`.
            timeout: As for `reconcile`.
            deadline: As for `reconcile`.

        Returns:
            An iterator over `Reconciled`. If you stop early, the requests in flight are cancelled:
            at once if you close it or use it as a context manager, else when the iterator is
            garbage-collected. The next call asks about the rows again. In a forked child, it
            repeats the requests that the parent has in flight.

        Raises:
            ConfigurationError: The client has no ledger.
            InvalidArgumentError: An argument is invalid; no request is sent.
            AliKassaError: An error that concerns every row, such as a failed connection, ends the
                iteration.
        """
        arguments = {"concurrency": concurrency, "rate": rate, "on_progress": None}
        return ReconcileIter(self._native, arguments, timeout, deadline)

    def close(self) -> None:
        """Refuse new calls and wait for the calls in flight, each up to its own deadline.

        Then connections are closed, idle threads end, and the ledger's log is moved into its file.
        """
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Orders(Resource, About["_Status"]):
    """The calls that payments and payouts have in common."""

    __slots__ = ()

    _status: type[_Status]

    def resolve(
        self,
        order_id: str,
        amount: str | int | Decimal | None = None,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Resolution[_Status]:
        """Find out whether the provider has an order whose create has an unknown outcome.

        The status is requested with growing pauses until the order is found or the deadline is
        reached. The order is found if the provider has it with the amount that was sent: the
        ledger's, else `amount`, compared as numbers. Without either amount, the `order_id` alone
        decides. The result never states that the order was not created. A found order is recorded
        in the ledger. If the ledger has another id for the order, that in the status is `other_id`.

        Args:
            order_id: The merchant's id of the order.
            amount: The amount that was sent, if no ledger has it.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Raises:
            InvalidArgumentError: `amount` differs from the ledger's.
            LedgerError: The ledger cannot be read or written.
            AliKassaError: No request succeeded; as for `status`.

        Source: the status pages of payments and payouts.
        """
        arguments = {"order_id": order_id, "amount": amount}
        resolution: type[Resolution[_Status]] = Resolution  # type: ignore[assignment]  # one class at runtime
        return self._run(resolution, f"{self._name}.resolve", arguments, timeout, deadline)

    def wait(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        interval: float = 2.0,
        timeout: float | None = None,
        deadline: float | None = None,
        on_update: Callable[[_Status], object] | None = None,
    ) -> _Status:
        """Request the status until it is final or the deadline is reached, and return the last one.

        Each status settles the ledger's row of its order.

        Args:
            id: AliKassa's id of the payment or payout; pass exactly one of `id` and `order_id`.
            order_id: The merchant's id of the order.
            interval: Seconds between two requests, 0.01 to 86400.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            on_update: Called with each status, including the last one, on this thread. With asyncio
                that is the event loop's thread, which it must not block. If it raises, the wait
                ends and the exception propagates unchanged. A coroutine function does not work: its
                result is not awaited.

        Raises:
            AliKassaError: No request succeeded by the deadline, or the error is permanent; as for
                `status`.

        Source: the status pages of payments and payouts.
        """
        arguments = {"order": {"id": id, "order_id": order_id}, "interval": interval, "on_update": on_update}
        return self._wait(self._status, f"{self._name}.wait", arguments, timeout, deadline)

    def statuses(
        self,
        *,
        ids: _Ids | None = None,
        order_ids: _OrderIds | None = None,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Statuses[_Status]:
        """Request the statuses of many orders and yield each result as it arrives, in any order.

        Requests are sent while you iterate, for at most `concurrency` orders ahead, so `ids` can be
        endless. An invalid order or a failed request yields a result with an `error`, and the other
        orders continue; once the client is closed, every further result is an error. An exception
        from `ids` itself ends the iteration and propagates unchanged. Each status settles the
        ledger's row of its order.

        >>> with client.payouts.statuses(ids=[100000536, 100000537]) as results:  # doctest: +SKIP
        ...     for result in results:
        ...         print(result.id, result.status.payment_status if result.error is None else result.error)

        Args:
            ids: AliKassa's ids, in any iterable; pass exactly one of `ids` and `order_ids`. With
                asyncio the iterable can be asynchronous, and a task of its own consumes it; an
                ordinary one runs on the event loop's thread and must not block it.
            order_ids: The merchant's ids of the orders, likewise.
            concurrency: The maximum number of concurrent requests, 1 to 4096; the client's
                `max_connections` limits it further.
            rate: The maximum number of requests per second, 0.001 to 1000000; unlimited by default.
            on_progress: Called after each response, before its result is yielded, with two counts:
                the results so far, and those with an error. It runs on this thread; with asyncio
                that is the event loop's thread, which it must not block. If it raises, the
                iteration ends.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for each request, if different from the client's.

        Returns:
            An iterator over `StatusResult`. If you stop early, the requests in flight are
            cancelled: at once if you close it or use it as a context manager, else when the
            iterator is garbage-collected. In a forked child, it repeats the requests that the
            parent has in flight.

        Raises:
            InvalidArgumentError: An argument is invalid; no request is sent.

        Source: the status pages of payments and payouts.
        """
        arguments = {
            "ids": ids,
            "order_ids": order_ids,
            "concurrency": concurrency,
            "rate": rate,
            "on_progress": on_progress,
        }
        return Statuses(self._native, self._status, f"{self._name}.statuses", arguments, timeout, deadline)


class Payments(Orders[Payment], PaymentsOperations):
    """The calls about payments (pay-in); from `Client.payments`."""

    __slots__ = ()

    _name = "payments"
    _status = Payment

    def iter_history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> Iterator[HistoryPayment]:
        """Iterate over the payments of the history; each page is requested when it is needed.

        A payment that is created meanwhile shifts the later ones, so a payment can be yielded
        twice: recognise it by its `id`.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for each page, if different from the client's.
            **fields: The fields of `HistoryRequest`; `page` is the first page. A field that is None
                counts as not given.

        Raises:
            ProtocolError: A page repeats the page before it.
            AliKassaError: As for every call. An error ends the iteration.

        Source: the payment history page.
        """
        pages = HistoryPages(fields)
        while pages.more:
            page = self._run(History, "payments.iter_history", {"pages": pages}, timeout, deadline)
            yield from page.data


class Payouts(Orders[Payout], PayoutsOperations):
    """The calls about payouts; from `Client.payouts`."""

    __slots__ = ()

    _name = "payouts"
    _status = Payout


class Account(AccountOperations):
    """The calls about the account; from `Client.account`."""

    __slots__ = ()

    _name = "account"

"""The client for asyncio. Calls run on the core's own threads, so no executor is taken and none can starve them."""

from __future__ import annotations

from alikassa._async_statuses import AsyncStatuses
from alikassa._bell import Bell
from alikassa._client import BaseClient, Resource
from alikassa._native import HistoryPages
from alikassa._records import (
    AccountInfo,
    Balance,
    CreatedPayment,
    CreatedPayout,
    History,
    LedgerRow,
    Payment,
    Payout,
)
from alikassa._results import Reply, Resolution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
    from decimal import Decimal
    from types import TracebackType
    from typing import Any, Literal, Self, TypeVar, Unpack

    from alikassa._native import NativeClient
    from alikassa._records import HistoryPayment
    from alikassa._requests import HistoryRequest, PaymentRequest, PayoutRequest

    _AnyReply = TypeVar("_AnyReply")
    _Ids = Iterable[str | int] | AsyncIterable[str | int]
    _OrderIds = Iterable[str] | AsyncIterable[str]


class AsyncClient(BaseClient):
    """`alikassa.Client` for asyncio: the same options, calls and errors, every call awaited.

    What sends nothing is not awaited: `notifications.verify` and `redirects.verify` are those of `Client`.

    It is tied to no event loop. When a task is cancelled, `asyncio.CancelledError` propagates as it is, with two
    attributes: `order_id`, and `alikassa_outcome`, which is ``"not_sent"`` for what was not sent and ``"unknown"`` for
    a create on its way. That create goes on by itself and writes the ledger; `close()` and the end of the program wait
    for it. A read that is on its way ends by itself too, and its answer is dropped. A task that is cancelled before its
    first step has sent nothing, and its exception has neither attribute.

    Bound a create by its `deadline`: `asyncio.timeout` and `asyncio.wait_for` raise a `TimeoutError`, of which only the
    `__cause__` has those attributes.
    """

    __module__ = "alikassa"
    __slots__ = ()

    @property
    def payments(self) -> AsyncPayments:
        """The calls about payments."""
        return AsyncPayments(self._native)

    @property
    def payouts(self) -> AsyncPayouts:
        """The calls about payouts."""
        return AsyncPayouts(self._native)

    @property
    def account(self) -> AsyncAccount:
        """The calls about the account."""
        return AsyncAccount(self._native)

    async def request(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        cert: Literal["payment", "payout"],
        read: bool = False,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Reply:
        """As `Client.request`."""
        arguments = {"path": path, "data": data, "cert": cert, "read": read}
        return await _run(self._native, Reply, "request", arguments, timeout, deadline)

    async def reconcile(self, *, timeout: float | None = None, deadline: float | None = None) -> list[LedgerRow]:
        """As `Client.reconcile`."""
        return await _run(self._native, list[LedgerRow], "reconcile", {}, timeout, deadline)

    async def close(self) -> None:
        """As `Client.close`."""
        bell = Bell()
        bell.hang_up()
        self._native.start_close(bell.rope)
        await bell.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class AsyncPayments(Resource):
    """The calls about payments (pay-in); from `AsyncClient.payments`."""

    __slots__ = ()

    async def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PaymentRequest]
    ) -> CreatedPayment:
        """As `Payments.create`."""
        return await _run(self._native, CreatedPayment, "payments.create", fields, timeout, deadline)

    async def resolve(
        self,
        order_id: str,
        amount: str | int | Decimal | None = None,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Resolution[Payment]:
        """As `Payments.resolve`."""
        arguments = {"order_id": order_id, "amount": amount}
        return await _run(self._native, Resolution[Payment], "payments.resolve", arguments, timeout, deadline)

    async def wait(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        interval: float = 2.0,
        timeout: float | None = None,
        deadline: float | None = None,
        on_update: Callable[[Payment], object] | None = None,
    ) -> Payment:
        """As `Payments.wait`; `on_update` is called on the event loop's thread, and must not block it."""
        arguments = {"order": {"id": id, "order_id": order_id}, "interval": interval, "on_update": on_update}
        return await _run(self._native, Payment, "payments.wait", arguments, timeout, deadline)

    async def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payment:
        """As `Payments.status`."""
        return await _run(self._native, Payment, "payments.status", {"id": id, "order_id": order_id}, timeout, deadline)

    def statuses(
        self,
        ids: _Ids | None = None,
        *,
        order_ids: _OrderIds | None = None,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> AsyncStatuses[Payment]:
        """As `Payments.statuses`, for asynchronous iterables too, which a task of its own goes through.

        Neither an iterable that is not asynchronous nor `on_progress` must block: both run on the event loop's
        thread.
        """
        arguments = {
            "ids": ids,
            "order_ids": order_ids,
            "concurrency": concurrency,
            "rate": rate,
            "on_progress": on_progress,
        }
        bell = Bell()
        bulk, orders = self._native.ask_many(Payment, "payments.statuses", arguments, timeout, deadline, bell.rope)
        return AsyncStatuses(bulk, orders, on_progress, bell)

    async def history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> History:
        """As `Payments.history`."""
        return await _run(self._native, History, "payments.history", fields, timeout, deadline)

    async def iter_history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> AsyncIterator[HistoryPayment]:
        """As `Payments.iter_history`."""
        pages = HistoryPages(fields)
        while pages.more:
            arguments = {"pages": pages}
            page = await _run(self._native, History, "payments.iter_history", arguments, timeout, deadline)
            for payment in page.data:
                yield payment


class AsyncPayouts(Resource):
    """The calls about payouts; from `AsyncClient.payouts`."""

    __slots__ = ()

    async def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PayoutRequest]
    ) -> CreatedPayout:
        """As `Payouts.create`."""
        return await _run(self._native, CreatedPayout, "payouts.create", fields, timeout, deadline)

    async def resolve(
        self,
        order_id: str,
        amount: str | int | Decimal | None = None,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Resolution[Payout]:
        """As `Payouts.resolve`."""
        arguments = {"order_id": order_id, "amount": amount}
        return await _run(self._native, Resolution[Payout], "payouts.resolve", arguments, timeout, deadline)

    async def wait(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        interval: float = 2.0,
        timeout: float | None = None,
        deadline: float | None = None,
        on_update: Callable[[Payout], object] | None = None,
    ) -> Payout:
        """As `Payouts.wait`; `on_update` is called on the event loop's thread, and must not block it."""
        arguments = {"order": {"id": id, "order_id": order_id}, "interval": interval, "on_update": on_update}
        return await _run(self._native, Payout, "payouts.wait", arguments, timeout, deadline)

    async def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payout:
        """As `Payouts.status`."""
        return await _run(self._native, Payout, "payouts.status", {"id": id, "order_id": order_id}, timeout, deadline)

    def statuses(
        self,
        ids: _Ids | None = None,
        *,
        order_ids: _OrderIds | None = None,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> AsyncStatuses[Payout]:
        """As `Payouts.statuses`, for asynchronous iterables too, which a task of its own goes through.

        Neither an iterable that is not asynchronous nor `on_progress` must block: both run on the event loop's
        thread.
        """
        arguments = {
            "ids": ids,
            "order_ids": order_ids,
            "concurrency": concurrency,
            "rate": rate,
            "on_progress": on_progress,
        }
        bell = Bell()
        bulk, orders = self._native.ask_many(Payout, "payouts.statuses", arguments, timeout, deadline, bell.rope)
        return AsyncStatuses(bulk, orders, on_progress, bell)


class AsyncAccount(Resource):
    """The calls about the account; from `AsyncClient.account`."""

    __slots__ = ()

    async def balance(self, *, timeout: float | None = None, deadline: float | None = None) -> Balance:
        """As `Account.balance`."""
        return await _run(self._native, Balance, "account.balance", {}, timeout, deadline)

    async def info(self, *, timeout: float | None = None, deadline: float | None = None) -> AccountInfo:
        """As `Account.info`."""
        return await _run(self._native, AccountInfo, "account.info", {}, timeout, deadline)


async def _run(
    native: NativeClient,
    reply: type[_AnyReply],
    operation: str,
    arguments: Mapping[str, Any],
    timeout: float | None,
    deadline: float | None,
) -> _AnyReply:
    bell = Bell()
    bell.hang_up()
    pending = native.start(reply, operation, arguments, timeout, deadline, bell.rope)
    while True:
        try:
            await bell.wait()
        except BaseException as raised:
            pending.cancel(raised)
            raise
        answer = pending.receive()
        if answer is not None:
            return answer

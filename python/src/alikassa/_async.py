"""The client for asyncio. Calls run on the core's own threads, so no executor is taken and none can starve them."""

from __future__ import annotations

import asyncio
import contextlib

from alikassa._client import BaseClient, Resource
from alikassa._records import Balance, Payment, Payout, Reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Literal, Self, TypeVar

    from alikassa._native import NativeClient

    _AnyReply = TypeVar("_AnyReply")


class AsyncClient(BaseClient):
    """`alikassa.Client` for asyncio: the same options, calls and errors, every call awaited.

    It is tied to no event loop. When a task is cancelled, `asyncio.CancelledError` propagates as it is, with two
    attributes: `alikassa_outcome`, which is ``"not_sent"`` for a call that was still waiting for a free connection, and
    `order_id`. A read that is on its way ends by itself and its answer is dropped.
    """

    __module__ = "alikassa"

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

    async def close(self) -> None:
        """As `Client.close`."""
        await asyncio.to_thread(self._native.close)

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


class AsyncPayouts(Resource):
    """The calls about payouts; from `AsyncClient.payouts`."""

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


class AsyncAccount(Resource):
    """The calls about the account; from `AsyncClient.account`."""

    async def balance(self, *, timeout: float | None = None, deadline: float | None = None) -> Balance:
        """As `Account.balance`."""
        return await _run(self._native, Balance, "account.balance", {}, timeout, deadline)


async def _run(
    native: NativeClient,
    reply: type[_AnyReply],
    operation: str,
    arguments: dict[str, Any],
    timeout: float | None,
    deadline: float | None,
) -> _AnyReply:
    loop = asyncio.get_running_loop()
    woken = loop.create_future()

    def wake() -> None:
        # A loop that was closed meanwhile has nobody who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, woken)

    pending = native.start(operation, arguments, timeout, deadline, wake)
    try:
        await woken
    except BaseException as raised:
        pending.cancel(raised)
        raise
    return pending.result(reply)


def _resolve(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)

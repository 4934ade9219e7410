# Generated from the core's tables by `make bless`; do not edit.
"""The operations of the provider's API: each sends its fields once and returns the response."""

from __future__ import annotations

from alikassa._async_runner import AsyncResource
from alikassa._records import (
    AccountInfo,
    Balance,
    CreatedPayment,
    CreatedPayout,
    History,
    Payment,
    Payout,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from alikassa._requests import (
        HistoryRequest,
        PaymentRequest,
        PayoutRequest,
    )
else:
    from alikassa._later import Unpack, later

    HistoryRequest = later("alikassa", "HistoryRequest")
    PaymentRequest = later("alikassa", "PaymentRequest")
    PayoutRequest = later("alikassa", "PayoutRequest")


class AsyncPaymentsOperations(AsyncResource):
    """The operations of `Client.payments`."""

    __slots__ = ()

    async def create(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PaymentRequest],
    ) -> CreatedPayment:
        """Create a payment. It is sent at most once, whatever happens.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PaymentRequest`. A field that is None counts as absent.

        Raises:
            OutcomeUnknownError: The order may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payment creation page.
        """
        return await self._run(CreatedPayment, "payments.create", fields, timeout, deadline)

    async def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payment:
        """Return the status of one payment. With a ledger it settles the row of its order.

        Args:
            id: AliKassa's id; pass exactly one of it and `order_id`. Prefer it: it is unique at the
                provider.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the payment status page.
        """
        fields = {"id": id, "order_id": order_id}
        return await self._run(Payment, "payments.status", fields, timeout, deadline)

    async def history(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[HistoryRequest],
    ) -> History:
        """Return one page of the history of payments.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `HistoryRequest`. A field that is None counts as absent.

        Source: the payment history page.
        """
        return await self._run(History, "payments.history", fields, timeout, deadline)


class AsyncPayoutsOperations(AsyncResource):
    """The operations of `Client.payouts`."""

    __slots__ = ()

    async def create(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PayoutRequest],
    ) -> CreatedPayout:
        """Create a payout. It is sent at most once, whatever happens.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PayoutRequest`. A field that is None counts as absent.

        Raises:
            OutcomeUnknownError: The order may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payout creation page.
        """
        return await self._run(CreatedPayout, "payouts.create", fields, timeout, deadline)

    async def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payout:
        """Return the status of one payout. With a ledger it settles the row of its order.

        Args:
            id: AliKassa's id; pass exactly one of it and `order_id`. Prefer it: it is unique at the
                provider.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the payout status page.
        """
        fields = {"id": id, "order_id": order_id}
        return await self._run(Payout, "payouts.status", fields, timeout, deadline)


class AsyncAccountOperations(AsyncResource):
    """The operations of `Client.account`."""

    __slots__ = ()

    async def balance(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Balance:
        """Return the account's balance. The payout certificate signs it, as the provider warns.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the account balance page.
        """
        fields: dict[str, object] = {}
        return await self._run(Balance, "account.balance", fields, timeout, deadline)

    async def info(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> AccountInfo:
        """Return what the account may do.

        The payout certificate signs it, as the provider warns.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the account information page, which exists in the older documentation only.
        """
        fields: dict[str, object] = {}
        return await self._run(AccountInfo, "account.info", fields, timeout, deadline)

# Generated from the core's tables by `make bless`; do not edit.
"""The operations of the provider's API: each sends its fields once and returns the response."""

from __future__ import annotations

from alikassa._async_runner import AsyncResource
from alikassa._records import (
    AccountInfo,
    Balance,
    CreatedPayment,
    CreatedPayout,
    DryRun,
    History,
    Payment,
    Payout,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, Unpack, overload

    from alikassa._requests import (
        HistoryRequest,
        PaymentRequest,
        PayoutRequest,
    )
else:
    from alikassa._later import Literal, Unpack, later, overload

    HistoryRequest = later("alikassa", "HistoryRequest")
    PaymentRequest = later("alikassa", "PaymentRequest")
    PayoutRequest = later("alikassa", "PayoutRequest")


class AsyncPaymentsOperations(AsyncResource):
    """The operations of `Client.payments`."""

    __slots__ = ()

    @overload
    async def create(
        self,
        *,
        dry_run: Literal[False] = False,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PaymentRequest],
    ) -> CreatedPayment: ...

    @overload
    async def create(
        self,
        *,
        dry_run: Literal[True],
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PaymentRequest],
    ) -> DryRun: ...

    async def create(
        self,
        *,
        dry_run: bool = False,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PaymentRequest],
    ) -> CreatedPayment | DryRun:
        """Create a payment. It is sent at most once, whatever happens.

        Args:
            dry_run: Check and sign the create, and return what would be sent and whether the ledger
                or a limit would refuse it. Nothing is sent or recorded.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PaymentRequest`. A field that is None counts as absent.

        Raises:
            OutcomeUnknownError: The order may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            GuardError: A limit of the client refuses the create; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payment creation page.
        """
        if dry_run is not False:
            preview = {"operation": "payments.create", "fields": fields, "dry_run": dry_run}
            return await self._run(DryRun, "dry_run", preview, timeout, deadline)
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

    @overload
    async def create(
        self,
        *,
        dry_run: Literal[False] = False,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PayoutRequest],
    ) -> CreatedPayout: ...

    @overload
    async def create(
        self,
        *,
        dry_run: Literal[True],
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PayoutRequest],
    ) -> DryRun: ...

    async def create(
        self,
        *,
        dry_run: bool = False,
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[PayoutRequest],
    ) -> CreatedPayout | DryRun:
        """Create a payout. It is sent at most once, whatever happens.

        Args:
            dry_run: Check and sign the create, and return what would be sent and whether the ledger
                or a limit would refuse it. Nothing is sent or recorded.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PayoutRequest`. A field that is None counts as absent.

        Raises:
            OutcomeUnknownError: The order may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            GuardError: A limit of the client refuses the create; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payout creation page.
        """
        if dry_run is not False:
            preview = {"operation": "payouts.create", "fields": fields, "dry_run": dry_run}
            return await self._run(DryRun, "dry_run", preview, timeout, deadline)
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

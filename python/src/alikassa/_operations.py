# Generated from _async_operations.py by `make bless`; do not edit.
"""The operations of the provider's API: each sends its fields once and returns the response."""

from __future__ import annotations

from alikassa._records import AccountInfo, Balance, CreatedPayment, CreatedPayout, History, Payment, Payout
from alikassa._runner import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from alikassa._requests import HistoryRequest, PaymentRequest, PayoutRequest


class PaymentsOperations(Resource):
    """The operations on payments."""

    __slots__ = ()

    def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PaymentRequest]
    ) -> CreatedPayment:
        """Create a payment. The request is sent at most once.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PaymentRequest`; a field that is None counts as not given.

        Raises:
            OutcomeUnknownError: The payment may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payment creation page.
        """
        return self._run(CreatedPayment, "payments.create", fields, timeout, deadline)

    def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payment:
        """Return the status of a payment, by exactly one of `id` and `order_id`.

        Args:
            id: AliKassa's id of the payment. Prefer it: it is unique.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the payment status page.
        """
        return self._run(Payment, "payments.status", {"id": id, "order_id": order_id}, timeout, deadline)

    def history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> History:
        """Return a page of the history of payments.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `HistoryRequest`; a field that is None counts as not given.

        Source: the payment history page.
        """
        return self._run(History, "payments.history", fields, timeout, deadline)


class PayoutsOperations(Resource):
    """The operations on payouts."""

    __slots__ = ()

    def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PayoutRequest]
    ) -> CreatedPayout:
        """Create a payout. The request is sent at most once.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
            **fields: The fields of `PayoutRequest`; a field that is None counts as not given.

        Raises:
            OutcomeUnknownError: The payout may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.

        Source: the payout creation page.
        """
        return self._run(CreatedPayout, "payouts.create", fields, timeout, deadline)

    def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payout:
        """Return the status of a payout, by exactly one of `id` and `order_id`.

        Args:
            id: AliKassa's id of the payout. Prefer it: it is unique.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the payout status page.
        """
        return self._run(Payout, "payouts.status", {"id": id, "order_id": order_id}, timeout, deadline)


class AccountOperations(Resource):
    """The operations on the account."""

    __slots__ = ()

    def balance(self, *, timeout: float | None = None, deadline: float | None = None) -> Balance:
        """Return the balance of the account.

        The payout certificate signs this call, as the provider warns.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the account balance page.
        """
        return self._run(Balance, "account.balance", {}, timeout, deadline)

    def info(self, *, timeout: float | None = None, deadline: float | None = None) -> AccountInfo:
        """Return the permissions and services of the account.

        The payout certificate signs this call, as the provider warns.

        Args:
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.

        Source: the account information page, which exists in the older documentation only.
        """
        return self._run(AccountInfo, "account.info", {}, timeout, deadline)

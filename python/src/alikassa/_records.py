"""The replies. Their fields are the core's; a test compares them.

Amounts are exact decimals. A field is None when the provider sent null or nothing, an amount also for an empty text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Any, ClassVar, Final, Generic, NoReturn, TypeVar

    from alikassa._errors import AliKassaError


class PaymentStatus:
    """The known states of a payment or payout. The set is open: a state the provider adds tomorrow still arrives.

    Source: the status pages of payments and payouts.
    """

    WAIT: Final = "wait"
    """In progress; not final."""
    PAID: Final = "paid"
    """Done; final."""
    CANCEL: Final = "cancel"
    """Cancelled; final."""
    FAIL: Final = "fail"
    """Failed; final."""


class _Values:
    """A fixed object of named values: equal when they are, and showing only those that no log must hide."""

    _shown: ClassVar[tuple[str, ...]] = ("id", "order_id", "payment_status", "amount")

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, _: object) -> NoReturn:
        self.__delattr__(name)

    def __delattr__(self, name: str) -> NoReturn:
        message = f"{type(self).__name__} cannot be changed"
        raise AttributeError(message, name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # the values can be lists and dicts

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._shown if name in self.__dict__)
        return f"{type(self).__name__}({shown})"


class Reply(_Values):
    """The answer to a raw request: a 200 and its bytes."""

    _shown = ("status",)

    status: int
    """The HTTP status."""
    body: bytes
    """The body, at most 1 MiB."""

    def json(self) -> Any:
        """Read the body as JSON: integers as `int`, every other number as an exact `decimal.Decimal`.

        Raises:
            ProtocolError: the body is no JSON, or nests deeper than 64 levels.
        """
        from alikassa._native import parse_response

        return parse_response(self.body)


class _Record(_Values):
    other: dict[str, Any]
    """Fields the provider sent that this library does not know, in their order."""
    raw: bytes
    """The bytes of the answer; none of what stands in another reply."""


class _Signed(_Record):
    raw: bytes
    """The text that was signed."""
    digest: str
    """The digest of its signature: ``"sha1"`` or ``"sha256"``."""

    @property
    def unsigned(self) -> dict[str, Any]:
        """The fields that came along unsigned: anybody may have written them."""
        return self.other


class AccountInfo(_Record):
    """What the account may do, as ``v1/account/info`` reports it.

    Source: the account information page, which exists in the older documentation only.
    """

    is_allowed_payment: bool | None
    """Whether payments are allowed."""
    is_allowed_payout: bool | None
    """Whether payouts are allowed."""
    payments: list[AccountMethod]
    """The services for payments."""
    payouts: list[AccountMethod]
    """The services for payouts."""


class AccountMethod(_Record):
    """A service that the account has."""

    method: str | None
    """The method, such as `payment_card`."""
    currency: str | None
    """The ISO 4217 code."""
    service_code: str | None
    """The service's code, such as `payment_card_rub_hpp`."""
    status: str | None
    """Its state, such as `active`."""


class Balance(_Record):
    """The account's balance, as ``v1/account/balance`` reports it.

    Source: the account balance page.
    """

    currency: str | None
    """The ISO 4217 code of the account."""
    balance: Decimal
    """The available balance."""
    hold: Decimal | None
    """The amount on hold."""
    rolling_reserve: Decimal | None
    """The rolling reserve."""
    pending_payouts: Decimal | None
    """The sum of payouts not yet final."""


class CreatedPayment(_Record):
    """What the creation of a payment is answered with.

    Send the payer to `url`, or show the requisites that services ending in `_card` answer with. The status is `wait`:
    poll it, or await the notification. Source: the pages of the payment methods; the requisites are known from
    integrations alone.
    """

    is_final: bool
    """Whether the status is final."""
    url: str | None
    """The payer's link."""
    payment_status: str | None
    """The state, `wait` at first."""
    id: int
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: Decimal | None
    """The amount asked for."""
    uuid: str | None
    """The payment's UUID, which redirects come with."""
    success_redirect_url: str | None
    """Where the payer goes after success."""
    cardNumber: str | None
    """The card, account or phone number to pay to: personal data."""
    cardHolderName: str | None
    """The holder's name: personal data."""
    bank: str | None
    """The bank's name."""


class CreatedPayout(_Record):
    """What the creation of a payout is answered with.

    The status is `wait`: poll it, or await the notification. Source: the payout creation page.
    """

    is_final: bool
    """Whether the status is final."""
    payment_status: str | None
    """The state, `wait` at first."""
    id: int
    """AliKassa's id of the payout."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: Decimal | None
    """The amount asked for."""


class History(_Record):
    """A page of the history of payments, as ``v1/payment/history`` reports it.

    Source: the payment history page; of `meta` it shows some fields only.
    """

    data: list[HistoryPayment]
    """The payments of the page."""
    meta: HistoryMeta | None
    """Which page this is, and of how many."""


class HistoryPayment(_Record):
    """A payment in the history."""

    created_at: str | None
    """When it was created, as sent; its time zone is undocumented."""
    id: int
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: Decimal | None
    """The amount asked for."""
    commission_amount: Decimal | None
    """The provider's fee; none when the payment failed."""
    currency: str | None
    """The ISO 4217 code."""
    status: str | None
    """The state; what is `payment_status` elsewhere."""


class HistoryMeta(_Record):
    """Which page of the history this is. The provider's `from` is `from_`: Python keeps that word for itself."""

    current_page: int | None
    """This page, from 1."""
    from_: int | None
    """The number of the page's first payment, from 1."""
    last_page: int | None
    """The last page."""
    path: str | None
    """The provider's own address of the history."""
    per_page: int | None
    """How many payments a page has."""
    to: int | None
    """The number of the page's last payment."""
    total: int | None
    """How many payments there are."""


class Notification(_Signed):
    """A notification whose signature and account are right.

    Its fields are the signed ones alone; whatever else came along is `unsigned`, and not to be believed. The provider
    may send it again, late, or out of order: tell with `Ledger.note`, and ask for the status before crediting. Source:
    the notification signature page.
    """

    is_final: bool
    """Whether the status is final."""
    variant: str
    """The form in which it was signed, as ``f11-default``: how many fields, and how they were encoded."""
    type: str
    """What it is about: `payment` or `payout`."""
    id: int | None
    """AliKassa's id of the payment or payout."""
    order_id: str | None
    """The merchant's id of the order."""
    payment_status: str
    """The state: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    amount: Decimal | None
    """The amount asked for."""
    payment_amount: Decimal | None
    """The amount really paid; credit this one."""
    commission_amount: Decimal | None
    """The provider's fee."""
    is_partial_payment: bool | None
    """Whether less or more than the amount was paid."""
    account: str | None
    """The account's UUID."""
    service: str | None
    """The service's code."""
    desc: str | None
    """The description."""
    card_brand: str | None
    """The brand of the payer's card."""


class Redirect(_Signed):
    """A redirect whose signature is right: the payer came back from this payment.

    It says nothing of the status, so ask for it. Source: the redirect signature page.
    """

    order_id: str
    """The merchant's id of the order."""
    uuid: str
    """The payment's UUID."""


class Payment(_Record):
    """A payment (pay-in), as ``v1/payment/status`` reports it.

    Credit `payment_amount`, not `amount`: a payment can be partial. Source: the payment status page.
    """

    is_final: bool
    """Whether the status is final."""
    url: str | None
    """The payer's link."""
    antiFraud: bool | None
    """The result of the anti-fraud check."""
    payment_status: str
    """The state: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    id: int | None
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: Decimal | None
    """The amount asked for."""
    payment_amount: Decimal | None
    """The amount really paid; credit this one."""
    is_partial_payment: bool | None
    """Whether less or more than the amount was paid."""
    hold_amount: Decimal | None
    """The amount on hold."""
    hold_at: str | None
    """When the hold goes to the balance, as sent; its format and time zone are undocumented."""
    account_payment_amount: Decimal | None
    """The amount credited to the account."""
    commission_amount: Decimal | None
    """The provider's fee."""
    currency: str | None
    """The ISO 4217 code."""
    service_code: str | None
    """The service, such as `payment_card_eur_card`."""
    account_old_balance: Decimal | None
    """The account's balance before."""
    account_new_balance: Decimal | None
    """The account's balance after."""
    crypto_network: str | None
    """The network of a crypto payment."""
    crypto_txid: str | None
    """The transaction of a crypto payment."""
    customer_phone: str | None
    """The payer's phone."""
    customer_card_number: str | None
    """The payer's card, masked."""
    payment_error_message: str | None
    """Why the payment failed."""
    card_number: str | None
    """The unmasked card number, when supplied: personal data."""
    card_holder_name: str | None
    """The card holder's name."""
    bank: str | None
    """The bank's name."""
    bik_bank: str | None
    """The bank's BIK."""
    card_mask: str | None
    """The payer's card, masked; sent by the older form of the answer."""


class Payout(_Record):
    """A payout, as ``v1/payout/status`` reports it.

    Source: the payout status page.
    """

    is_final: bool
    """Whether the status is final."""
    payment_status: str
    """The state: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    id: int | None
    """AliKassa's id of the payout."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: Decimal | None
    """The amount asked for."""
    payment_amount: Decimal | None
    """The amount really paid out."""
    is_partial_payment: bool | None
    """Whether less than the amount was paid out."""
    account_payment_amount: Decimal | None
    """The amount as the account saw it."""
    commission_amount: Decimal | None
    """The provider's fee."""
    service_code: str | None
    """The service, such as `payment_card_rub`."""
    rrn: str | None
    """The bank's retrieval reference number."""
    account_old_balance: Decimal | None
    """The account's balance before."""
    account_new_balance: Decimal | None
    """The account's balance after."""
    card_mask: str | None
    """The recipient's card, masked."""


if TYPE_CHECKING:
    _Status = TypeVar("_Status", Payment, Payout)

    class About(Generic[_Status]):
        """What is about a `Payment` or a `Payout`."""

        def __class_getitem__(cls, status: Any, /) -> Any: ...

else:

    class About:
        """What is about a `Payment` or a `Payout`."""

        __slots__ = ()

        def __class_getitem__(cls, status: Any, /) -> Any:
            # Lets `Resolution[Payout]` stand in annotations without importing typing.
            return type(list[int])(cls, status)


class Resolution(_Values, About["_Status"]):
    """What is known of an order whose create was not answered.

    It never says that the order was not created: the provider cannot prove that.
    """

    _shown = ("found", "matched_by", "status")

    found: bool
    """Whether the provider has the order that was sent."""
    status: _Status | None
    """The last status that the provider answered with, found or not: a `Payment` or a `Payout`."""
    matched_by: str | None
    """How the order was recognised: by ``"amount"`` as well, or by ``"order_id"`` alone; None when it was not found."""


class StatusResult(_Values, About["_Status"]):
    """What became of asking for the status of one order of many."""

    id: str | int | None
    """The `id` it was asked for by, as it was given; None when that was an `order_id`."""
    order_id: str | None
    """The `order_id` it was asked for by; None when that was an `id`."""
    status: _Status | None
    """The status, a `Payment` or a `Payout`; None when there is an error."""
    error: AliKassaError | None
    """Why there is no status; not raised."""

    def __repr__(self) -> str:
        name, named = ("id", self.id) if self.order_id is None else ("order_id", self.order_id)
        if self.error is None:
            return f"StatusResult({name}={named!r}, payment_status={self.status and self.status.payment_status!r})"
        # What is no name of an order may hold anything.
        shown = type(named).__name__ if self.error.code == "invalid_argument" else repr(named)
        return f"StatusResult({name}={shown}, error={type(self.error).__name__})"


class LedgerRow(_Values):
    """A create in the ledger."""

    _shown = ("operation", "order_id", "state", "id", "payment_status", "amount")

    account: str
    """The account's UUID."""
    operation: str
    """``payments.create``, ``payouts.create``, or the path of a raw request."""
    order_id: str
    """The merchant's id of the order."""
    state: str
    """What is known of it: ``sending``, ``accepted``, ``rejected``, ``not_sent``, ``unknown`` or ``released``."""
    amount: Decimal | None
    """The amount sent."""
    service: str | None
    """The service's code."""
    id: int | None
    """AliKassa's id, once known."""
    payment_status: str | None
    """The last status known."""
    reason: str | None
    """Why the merchant released it."""
    created_ms: int
    """When it was first recorded, in milliseconds since 1970."""
    updated_ms: int
    """When it last changed, in milliseconds since 1970."""

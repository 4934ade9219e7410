# Generated from the core's tables by `make bless`; do not edit.
"""The replies.

Amounts are exact decimals. A field is None when the provider sent null or nothing; an amount also
for an empty text.
"""

from __future__ import annotations

from alikassa._values import Record, ReplyRecord, Signed, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal as _Decimal
    from typing import Final as _Final

    from alikassa._words import ClientEventKind as _ClientEventKind
    from alikassa._words import Digest as _Digest
    from alikassa._words import EventSource as _EventSource
    from alikassa._words import IdSource as _IdSource
    from alikassa._words import LedgerState as _LedgerState
    from alikassa._words import Status as _Status
    from alikassa._words import Subject as _Subject


class PaymentStatus:
    """The known statuses of payments and payouts.

    The set is open: a status that the provider adds later is kept as is.

    Source: the status pages of payments and payouts.
    """

    WAIT: _Final = "wait"
    """In progress; not final."""
    PAID: _Final = "paid"
    """Paid; final."""
    CANCEL: _Final = "cancel"
    """Cancelled; final."""
    FAIL: _Final = "fail"
    """Failed; final."""


class CreatedPayment(ReplyRecord):
    """The response to `payments.create`.

    Send the payer to `url`, or show the requisites: services whose code ends in `_card` return
    those instead. The status is `wait` at first. Poll it, or wait for the notification. The
    requisites are known from integrations only; the provider does not document them.

    Source: the pages of the payment methods.
    """

    is_final: bool
    """Whether the status can no longer change.

    A status that this library does not know is not final.
    """
    url: str | None
    """The payer's link."""
    payment_status: _Status | None
    """The status, `wait` at first."""
    id: int
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order; that of the request if the response has none."""
    amount: _Decimal | None
    """The requested amount."""
    uuid: str | None
    """The payment's UUID. Redirects of the payment contain it."""
    success_redirect_url: str | None
    """Where the payer is sent after success."""
    cardNumber: str | None
    """The card, account or phone number to pay to: personal data."""
    cardHolderName: str | None
    """The holder's name: personal data."""
    bank: str | None
    """The bank's name."""


class Payment(ReplyRecord):
    """A payment (pay-in), as `v1/payment/status` reports it.

    Amounts are exact decimals in `currency`. They have no value when the provider sends null, an
    empty text or nothing. Credit `payment_amount`, not `amount`: a payment can be partial.

    Source: the payment status page.
    """

    is_final: bool
    """Whether the status can no longer change.

    A status that this library does not know is not final.
    """
    url: str | None
    """The payer's link."""
    antiFraud: bool | None
    """The result of the anti-fraud check."""
    payment_status: _Status
    """The status: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    id: int | None
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: _Decimal | None
    """The requested amount."""
    payment_amount: _Decimal | None
    """The paid amount; credit this one."""
    is_partial_payment: bool | None
    """Whether the paid amount differs from the requested amount."""
    hold_amount: _Decimal | None
    """The amount on hold."""
    hold_at: str | None
    """When the hold is released to the balance, as sent; its format and time zone are undocumented.
    """
    account_payment_amount: _Decimal | None
    """The amount credited to the account."""
    commission_amount: _Decimal | None
    """The provider's fee."""
    currency: str | None
    """The ISO 4217 code of the currency."""
    service_code: str | None
    """The service's code, such as `payment_card_eur_card`."""
    account_old_balance: _Decimal | None
    """The account's balance before the payment."""
    account_new_balance: _Decimal | None
    """The account's balance after the payment."""
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
    """The payer's card, masked; only the older form of the response contains it."""


class HistoryPayment(Record):
    """A payment in the history."""

    _loggable = (
        "id",
        "order_id",
        "status",
        "amount",
        "currency",
        "created_at",
    )

    created_at: str | None
    """When the payment was created, as sent; its time zone is undocumented."""
    id: int
    """AliKassa's id of the payment."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: _Decimal | None
    """The requested amount."""
    commission_amount: _Decimal | None
    """The provider's fee; none when the payment failed."""
    currency: str | None
    """The ISO 4217 code of the currency."""
    status: _Status | None
    """The status; other records call it `payment_status`."""


class HistoryMeta(Record):
    """The position of a page in the history."""

    _loggable = (
        "current_page",
        "last_page",
        "per_page",
        "total",
    )

    current_page: int | None
    """The number of this page, from 1."""
    from_: int | None
    """The number of the page's first payment, from 1."""
    last_page: int | None
    """The number of the last page."""
    path: str | None
    """The provider's own address of the history."""
    per_page: int | None
    """How many payments a page has."""
    to: int | None
    """The number of the page's last payment."""
    total: int | None
    """How many payments there are."""


class History(ReplyRecord):
    """A page of the history of payments, as `v1/payment/history` reports it.

    The provider documents some fields of `meta` only.

    Source: the payment history page.
    """

    _loggable = (
        "data",
        "meta",
    )

    data: list[HistoryPayment]
    """The payments of the page."""
    meta: HistoryMeta | None
    """The position of the page in the history."""


class CreatedPayout(ReplyRecord):
    """The response to `payouts.create`.

    The status is `wait` at first. Poll it, or wait for the notification.

    Source: the payout creation page.
    """

    is_final: bool
    """Whether the status can no longer change.

    A status that this library does not know is not final.
    """
    payment_status: _Status | None
    """The status, `wait` at first."""
    id: int
    """AliKassa's id of the payout."""
    order_id: str | None
    """The merchant's id of the order; that of the request if the response has none."""
    amount: _Decimal | None
    """The requested amount."""


class Payout(ReplyRecord):
    """A payout, as `v1/payout/status` reports it.

    Amounts are exact decimals. They have no value when the provider sends null, an empty text or
    nothing. An HTTP status other than 200 does not mean that the payout failed.

    Source: the payout status page.
    """

    is_final: bool
    """Whether the status can no longer change.

    A status that this library does not know is not final.
    """
    payment_status: _Status
    """The status: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    id: int | None
    """AliKassa's id of the payout."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: _Decimal | None
    """The requested amount."""
    payment_amount: _Decimal | None
    """The amount that was paid out."""
    is_partial_payment: bool | None
    """Whether less than the requested amount was paid out."""
    account_payment_amount: _Decimal | None
    """The amount charged to the account."""
    commission_amount: _Decimal | None
    """The provider's fee."""
    service_code: str | None
    """The service's code, such as `payment_card_rub`."""
    rrn: str | None
    """The bank's retrieval reference number."""
    account_old_balance: _Decimal | None
    """The account's balance before the payout."""
    account_new_balance: _Decimal | None
    """The account's balance after the payout."""
    card_mask: str | None
    """The recipient's card, masked."""


class Balance(ReplyRecord):
    """The account's balance, as `v1/account/balance` reports it.

    Amounts are exact decimals in `currency`.

    Source: the account balance page.
    """

    _loggable = (
        "currency",
        "balance",
    )

    currency: str | None
    """The ISO 4217 code of the account's currency."""
    balance: _Decimal
    """The available balance."""
    hold: _Decimal | None
    """The amount on hold."""
    rolling_reserve: _Decimal | None
    """The rolling reserve."""
    pending_payouts: _Decimal | None
    """The sum of the payouts that are not final."""


class AccountMethod(Record):
    """A service of the account."""

    _loggable = (
        "method",
        "currency",
        "service_code",
        "status",
    )

    method: str | None
    """The method, such as `payment_card`."""
    currency: str | None
    """The ISO 4217 code of the currency."""
    service_code: str | None
    """The service's code, such as `payment_card_rub_hpp`."""
    status: str | None
    """The service's state, such as `active`."""


class AccountInfo(ReplyRecord):
    """The account's permissions and services, as `v1/account/info` reports them.

    Source: the account information page, which exists in the older documentation only.
    """

    _loggable = (
        "is_allowed_payment",
        "is_allowed_payout",
        "payments",
        "payouts",
    )

    is_allowed_payment: bool | None
    """Whether payments are allowed."""
    is_allowed_payout: bool | None
    """Whether payouts are allowed."""
    payments: list[AccountMethod]
    """The services for payments."""
    payouts: list[AccountMethod]
    """The services for payouts."""


class Notification(Signed):
    """A notification whose signature and account are verified.

    Its fields are the signed fields only. All others are in `unsigned`: do not trust them. The
    provider may send a notification again, late, or out of order: use the ledger's `note` to find
    out, and request the status before you credit anything.

    Source: the notification signature page.
    """

    _loggable = (
        "type",
        "id",
        "order_id",
        "payment_status",
        "amount",
    )

    is_final: bool
    """Whether the status can no longer change.

    A status that this library does not know is not final.
    """
    variant: str
    """The signed form, such as `f11-default`: the number of fields, and their encoding."""
    type: _Subject
    """The subject: `payment`, `payout`, or one added later."""
    id: int | None
    """AliKassa's id of the payment or payout."""
    order_id: str | None
    """The merchant's id of the order."""
    payment_status: _Status
    """The status: `wait`, `paid`, `cancel`, `fail`, or one added later."""
    amount: _Decimal | None
    """The requested amount."""
    payment_amount: _Decimal | None
    """The paid amount; credit this one."""
    commission_amount: _Decimal | None
    """The provider's fee."""
    is_partial_payment: bool | None
    """Whether the paid amount differs from the requested amount."""
    account: str | None
    """The account's UUID."""
    service: str | None
    """The service's code."""
    desc: str | None
    """The description."""
    card_brand: str | None
    """The brand of the payer's card."""


class Redirect(Signed):
    """A redirect whose signature is verified: the payer came back from this payment.

    It says nothing about the status: request it.

    Source: the redirect signature page.
    """

    order_id: str
    """The merchant's id of the order."""
    uuid: str
    """The payment's UUID."""


class LedgerRow(Values):
    """A create in the ledger."""

    _loggable = (
        "operation",
        "order_id",
        "state",
        "id",
        "payment_status",
        "amount",
    )

    account: str
    """The account's UUID."""
    operation: str
    """`payments.create`, `payouts.create`, or the path of a raw request."""
    order_id: str
    """The merchant's id of the order."""
    state: _LedgerState
    """The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`."""
    amount: _Decimal | None
    """The amount that was sent."""
    service: str | None
    """The service's code."""
    id: int | None
    """AliKassa's id, once it is known."""
    id_source: _IdSource | None
    """How `id` is known: `create` from the response to the create, `match` from a status or
    notification with the same `order_id` and amount.
    """
    payment_status: _Status | None
    """The last known status."""
    reason: str | None
    """The merchant's reason for releasing the order."""
    created_ms: int
    """When the row was created, in milliseconds since 1970."""
    updated_ms: int
    """When the row was last changed, in milliseconds since 1970."""


class LedgerEvent(Values):
    """A change of a row of the ledger. Events are only added, never changed."""

    _loggable = (
        "operation",
        "order_id",
        "from_state",
        "to_state",
        "id",
        "payment_status",
        "source",
    )

    time_ms: int
    """When it happened, in milliseconds since 1970."""
    account: str
    """The account's UUID."""
    operation: str
    """The operation of the row, such as `payouts.create`."""
    order_id: str
    """The merchant's id of the order."""
    attempt: int
    """The number of the attempt to send the order, from 1."""
    from_state: _LedgerState | None
    """The state before; none if the row was created."""
    to_state: _LedgerState
    """The state after."""
    id: int | None
    """AliKassa's id after it, if it is known."""
    payment_status: _Status | None
    """The status after it, if it is known."""
    source: _EventSource
    """What changed the row: `call` (a create, or a read of a status), `notification`, `reconcile`,
    `resolve` or `release`.
    """
    reason: str | None
    """Why: the code of the error of a create, or the merchant's reason for a release."""
    support: str | None
    """What was sent, as text for the provider's support: time, path, beginning of the signature,
    HTTP status and attempts.

    None of a change that sent no create.
    """


class ClientEvent(Values):
    """What happened in a call of a client, for logs, metrics and traces.

    It contains no amount, no number of a card and no key.
    """

    _loggable = (
        "kind",
        "operation",
        "call_id",
        "attempt",
        "phase",
        "http_status",
        "code",
        "outcome",
        "total_us",
    )

    kind: _ClientEventKind
    """What happened: `call_started`, `attempt_started`, `attempt_ended`, `retry`,
    `digest_confirmed`, `ledger_transition`, `outcome` (the last event of a call),
    `notification_verified` or `notification_refused`.
    """
    time_ms: int
    """When it happened, in milliseconds since 1970."""
    operation: str
    """The name of the call, such as `payouts.create`, or the path of a raw request."""
    account: str
    """The UUID of the account."""
    call_id: int | None
    """The number of the call in this process, the same in all of its events.

    A notification has none.
    """
    order_id: str | None
    """The merchant's id of the order, if the option `event_order_ids` is on."""
    attempt: int | None
    """The number of the request in its call, from 1."""
    phase: str | None
    """How far a request got before the network failed."""
    http_status: int | None
    """The HTTP status of the response."""
    code: str | None
    """The code of the error, such as `transport`; none after a success."""
    outcome: str | None
    """What became of a create that failed: `not_sent`, `rejected`, `unknown` or `created`."""
    digest: _Digest | None
    """The digest of the signature."""
    from_state: _LedgerState | None
    """The state of the ledger's row before; none if an attempt begins."""
    to_state: _LedgerState | None
    """The state of the ledger's row after."""
    queue_us: int | None
    """How long the call waited for a thread of the pool, in microseconds."""
    sign_us: int | None
    """How long the signature took, with the wait for a processor, in microseconds."""
    connect_us: int | None
    """How long name, connection and proxy took, in microseconds; none if a connection was reused.
    """
    tls_us: int | None
    """How long the TLS handshake took, in microseconds; none if a connection was reused."""
    wait_us: int | None
    """From the last byte of the request to the head of the response, in microseconds."""
    read_us: int | None
    """How long the body of the response took, in microseconds."""
    total_us: int | None
    """How long the request, or in `outcome` the whole call, took, in microseconds."""
    dropped: int
    """How many events before this one were dropped, because the hook was slower than the calls."""


class DryRun(ReplyRecord):
    """What a create would send, from a dry run: nothing was sent, and nothing recorded.

    It has no number of a card. But who knows the other fields of the body can find a number by its
    hash: keep it like the body.
    """

    _loggable = (
        "operation",
        "order_id",
        "digest",
        "refusal",
        "reason",
    )

    operation: str
    """The operation, such as `payouts.create`; of a raw request without one its path."""
    path: str
    """The path below the base URL."""
    order_id: str | None
    """The merchant's id of the order."""
    amount: _Decimal | None
    """The amount."""
    body_sha256: str
    """The SHA-256 of the body, in hexadecimal digits."""
    digest: str
    """The digest of the signature, `sha1` or `sha256`: of the option `auto` the one that is known
    so far.
    """
    refusal: str | None
    """The code of the error that the create would have: `guard` or `duplicate_order`; none if it
    would be sent.
    """
    reason: str | None
    """The limit that refuses it, such as `max_per_day`."""

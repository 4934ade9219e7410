# Generated from the core's tables by `make bless`; do not edit.
"""The fields of the requests.

A field of None counts as absent. An integer of numpy counts as an int. Where the type is a date,
a `datetime.date` is one; a `datetime.datetime` is refused, because no page says in which time zone
the provider's days begin. Lengths are in characters. Pass fields that are not here in
`other_fields`.
"""

# Without `from __future__ import annotations`: these classes read their own annotations.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, Required, TypedDict


class PaymentRequest(TypedDict):
    """A payment (pay-in) to create.

    Lengths are in characters. Every field is checked before anything is sent.

    Source: the payment creation page and the pages of the payment methods.
    """

    amount: Required[str | int | Decimal]
    """The amount, in the currency of the account and service: up to 9 integer digits and 2
    decimals.
    """
    order_id: Required[str]
    """The merchant's id of the order, unique: up to 128 characters."""
    service: Required[str]
    """The service's code, such as `payment_card_rub_hpp`: up to 100 characters."""
    customer_ip: Required[str]
    """The payer's IP address."""
    desc: NotRequired[str | None]
    """A description: up to 128 characters."""
    lifetime: NotRequired[int | None]
    """How long the payment can be paid, in seconds: 900 to 3600."""
    customer_account: NotRequired[str | None]
    """The payer's id at the merchant: up to 50 characters."""
    customer_user_id: NotRequired[str | None]
    """The payer's id at the merchant; some methods require it: up to 100 characters."""
    customer_code: NotRequired[str | None]
    """The payer's bank; some methods require it: up to 100 characters."""
    customer_email: NotRequired[str | None]
    """The payer's e-mail address: up to 50 characters."""
    customer_first_name: NotRequired[str | None]
    """The payer's first name: up to 50 characters."""
    customer_last_name: NotRequired[str | None]
    """The payer's last name: up to 50 characters."""
    customer_address: NotRequired[str | None]
    """The payer's address: up to 50 characters."""
    customer_phone: NotRequired[str | None]
    """The payer's phone: up to 12 characters."""
    customer_post_code: NotRequired[str | int | None]
    """The payer's post code, an integer or a text: up to 12 characters."""
    customer_state: NotRequired[str | None]
    """The payer's state: up to 50 characters."""
    customer_city: NotRequired[str | None]
    """The payer's city: up to 20 characters."""
    customer_browser_user_agent: NotRequired[str | None]
    """The User-Agent of the payer's browser; hosted card forms require it: up to 2000 characters.
    """
    customer_browser_accept_header: NotRequired[str | None]
    """The Accept header of the payer's browser: up to 2000 characters."""
    customer_browser_color_depth: NotRequired[int | None]
    """The payer's `screen.colorDepth`."""
    customer_browser_language: NotRequired[str | None]
    """The language of the payer's browser: up to 8 characters."""
    customer_browser_screen_height: NotRequired[int | None]
    """The payer's `screen.height`."""
    customer_browser_screen_width: NotRequired[int | None]
    """The payer's `screen.width`."""
    success_redirect_id: NotRequired[int | None]
    """The id of a redirect set up in the cabinet; used after success."""
    fail_redirect_id: NotRequired[int | None]
    """The id of a redirect set up in the cabinet; used after failure."""
    notification_endpoint_id: NotRequired[int | None]
    """The id of a notification endpoint set up in the cabinet."""
    success_redirect_url: NotRequired[str | None]
    """Where the payer is sent after success: up to 255 characters."""
    fail_redirect_url: NotRequired[str | None]
    """Where the payer is sent after failure: up to 255 characters."""
    notification_endpoint_url: NotRequired[str | None]
    """Where notifications about this payment are sent: up to 255 characters."""
    other_fields: NotRequired[Mapping[str, Any] | None]
    """Fields that the provider accepts and this library does not know; they are sent after the
    others.
    """


class HistoryRequest(TypedDict):
    """Which page of the history of payments to request.

    Source: the payment history page.
    """

    date_from: NotRequired[str | date | None]
    """The first day, such as `2024-11-01`; its time zone is undocumented."""
    date_to: NotRequired[str | date | None]
    """The last day, such as `2024-11-30`; its time zone is undocumented."""
    page: NotRequired[int | None]
    """The number of the page, from 1."""
    paginate: NotRequired[int | None]
    """How many payments a page has."""
    other_fields: NotRequired[Mapping[str, Any] | None]
    """Fields that the provider accepts and this library does not know; they are sent after the
    others.
    """


class PayoutExtra(TypedDict):
    """The recipient's card details: the field `extra` of a payout.

    It may contain further fields.

    Source: the payout creation page.
    """

    card_exp_year: NotRequired[str | None]
    """The year in which the card expires, such as `24`."""
    card_exp_month: NotRequired[str | None]
    """The month in which the card expires, such as `01`."""
    card_holder: NotRequired[str | None]
    """The holder's name: up to 100 characters."""
    card_country: NotRequired[str | None]
    """The card's country as an ISO 3166-1 alpha-2 code."""
    card_recipient_birth_date: NotRequired[str | None]
    """The recipient's date of birth, such as `1999-12-15`."""


class PayoutRequest(TypedDict):
    """A payout to create.

    Lengths are in characters. For some fields the provider documents no limit. Every field is
    checked before anything is sent.

    Source: the payout creation page.
    """

    amount: Required[str | int | Decimal]
    """The amount, in the account's currency: up to 18 integer digits and 2 decimals."""
    number: Required[str]
    """The account, card or phone number to pay to; write a phone number in digits without a plus.
    """
    order_id: Required[str]
    """The merchant's id of the order, unique: up to 128 characters."""
    service: Required[str]
    """The service's code, such as `payment_card_rub`: up to 100 characters."""
    notification_endpoint_id: NotRequired[int | None]
    """The id of a notification endpoint set up in the cabinet."""
    notification_endpoint_url: NotRequired[str | None]
    """Where notifications about this payout are sent: up to 255 characters."""
    extra: NotRequired[PayoutExtra | Mapping[str, Any] | None]
    """Details of the recipient's card; payouts in EUR require them."""
    customer_phone: NotRequired[str | None]
    """The recipient's phone."""
    customer_email: NotRequired[str | None]
    """The recipient's e-mail address."""
    customer_code: NotRequired[str | None]
    """The recipient's bank; SBP payouts require it."""
    customer_first_name: NotRequired[str | None]
    """The recipient's first name."""
    customer_last_name: NotRequired[str | None]
    """The recipient's last name."""
    customer_country: NotRequired[str | None]
    """The recipient's country."""
    other_fields: NotRequired[Mapping[str, Any] | None]
    """Fields that the provider accepts and this library does not know; they are sent after the
    others.
    """


for _request in (
    PaymentRequest,
    HistoryRequest,
    PayoutExtra,
    PayoutRequest,
):
    # As in the package: the place where users find it.
    _request.__module__ = "alikassa"
del _request

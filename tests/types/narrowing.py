"""What type checkers know of results and words; mypy and pyright check this file, and nothing runs it."""

from decimal import Decimal
from typing import Literal, assert_never, assert_type

import alikassa


def a_status_or_an_error(client: alikassa.Client) -> None:
    for result in client.payouts.statuses(ids=[100000536]):
        if result.error is None:
            assert_type(result.status, alikassa.Payout)
        else:
            assert_type(result.error, alikassa.AliKassaError)
            assert_type(result.status, None)


def found_or_not(resolution: alikassa.Resolution[alikassa.Payment]) -> None:
    if resolution.found is True:
        assert_type(resolution.status, alikassa.Payment)
    else:
        assert_type(resolution.matched_by, None)
        assert_type(resolution.status, alikassa.Payment | None)


async def with_asyncio(client: alikassa.AsyncClient) -> None:
    async for result in client.payments.statuses(order_ids=["A-1"]):
        if result.error is None:
            assert_type(result.status.payment_amount, Decimal | None)


def closed_words(error: alikassa.AliKassaError, row: alikassa.LedgerRow) -> None:
    assert_type(row.id_source, Literal["create", "match"] | None)
    match error.outcome:
        case "not_sent" | "rejected" | "unknown" | "created" | None:
            pass
        case other:
            assert_never(other)
    match row.state:
        case "sending" | "accepted" | "rejected" | "not_sent" | "unknown" | "released":
            pass
        case state:
            assert_never(state)


def events(ledger: alikassa.Ledger) -> None:
    for row in ledger.rows(state="unknown", since=0, account=None):
        assert_type(row, alikassa.LedgerRow)
    for event in ledger.events(operation="payouts.create", order_id="B-1"):
        assert_type(event, alikassa.LedgerEvent)
        assert_type(event.source, Literal["call", "notification", "reconcile", "resolve", "release"])
        if event.from_state is None:
            assert_type(event.to_state, Literal["sending", "accepted", "rejected", "not_sent", "unknown", "released"])
    ledger.rows(state="lost")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def open_words(payment: alikassa.Payment, event: alikassa.Notification) -> str:
    if payment.payment_status == "paid" or payment.payment_status == alikassa.PaymentStatus.WAIT:
        return payment.payment_status
    match event.type:
        case "payment" | "refund":
            return "the provider can add a word"
        case other:
            return other

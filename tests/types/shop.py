"""Stands for the merchant's own code that python/README.md imports."""

import alikassa


def pay(client: alikassa.Client, order_id: str) -> None:
    client.payouts.create(amount="5.00", number="4111111111111111", order_id=order_id, service="payment_card_rub")

"""The history of payments, page by page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payment

if TYPE_CHECKING:
    from sandbox import Sandbox


def test_history_returns_a_page(client: alikassa.Client) -> None:
    page = client.payments.history(date_from="2020-01-01", page=1, paginate=None)
    assert isinstance(page, alikassa.History)
    (paid,) = page.data
    assert isinstance(paid, alikassa.HistoryPayment)
    assert (paid.id, paid.order_id, paid.status) == (112412553, "1756900030", "paid")
    assert type(paid.amount) is Decimal
    assert isinstance(page.meta, alikassa.HistoryMeta)
    assert (page.meta.from_, page.meta.to, page.meta.last_page) == (1, 1, 1)
    assert "links" in page.other
    shown = "HistoryPayment(id=112412553, order_id='1756900030', amount=Decimal('10.000000000'), status='paid')"
    assert repr(paid) == shown
    assert repr(page).startswith(f"History(data=[{shown}], meta=HistoryMeta(current_page=1, ")


def test_iter_history_yields_every_payment(client: alikassa.Client, sandbox: Sandbox) -> None:
    for number in range(5):
        client.payments.create(**payment(f"A-{number}"))
    before = len(sandbox.log())
    orders = [entry.order_id for entry in client.payments.iter_history(paginate=4, page=None)]
    assert orders == ["A-4", "A-3", "A-2", "A-1", "A-0", "1756900030"]
    assert len(sandbox.log()) == before + 2
    assert [entry.order_id for entry in client.payments.iter_history(paginate=4, page=2)] == orders[4:]
    assert list(client.payments.iter_history(page=3)) == []


def test_iter_history_requests_a_page_when_it_is_needed(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.payments.create(**payment("A-1"))
    payments = client.payments.iter_history(paginate=1)
    before = len(sandbox.log())
    assert next(payments).order_id == "A-1"
    assert len(sandbox.log()) == before + 1
    sandbox.fault("http", "v1/payment/history", status=400, body="{}")
    with pytest.raises(alikassa.ApiError) as caught:
        next(payments)
    assert caught.value.operation == "payments.history"
    assert list(payments) == []


def test_a_repeated_page_ends_iter_history(client: alikassa.Client, sandbox: Sandbox) -> None:
    body = '{"data":[{"id":1,"order_id":"A-1"}]}'
    sandbox.fault("http", "v1/payment/history", status=200, body=body, times=2)
    payments = client.payments.iter_history()
    assert next(payments).order_id == "A-1"
    with pytest.raises(alikassa.ProtocolError, match="repeats") as caught:
        next(payments)
    assert caught.value.operation == "payments.history"
    assert not hasattr(caught.value, "alikassa_outcome")


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"date_from": "01.11.2024"}, "date_from", "format"),
        ({"date_to": 20241130}, "date_to", "type"),
        ({"page": 0}, "page", "out_of_range"),
        ({"page": "1"}, "page", "type"),
        ({"page": 1.0}, "page", "float"),
        ({"paginate": True}, "paginate", "type"),
        ({"pages": 1}, "pages", "unknown"),
        ({"timeout": 0}, "timeout", "out_of_range"),
        ({"timeout": "1"}, "timeout", "type"),
    ],
)
def test_invalid_history_fields(client: alikassa.Client, fields: dict[str, Any], field: str, reason: str) -> None:
    for call in (client.payments.history, lambda **fields: list(client.payments.iter_history(**fields))):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            call(**fields)
        assert (caught.value.field, caught.value.reason) == (field, reason)
        assert caught.value.operation == "payments.history"

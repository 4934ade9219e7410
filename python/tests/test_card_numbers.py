"""No text that is made of an error or a reply contains a card number or the bytes of the response."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout

if TYPE_CHECKING:
    from sandbox import Sandbox

CARD = "4111111111111111"
OTHER_CARD = "5555 5555.5555-4444"
ECHO = {"message": f"No: {CARD}", "errors": {"number": [f"{OTHER_CARD}, 4111 1111 1111 1111"]}}


def texts(error: alikassa.AliKassaError) -> str:
    """Return every text that a logger, a task queue or a web framework could make of an error."""
    pickles = [pickle.dumps(error, protocol).decode("latin-1") for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    shown = [str(error), repr(error), repr(error.args), repr(vars(error)), json.dumps(error.to_dict())]
    return "\n".join([*pickles, *shown, *traceback.format_exception(error)])


@pytest.mark.parametrize(("status", "outcome"), [(400, "rejected"), (500, "unknown")])
def test_no_text_of_an_error_has_a_card_number(
    client: alikassa.Client, sandbox: Sandbox, status: int, outcome: str
) -> None:
    sandbox.fault("http", "v1/payout", status=status, body=ECHO)
    with pytest.raises(alikassa.AliKassaError) as caught:
        client.payouts.create(**payout("B-1", number=CARD))
    assert caught.value.outcome == outcome
    shown = texts(caught.value)
    for secret in (CARD, OTHER_CARD, "4111 1111 1111 1111"):
        assert secret not in shown
    response = caught.value.cause or caught.value
    assert response.server_message == "No: ************1111"
    assert response.errors == {"number": ["**** ****.****-4444, **** **** **** 1111"]}
    assert response.body is not None
    assert CARD.encode() in response.body
    for copied in (copy.copy(response), copy.deepcopy(response)):
        assert copied.body == response.body
        assert (type(copied), vars(copied)) == (type(response), vars(response))
    assert pickle.loads(pickle.dumps(response)).body is None


def test_an_error_as_plain_data() -> None:
    cause = alikassa.ServerError("inner", http_status=500, body=b"raw")
    previous = alikassa.LedgerRow(order_id="B-1", amount=Decimal("1.50"))
    error = alikassa.OutcomeUnknownError("outer", hint="do", outcome="unknown", cause=cause, previous=previous)
    assert error.to_dict() == {
        "name": "OutcomeUnknownError",
        "code": "outcome_unknown",
        "message": "outer (do)",
        "hint": "do",
        "outcome": "unknown",
        "cause": {"name": "ServerError", "code": "server", "message": "inner", "http_status": 500},
        "previous": {"order_id": "B-1", "amount": "1.50"},
    }


def test_replies_as_plain_data(client: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any]) -> None:
    replies: list[Any] = [
        client.payments.status(id=112412553),
        client.payouts.status(id=100000536),
        client.account.info(),
        client.payments.history(),
        client.request("v1/account/balance", {}, cert="payout", read=True),
        client.payouts.resolve("6422494"),
        *client.payouts.statuses(ids=[100000536, 200000000]),
    ]
    with alikassa.Client(**options, ledger=ledger) as other:
        replies.append(other.payouts.create(**payout("B-1")))
        replies.extend(ledger.open())
    for reply in replies:
        plain = reply.to_dict()
        # FastAPI does this with an object that it does not know.
        assert dict(reply) == plain
        assert json.loads(json.dumps(plain)) == plain
        assert not {"raw", "body", "other", "is_final"} & plain.keys()
    amounts = {name: format(getattr(client.account.balance(), name), "f") for name in ("balance", "hold")}
    assert client.account.balance().to_dict().items() >= amounts.items()


def test_a_notification_as_plain_data(client: alikassa.Client, sandbox: Sandbox) -> None:
    event = client.notifications.verify(query=sandbox.notify("1756900030")["query"])
    plain = dict(event)
    assert plain == event.to_dict()
    assert plain["order_id"] == "1756900030"
    assert not {"raw", "other", "digest", "variant", "is_final"} & plain.keys()
    assert "sign" not in json.dumps(plain)

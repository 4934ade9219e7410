"""Values that are not of the plainest types, and the reprs of replies; `make ecosystem` takes real libraries."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest

import alikassa

if TYPE_CHECKING:
    from sandbox import Sandbox

PAID = 100000536


class Integer:
    """An integer as numpy has them: no int."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class NoInteger:
    """An array of several numbers."""

    def __index__(self) -> int:
        message = "only arrays of one element"
        raise TypeError(message)


class Repeated(dict[str, str]):
    """The fields of a query, as Django and Werkzeug keep them: an item is one value of several."""

    def __init__(self, query: str) -> None:
        self.lists = urllib.parse.parse_qs(query, keep_blank_values=True)
        super().__init__({name: values[-1] for name, values in self.lists.items()})

    def getlist(self, name: str) -> list[str]:
        return self.lists[name]


def test_an_integer_of_another_library_is_an_id(client: alikassa.Client) -> None:
    paid: Any = Integer(PAID)
    assert client.payouts.status(id=paid).id == PAID
    (result,) = client.payouts.statuses(ids=[paid])
    assert (result.error, result.id, result.to_dict()["id"]) == (None, paid, PAID)
    assert alikassa.canonical_json({"n": Integer(5)}) == b'{"n":5}'


@pytest.mark.parametrize(("value", "reason"), [(NoInteger(), "type"), (Integer(2**64), "out_of_range")])
def test_another_object_is_no_id(client: alikassa.Client, sandbox: Sandbox, value: Any, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.status(id=value)
    assert (caught.value.field, caught.value.reason) == ("id", reason)
    (result,) = client.payouts.statuses(ids=[value])
    assert result.error is not None
    assert result.error.reason == reason
    assert sandbox.log() == []


def test_a_date_is_sent_as_its_day(client: alikassa.Client) -> None:
    day = dt.date(2025, 9, 3)
    assert [payment.id for payment in client.payments.history(date_from=day, date_to=day).data] == [112412553]
    assert client.payments.history(date_from=dt.date(2025, 9, 4)).data == []
    with pytest.raises(alikassa.InvalidArgumentError, match="day"):
        alikassa.canonical_json({"day": day})


def test_a_time_is_no_date(client: alikassa.Client, sandbox: Sandbox) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payments.history(date_from=dt.datetime(2024, 11, 1, tzinfo=dt.UTC))
    assert (caught.value.field, caught.value.reason) == ("date_from", "type")
    assert sandbox.log() == []


def test_a_repeated_field_is_refused(client: alikassa.Client, sandbox: Sandbox) -> None:
    query = sandbox.notify("1756900030")["query"]
    assert client.notifications.verify(fields=Repeated(query)).order_id == "1756900030"
    for more in ("&amount=1", "&new=1&new=1"):
        with pytest.raises(alikassa.MalformedNotificationError, match="duplicate field"):
            client.notifications.verify(fields=Repeated(query + more))


def test_the_repr_of_each_reply_shows_what_it_is_about(client: alikassa.Client) -> None:
    history, info = client.payments.history(), client.account.info()
    assert repr(history).startswith("History(data=[HistoryPayment(id=112412553, order_id='1756900030', status='paid'")
    assert repr(history).endswith("], meta=HistoryMeta(current_page=1, last_page=1, per_page=12, total=1))")
    assert repr(info).startswith(
        "AccountInfo(is_allowed_payment=True, is_allowed_payout=True, payments=[AccountMethod("
    )
    raw = client.request("v1/account/balance", {}, cert="payout", read=True)
    assert repr(raw) == f"Reply(status=200, body=<{len(raw.body)} bytes>)"


def test_a_created_reply_has_the_order_id_that_was_sent(client: alikassa.Client) -> None:
    created = client.payouts.create(
        amount="5.00", number="4111111111111111", order_id="B-1", service="payment_card_rub"
    )
    assert b"order_id" not in created.raw
    assert created.order_id == "B-1"
    assert repr(created) == f"CreatedPayout(id={created.id}, order_id='B-1', payment_status='wait', amount=None)"

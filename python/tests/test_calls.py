"""Calls to the sandbox over TLS."""

from __future__ import annotations

import base64
import pickle
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa

if TYPE_CHECKING:
    from sandbox import Sandbox


def test_payment_status(client: alikassa.Client) -> None:
    paid = client.payments.status(order_id="1756900030")
    assert isinstance(paid, alikassa.Payment)
    assert paid.payment_status == alikassa.PaymentStatus.PAID
    assert paid.is_final is True
    assert (paid.id, paid.order_id) == (112412553, "1756900030")
    assert paid.payment_amount == Decimal(10)
    assert paid.raw.startswith(b"{")
    assert paid == client.payments.status(id=112412553) == client.payments.status(id="112412553")


def test_payout_status(client: alikassa.Client) -> None:
    payout = client.payouts.status(id="100000536")
    assert isinstance(payout, alikassa.Payout)
    assert payout.payment_status == "paid"
    assert payout.is_final is True
    assert str(payout.amount) == "300.00"
    assert payout != client.payments.status(id=112412553)


def test_account_balance(client: alikassa.Client) -> None:
    balance = client.account.balance()
    assert isinstance(balance, alikassa.Balance)
    assert balance.currency == "RUB"
    assert str(balance.balance) == "93.84000000"


def test_account_info(client: alikassa.Client) -> None:
    info = client.account.info()
    assert isinstance(info, alikassa.AccountInfo)
    assert (info.is_allowed_payment, info.is_allowed_payout) == (True, True)
    for method in (*info.payments, *info.payouts):
        assert isinstance(method, alikassa.AccountMethod)
        assert (method.currency, method.status, method.raw) == ("RUB", "active", b"")
    assert info.payments
    assert info.payouts
    assert info.raw.startswith(b"{")


def test_a_raw_request(client: alikassa.Client) -> None:
    reply = client.request("v1/payout/status", {"id": "100000536"}, cert="payout", read=True)
    assert isinstance(reply, alikassa.Reply)
    assert reply.status == 200
    assert reply.json()["order_id"] == "6422494"
    assert repr(reply) == f"Reply(status=200, body=<{len(reply.body)} bytes>)"


def test_the_signed_bytes_are_the_canonical_bytes(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.payouts.status(id=100000536)
    (entry,) = sandbox.log()
    assert base64.b64decode(entry["body"]) == alikassa.canonical_json({"id": "100000536"})
    assert entry["headers"]["user-agent"] == f"alikassa-python/{alikassa.__version__}"
    assert entry["tls"] is True


def test_unknown_fields_and_numbers_are_kept(client: alikassa.Client, sandbox: Sandbox) -> None:
    body = (
        '{"balance":1.50,"currency":null,"hold":"","new":{"a":[1,true,null,0.10,1e2]},'
        '"big":123456789012345678901234567890,"vast":1e9999999999999999999}'
    )
    sandbox.fault("http", status=200, body=body)
    balance = client.account.balance()
    assert str(balance.balance) == "1.50"
    assert (balance.currency, balance.hold, balance.rolling_reserve) == (None, None, None)
    assert balance.raw == body.encode()
    assert balance.other == {
        "new": {"a": [1, True, None, Decimal("0.10"), Decimal("1e2")]},
        "big": 123456789012345678901234567890,
        "vast": "1e9999999999999999999",
    }
    assert isinstance(balance.other["big"], int)


def test_json_of_a_reply_keeps_every_digit(client: alikassa.Client, sandbox: Sandbox) -> None:
    digits = "7" * 5000
    sandbox.fault("http", status=200, body=f'{{"a":1,"b":0.10,"c":{digits},"d":[-0,2.5e3]}}')
    parsed = client.request("v1/account/balance", {}, cert="payout", read=True).json()
    assert parsed == {"a": 1, "b": Decimal("0.10"), "c": Decimal(digits), "d": [0, Decimal("2.5e3")]}
    assert [type(parsed["a"]), type(parsed["b"]), type(parsed["d"][0])] == [int, Decimal, int]


def test_a_response_that_is_not_json(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("http", status=200, body="<html>", headers={"Content-Type": "text/html"})
    reply = client.request("v1/account/balance", {}, cert="payout", read=True)
    with pytest.raises(alikassa.ProtocolError, match="not JSON"):
        reply.json()


def test_the_repr_of_a_reply_has_only_loggable_fields(client: alikassa.Client) -> None:
    paid = client.payments.status(order_id="1756900030")
    shown = "Payment(id=112412553, order_id='1756900030', payment_status='paid', amount=Decimal('10.000000000'))"
    assert repr(paid) == str(paid) == shown
    assert repr(client.account.balance()) == "Balance(currency='RUB', balance=Decimal('93.84000000'))"


def test_replies_can_be_pickled(client: alikassa.Client) -> None:
    replies = [
        client.payments.status(id=112412553),
        client.payouts.status(id=100000536),
        client.account.balance(),
        client.account.info(),
        client.payments.history(),
        client.request("v1/account/balance", {}, cert="payout", read=True),
    ]
    for reply in replies:
        assert pickle.loads(pickle.dumps(reply)) == reply
        assert vars(pickle.loads(pickle.dumps(reply))) == vars(reply)
        with pytest.raises(TypeError):
            hash(reply)


def test_a_call_without_its_certificate_is_refused(options: dict[str, Any]) -> None:
    del options["payment_cert"]
    with alikassa.Client(**options) as client:
        assert client.account.balance().currency == "RUB"
        with pytest.raises(alikassa.ConfigurationError, match="set payment_cert"):
            client.payments.status(id=1)


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("value", [0, -0.5, float("nan"), True, "1", Decimal(1)])
def test_invalid_timeouts_of_a_call(client: alikassa.Client, name: str, value: Any) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.account.balance(**{name: value})
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"path": "../admin"}, "path"),
        ({"path": None}, "path"),
        ({"path": 1}, "path"),
        ({"cert": "mine"}, "cert"),
        ({"cert": 1}, "cert"),
        ({"read": 1}, "read"),
        ({"path": "v1/payout"}, "read"),
        ({"data": None}, ""),
        ({"data": {"amount": 1.5}}, "amount"),
    ],
)
def test_invalid_raw_requests(client: alikassa.Client, change: dict[str, Any], field: str) -> None:
    arguments: dict[str, Any] = {"path": "v1/account/balance", "data": {}, "cert": "payout", "read": True}
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.request(**arguments | change)
    assert caught.value.field == field
    path = (arguments | change)["path"]
    assert caught.value.operation == (path if isinstance(path, str) else "request")
    assert caught.value.outcome == ("not_sent" if path == "v1/payout" else None)


@pytest.mark.parametrize(
    ("which", "field", "reason"),
    [
        ({}, "id", "exactly_one"),
        ({"id": "1", "order_id": "1"}, "id", "exactly_one"),
        ({"id": ""}, "id", "empty"),
        ({"order_id": "x" * 129}, "order_id", "too_long"),
        ({"order_id": 1}, "order_id", "type"),
        ({"id": True}, "id", "type"),
        ({"id": 1.0}, "id", "float"),
        ({"id": 2**63}, "id", "out_of_range"),
        ({"order_id": "\ud800"}, "order_id", "lone_surrogate"),
    ],
)
def test_invalid_order_references(client: alikassa.Client, which: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.status(**which)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert caught.value.operation == "payouts.status"

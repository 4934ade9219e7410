"""Creates: what is sent, what is refused before a request is sent, and the outcome of a failure."""

from __future__ import annotations

import base64
import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

import alikassa
from sandbox import payment, payout

if TYPE_CHECKING:
    from sandbox import Sandbox


THREADS = 64


def test_the_request_types_fit_the_creates(client: alikassa.Client, sandbox: Sandbox) -> None:
    fields: alikassa.PayoutRequest = {
        "amount": Decimal(1),
        "number": "4",
        "order_id": "B-1",
        "service": "card",
        "extra": None,
    }
    client.payouts.create(**fields, timeout=5.0)
    client.payments.create(amount=1, order_id="A-1", service="card", customer_ip="::1", customer_post_code=1)
    assert [body["order_id"] for body in sandbox.creates()] == ["B-1", "A-1"]


def test_create_a_payment(client: alikassa.Client, sandbox: Sandbox) -> None:
    created = client.payments.create(**payment("A-1"), lifetime=1800, desc=None, customer_post_code=1)
    assert isinstance(created, alikassa.CreatedPayment)
    assert (created.payment_status, created.is_final) == ("wait", False)
    assert str(created.url).startswith("http")
    assert client.payments.status(id=created.id).order_id == "A-1"
    expected = payment("A-1", lifetime=1800, customer_post_code=1)
    assert sandbox.creates() == [expected]


def test_create_a_payout(client: alikassa.Client, sandbox: Sandbox) -> None:
    extra: alikassa.PayoutExtra = {"card_exp_year": "24", "card_holder": None}
    created = client.payouts.create(extra=extra, other_fields={"new": [1, None], "old": None}, **payout("B-1"))
    assert isinstance(created, alikassa.CreatedPayout)
    assert (created.id, created.payment_status, created.is_final) == (100000537, "wait", False)
    expected = payout("B-1", extra={"card_exp_year": "24"}, new=[1, None])
    assert sandbox.creates() == [expected]
    assert [*sandbox.creates()[0]] == [*expected]


@pytest.mark.parametrize(
    ("amount", "sent"),
    [("1.5", "1.5"), (Decimal("1.50"), "1.50"), (Decimal("1E+1"), "10"), (7, "7"), ("007", None), (Decimal(-1), None)],
)
def test_valid_and_invalid_amounts(client: alikassa.Client, sandbox: Sandbox, amount: Any, sent: str | None) -> None:
    fields = payout("B-1", amount=amount)
    if sent is None:
        with pytest.raises(alikassa.InvalidArgumentError):
            client.payouts.create(**fields)
    else:
        client.payouts.create(**fields)
    assert [body["amount"] for body in sandbox.creates()] == ([] if sent is None else [sent])


def test_members_of_a_string_enum_are_strings(client: alikassa.Client, sandbox: Sandbox) -> None:
    class Service(StrEnum):
        CARD = "payment_card_rub"

    client.payouts.create(**payout("B-1", service=Service.CARD))
    assert sandbox.creates()[0]["service"] == "payment_card_rub"


REFUSED_PAYMENTS: list[tuple[dict[str, Any], str, str]] = [
    ({"amount": None}, "amount", "required"),
    ({"amount": 1.5}, "amount", "float"),
    ({"amount": Decimal("NaN")}, "amount", "float"),
    ({"amount": True}, "amount", "type"),
    ({"amount": "1,5"}, "amount", "format"),
    ({"amount": "1.555"}, "amount", "format"),
    ({"amount": "0.00"}, "amount", "out_of_range"),
    ({"amount": "1234567890"}, "amount", "out_of_range"),
    ({"order_id": ""}, "order_id", "empty"),
    ({"order_id": "x" * 129}, "order_id", "too_long"),
    ({"order_id": 1}, "order_id", "type"),
    ({"order_id": "\ud800"}, "order_id", "lone_surrogate"),
    ({"customer_ip": "localhost"}, "customer_ip", "format"),
    ({"lifetime": 899}, "lifetime", "out_of_range"),
    ({"lifetime": "900"}, "lifetime", "type"),
    ({"lifetime": True}, "lifetime", "type"),
    ({"customer_post_code": -1}, "customer_post_code", "out_of_range"),
    ({"customer_post_code": 2**63}, "customer_post_code", "out_of_range"),
    ({"customer_post_code": "1" * 13}, "customer_post_code", "too_long"),
    ({"success_redirect_url": "shop.example"}, "success_redirect_url", "format"),
    ({"fail_redirect_url": "https://shop.example/" + "x" * 255}, "fail_redirect_url", "too_long"),
    ({"ammount": "1.00"}, "ammount", "unknown"),
    ({"other_fields": [1]}, "other_fields", "type"),
    ({"other_fields": {"amount": "1.00"}}, "other_fields.amount", "typed"),
    ({"other_fields": {"new": 1.5}}, "other_fields.new", "float"),
    ({"other_fields": {1: "x"}}, "other_fields.1", "type"),
    ({"timeout": 0}, "timeout", "out_of_range"),
    ({"timeout": "1"}, "timeout", "type"),
    ({"deadline": -1}, "deadline", "out_of_range"),
]


REFUSED_PAYOUTS: list[tuple[dict[str, Any], str, str]] = [
    ({"number": None}, "number", "required"),
    ({"number": 4111111111111111}, "number", "type"),
    ({"extra": "x"}, "extra", "type"),
    ({"extra": {"card_exp_year": "2024"}}, "extra.card_exp_year", "too_long"),
    ({"extra": {"card_holder": 1}}, "extra.card_holder", "type"),
    ({"extra": {"new": [0, 1.5]}}, "extra.new[1]", "float"),
]


@pytest.mark.parametrize(("change", "field", "reason"), REFUSED_PAYMENTS)
def test_invalid_payments(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger, change: dict[str, Any], field: str, reason: str
) -> None:
    with (
        alikassa.Client(**options, ledger=ledger) as client,
        pytest.raises(alikassa.InvalidArgumentError) as caught,
    ):
        client.payments.create(**payment("A-1") | change)
    check_refused(caught.value, "payments.create", field, reason)
    if field != "order_id":
        assert caught.value.order_id == "A-1"
    assert (sandbox.log(), list(ledger.open())) == ([], [])


@pytest.mark.parametrize(("change", "field", "reason"), REFUSED_PAYOUTS)
def test_invalid_payouts(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger, change: dict[str, Any], field: str, reason: str
) -> None:
    with (
        alikassa.Client(**options, ledger=ledger) as client,
        pytest.raises(alikassa.InvalidArgumentError) as caught,
    ):
        client.payouts.create(**payout("B-1") | change)
    check_refused(caught.value, "payouts.create", field, reason)
    assert caught.value.order_id == "B-1"
    assert (sandbox.log(), list(ledger.open())) == ([], [])


@pytest.mark.parametrize("value", [uuid4(), b"B-1", ip_address("::1"), date(2026, 1, 1)])
def test_the_error_for_a_wrong_type_names_the_right_type(client: alikassa.Client, value: Any) -> None:
    for field, advice in (
        ("order_id", "pass a string"),
        ("customer_ip", "pass a string"),
        ("lifetime", "pass an integer"),
        ("amount", 'pass a decimal string such as "500.00"'),
    ):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            client.payments.create(**payment("A-1") | {field: value})
        assert str(caught.value) == f"{field}: {advice}"
        check_refused(caught.value, "payments.create", field, "type")
    for call in (client.payouts.status, client.payouts.resolve, client.payouts.wait):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            call(order_id=value)
        assert str(caught.value) == "order_id: pass a string"


def check_refused(error: alikassa.InvalidArgumentError, operation: str, field: str, reason: str) -> None:
    assert (error.field, error.reason) == (field, reason)
    assert (error.operation, error.outcome, error.attempts) == (operation, "not_sent", 0)


def test_a_create_without_its_certificate_or_on_a_closed_client_is_not_sent(
    options: dict[str, Any], sandbox: Sandbox
) -> None:
    del options["payout_cert"]
    with alikassa.Client(**options) as client, pytest.raises(alikassa.ConfigurationError) as caught:
        client.payouts.create(**payout("B-1"))
    assert caught.value.outcome == "not_sent"
    with pytest.raises(alikassa.ConfigurationError, match="closed") as caught:
        client.payments.create(**payment("A-1"))
    assert (caught.value.outcome, caught.value.order_id) == ("not_sent", "A-1")
    assert not sandbox.log()


def test_a_create_on_a_refused_connection_is_not_sent(options: dict[str, Any], ledger: alikassa.Ledger) -> None:
    options |= {"base_url": "https://127.0.0.1:9", "digest": "sha1", "max_retries": 0, "ledger": ledger}
    with alikassa.Client(**options) as client, pytest.raises(alikassa.TransportError) as caught:
        client.payouts.create(**payout("B-1"))
    assert (caught.value.phase, caught.value.outcome) == ("connect", "not_sent")
    assert not list(ledger.open())


@pytest.mark.parametrize(
    ("fault", "phase", "status", "cause"),
    [
        ({"fault": "close_after_act"}, "receive", None, alikassa.TransportError),
        ({"fault": "http_500"}, "answer", 500, alikassa.ServerError),
        ({"fault": "html_502"}, "answer", 502, alikassa.ServerError),
        ({"fault": "wrong_type"}, "answer", None, alikassa.ProtocolError),
        ({"fault": "http", "status": 404, "body": {"message": "No"}}, "answer", 404, alikassa.NotFoundError),
        ({"fault": "stall"}, "receive", None, alikassa.DeadlineExceededError),
    ],
    ids=lambda value: value.get("fault") if isinstance(value, dict) else None,
)
def test_failures_with_an_unknown_outcome(
    options: dict[str, Any],
    sandbox: Sandbox,
    ledger: alikassa.Ledger,
    fault: dict[str, Any],
    phase: str,
    status: int | None,
    cause: type,
) -> None:
    sandbox.fault(path="v1/payout", times=-1, **fault)
    with (
        alikassa.Client(**options, ledger=ledger) as client,
        pytest.raises(alikassa.OutcomeUnknownError, match="the outcome is unknown: ") as caught,
    ):
        client.payouts.create(**payout("B-1"), deadline=1.5)
    error = caught.value
    assert (error.outcome, error.phase, error.http_status, error.attempts) == ("unknown", phase, status, 1)
    assert (error.operation, error.order_id) == ("payouts.create", "B-1")
    assert "resolve" in str(error.hint)
    assert type(error.__cause__) is cause
    assert error.cause is error.__cause__
    assert not isinstance(error, alikassa.ApiError)
    for copied in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(copied.__cause__) is cause
        assert vars(copied) | {"cause": None} == vars(error) | {"cause": None}
        assert vars(copied.cause) == vars(error.cause)
    assert len(sandbox.creates()) == 1
    assert [(row.order_id, row.state) for row in ledger.open()] == [("B-1", "unknown")]


def test_a_rejected_create(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    with alikassa.Client(**options, ledger=ledger) as client:
        with pytest.raises(alikassa.ValidationError) as caught:
            client.payouts.create(**payout("B-1", amount="1000.00"))
        assert (caught.value.outcome, caught.value.order_id) == ("rejected", "B-1")
        assert not list(ledger.open())
        client.payouts.create(**payout("B-1"))
    assert len(sandbox.creates()) == 2


def test_an_order_that_is_in_the_ledger_is_refused(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    with alikassa.Client(**options, ledger=ledger) as client:
        client.payouts.create(**payout("B-1"))
        for fields, same_body in ((payout("B-1"), True), (payout("B-1", number="5"), False)):
            with pytest.raises(alikassa.DuplicateOrderError, match="already has this order") as caught:
                client.payouts.create(**fields)
            error = caught.value
            assert (error.same_body, error.outcome, error.attempts) == (same_body, "created", 0)
            assert [error.previous] == list(ledger.open())
            assert error.previous.state == "accepted"
            copied = pickle.loads(pickle.dumps(error))
            assert vars(copied) == vars(error)
            assert type(copied.previous) is alikassa.LedgerRow
    assert len(sandbox.creates()) == 1


def test_a_raw_create(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    with alikassa.Client(**options, ledger=ledger) as client:
        body = payout("B-1")
        assert client.request("v1/payout", body, cert="payout").status == 200
        with pytest.raises(alikassa.DuplicateOrderError):
            client.payouts.create(**body)
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            client.request("v1/payout", {"amount": "1.00"}, cert="payout")
        assert (caught.value.field, caught.value.reason, caught.value.outcome) == ("order_id", "required", "not_sent")
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            client.request("v1/payout", {"amount": 1.5}, cert="payout")
        assert (caught.value.operation, caught.value.outcome) == ("v1/payout", "not_sent")
    assert len(sandbox.creates()) == 1


def test_replies_to_a_create_can_be_pickled_and_their_repr_has_no_personal_data(client: alikassa.Client) -> None:
    created = client.payments.create(**payment("A-1", service="payment_card_rub_card"))
    assert created.cardNumber is not None
    assert repr(created) == f"CreatedPayment(id={created.id}, order_id='A-1', payment_status='wait', amount=None)"
    resolution = client.payments.resolve("A-1")
    for reply in (created, resolution):
        assert pickle.loads(pickle.dumps(reply)) == copy.copy(reply) == reply
        assert created.cardNumber not in repr(reply)
        with pytest.raises(AttributeError, match="cannot be changed"):
            reply.found = True
        with pytest.raises(AttributeError, match="cannot be changed"):
            del reply.found


def test_an_order_that_many_threads_create_is_sent_once(
    options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    together = threading.Barrier(THREADS)
    with alikassa.Client(**options, ledger=ledger) as client, ThreadPoolExecutor(THREADS) as pool:

        def create(_: int) -> type:
            together.wait()
            try:
                return type(client.payouts.create(**payout("B-1")))
            except alikassa.DuplicateOrderError as error:
                return type(error)

        kinds = [*pool.map(create, range(THREADS))]
    assert kinds.count(alikassa.CreatedPayout) == 1
    assert kinds.count(alikassa.DuplicateOrderError) == THREADS - 1
    assert len(sandbox.creates()) == 1


def test_the_signature_cache_can_be_disabled(options: dict[str, Any], sandbox: Sandbox) -> None:
    for size in (0, 1):
        with alikassa.Client(**options, signature_cache=size) as client:
            assert [client.account.balance().currency for _ in range(3)] == ["RUB"] * 3
    assert len({entry["headers"]["sign"] for entry in sandbox.log()}) == 1
    assert {base64.b64decode(entry["body"]) for entry in sandbox.log()} == {b"[]"}

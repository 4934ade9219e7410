"""The calls, against the sandbox over TLS."""

from __future__ import annotations

import base64
import logging
import os
import pickle
import weakref
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payment

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


def test_a_page_of_the_history(client: alikassa.Client) -> None:
    page = client.payments.history(date_from="2020-01-01", page=1, paginate=None)
    assert isinstance(page, alikassa.History)
    (paid,) = page.data
    assert isinstance(paid, alikassa.HistoryPayment)
    assert (paid.id, paid.order_id, paid.status) == (112412553, "1756900030", "paid")
    assert type(paid.amount) is Decimal
    assert isinstance(page.meta, alikassa.HistoryMeta)
    assert (page.meta.from_, page.meta.to, page.meta.last_page) == (1, 1, 1)
    assert "links" in page.other
    assert repr(paid) == "HistoryPayment(id=112412553, order_id='1756900030', amount=Decimal('10.000000000'))"


def test_the_whole_history(client: alikassa.Client, sandbox: Sandbox) -> None:
    for number in range(5):
        client.payments.create(**payment(f"A-{number}"))
    asked = len(sandbox.log())
    orders = [entry.order_id for entry in client.payments.iter_history(paginate=4, page=None)]
    assert orders == ["A-4", "A-3", "A-2", "A-1", "A-0", "1756900030"]
    assert len(sandbox.log()) == asked + 2
    assert [entry.order_id for entry in client.payments.iter_history(paginate=4, page=2)] == orders[4:]
    assert list(client.payments.iter_history(page=3)) == []


def test_the_history_is_asked_for_as_it_is_needed(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.payments.create(**payment("A-1"))
    payments = client.payments.iter_history(paginate=1)
    asked = len(sandbox.log())
    assert next(payments).order_id == "A-1"
    assert len(sandbox.log()) == asked + 1
    sandbox.fault("http", "v1/payment/history", status=400, body="{}")
    with pytest.raises(alikassa.ApiError) as caught:
        next(payments)
    assert caught.value.operation == "payments.history"
    assert list(payments) == []


def test_a_page_that_repeats_ends_the_history(client: alikassa.Client, sandbox: Sandbox) -> None:
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
def test_a_history_that_cannot_be(client: alikassa.Client, fields: dict[str, Any], field: str, reason: str) -> None:
    for ask in (client.payments.history, lambda **fields: list(client.payments.iter_history(**fields))):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            ask(**fields)
        assert (caught.value.field, caught.value.reason) == (field, reason)
        assert caught.value.operation == "payments.history"


def test_a_raw_request(client: alikassa.Client) -> None:
    reply = client.request("v1/payout/status", {"id": "100000536"}, cert="payout", read=True)
    assert isinstance(reply, alikassa.Reply)
    assert reply.status == 200
    assert reply.json()["order_id"] == "6422494"
    assert repr(reply) == "Reply(status=200)"


def test_the_signed_bytes_are_the_canonical_bytes(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.payouts.status(id=100000536)
    (entry,) = sandbox.log()
    assert base64.b64decode(entry["body"]) == alikassa.canonical_json({"id": "100000536"})
    assert entry["headers"]["user-agent"] == f"alikassa-python/{alikassa.__version__}"
    assert entry["tls"] is True


def test_unknown_fields_and_numbers_survive(client: alikassa.Client, sandbox: Sandbox) -> None:
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
    answer = client.request("v1/account/balance", {}, cert="payout", read=True).json()
    assert answer == {"a": 1, "b": Decimal("0.10"), "c": Decimal(digits), "d": [0, Decimal("2.5e3")]}
    assert [type(answer["a"]), type(answer["b"]), type(answer["d"][0])] == [int, Decimal, int]


def test_an_answer_that_is_no_json(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("http", status=200, body="<html>", headers={"Content-Type": "text/html"})
    reply = client.request("v1/account/balance", {}, cert="payout", read=True)
    with pytest.raises(alikassa.ProtocolError, match="not JSON"):
        reply.json()


def test_a_reply_shows_only_what_a_log_may_hold(client: alikassa.Client) -> None:
    paid = client.payments.status(order_id="1756900030")
    shown = "Payment(id=112412553, order_id='1756900030', payment_status='paid', amount=Decimal('10.000000000'))"
    assert repr(paid) == str(paid) == shown
    assert repr(client.account.balance()) == "Balance()"


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


def test_a_call_without_its_certificate(options: dict[str, Any]) -> None:
    del options["payment_cert"]
    with alikassa.Client(**options) as client:
        assert client.account.balance().currency == "RUB"
        with pytest.raises(alikassa.ConfigurationError, match="set payment_cert"):
            client.payments.status(id=1)


def test_keys_can_stand_in_for_folders(options: dict[str, Any]) -> None:
    key = alikassa.SigningKey.load(Path(options["payout_cert"]))
    with alikassa.Client(**options | {"payout_cert": key}) as client:
        assert client.account.balance().currency == "RUB"


def test_paths_can_stand_in_for_text(options: dict[str, Any]) -> None:
    paths = {name: Path(options[name]) for name in ("payment_cert", "payout_cert", "ca_file")}
    with alikassa.Client(**options | paths) as client:
        assert client.account.balance().currency == "RUB"


def test_the_end_of_a_with_block_closes(options: dict[str, Any]) -> None:
    with alikassa.Client(**options) as client:
        assert client.account.balance()
    with pytest.raises(alikassa.ConfigurationError, match="closed") as caught:
        client.account.balance()
    assert caught.value.outcome == "not_sent"
    client.close()


def test_a_client_from_the_environment(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ALIKASSA_")]:
        monkeypatch.delenv(name)
    with pytest.raises(alikassa.ConfigurationError, match="ALIKASSA_ACCOUNT"):
        alikassa.Client.from_env()
    for name, value in options.items():
        monkeypatch.setenv(f"ALIKASSA_{name.upper()}", value)
    monkeypatch.setenv("ALIKASSA_DIGEST", "sha256")
    with pytest.raises(alikassa.InvalidArgumentError) as refused:
        alikassa.Client.from_env(digest="md5")  # type: ignore[arg-type]
    assert refused.value.field == "digest"
    not_given: dict[str, Any] = {"base_url": None, "ca_file": None, "digest": None}
    for kind in (alikassa.Client, alikassa.AsyncClient):
        assert f"base_url={options['base_url']!r}" in repr(kind.from_env(**not_given))
    client = alikassa.Client.from_env()
    monkeypatch.setenv("ALIKASSA_BASE_URL", "https://127.0.0.1:9")
    with client, pickle.loads(pickle.dumps(client)) as copy:
        assert client.account.balance() == copy.account.balance()


def test_an_account_that_is_given_needs_none_in_the_environment(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALIKASSA_ACCOUNT", raising=False)
    with alikassa.Client.from_env(**options) as client:
        assert client.account.balance().currency == "RUB"


def test_an_option_that_there_is_not() -> None:
    with pytest.raises(TypeError, match="deadlin"):
        alikassa.Client.from_env(account="x", deadlin=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_a_client_cannot_be_changed(
    kind: type[alikassa.Client | alikassa.AsyncClient], options: dict[str, Any]
) -> None:
    client = kind(**options)
    for name in (*options, "deadline", "ledger", "payouts"):
        with pytest.raises(AttributeError):
            setattr(client, name, "https://api-merchant.alikassa.com")
    for resource in (client.payments, client.payouts, client.account, client.notifications, client.redirects):
        with pytest.raises(AttributeError):
            resource.deadline = 1  # type: ignore[union-attr]
    assert weakref.ref(client)() is client


def test_notices_are_logged_on_the_caller_s_thread(
    options: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.digest("sha256")
    with alikassa.Client(**options) as client:
        client.account.balance()
        client.account.balance()
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("alikassa", logging.WARNING)
    assert "SHA-256 with the payout certificate" in record.getMessage()
    assert record.threadName == "MainThread"


def test_a_log_handler_that_fails_does_not_cost_the_answer(
    options: dict[str, Any], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise ValueError(record)

    sandbox.digest("sha256")
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: unraisable.append(args.exc_type))
    failing = Failing()
    logging.getLogger("alikassa").addFilter(failing)
    try:
        with alikassa.Client(**options) as client:
            assert client.account.balance().currency == "RUB"
    finally:
        logging.getLogger("alikassa").removeFilter(failing)
    assert unraisable == [ValueError]


def test_a_client_shows_its_account_and_host(client: alikassa.Client, options: dict[str, Any]) -> None:
    shown = f"Client(account='{options['account']}', base_url='{options['base_url']}')"
    assert repr(client) == str(client) == shown


def test_a_client_made_from_folders_can_be_pickled(client: alikassa.Client) -> None:
    with pickle.loads(pickle.dumps(client)) as copy:
        assert isinstance(copy, alikassa.Client)
        assert copy.account.balance() == client.account.balance()


def test_a_client_made_from_a_key_cannot_be_pickled(options: dict[str, Any]) -> None:
    options["payout_cert"] = alikassa.SigningKey.load(options["payout_cert"])
    for kind in (alikassa.Client, alikassa.AsyncClient):
        with pytest.raises(TypeError, match="made from a SigningKey cannot be pickled"):
            pickle.dumps(kind(**options))
    key = alikassa.VerifyingKey.load(options["notification_cert"])
    for certs in (key, [options["notification_cert"], key]):
        with pytest.raises(TypeError, match="made from a VerifyingKey cannot be pickled"):
            pickle.dumps(alikassa.Client("x", notification_cert=certs))


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("account", "", "format"),
        ("account", "a\nb", "format"),
        ("account", None, "type"),
        ("account", 1, "type"),
        ("account", "\ud800", "lone_surrogate"),
        ("payment_cert", 1, "type"),
        ("payout_cert", b"cert", "type"),
        ("notification_cert", 1, "type"),
        ("notification_cert", ["cert", b"cert"], "type"),
        ("base_url", 1, "type"),
        ("digest", "md5", "digest"),
        ("digest", 1, "type"),
        ("ca_file", 1, "type"),
        ("roots", "mine", "roots"),
        ("connect_timeout", 0, "out_of_range"),
        ("timeout", -1, "out_of_range"),
        ("timeout", float("nan"), "out_of_range"),
        ("timeout", True, "type"),
        ("timeout", "1", "type"),
        ("deadline", float("inf"), "out_of_range"),
        ("deadline", 10**400, "out_of_range"),
        ("max_retries", -1, "type"),
        ("max_retries", 1.5, "type"),
        ("max_retries", True, "type"),
        ("max_connections", 0, "out_of_range"),
        ("max_connections", 2**40, "type"),
        ("signature_cache", -1, "type"),
        ("signature_cache", 2**31, "out_of_range"),
        ("ledger", "", "empty"),
        ("ledger", 1, "type"),
        ("ledger", b"ledger", "type"),
        ("application", "", "format"),
        ("application", 1, "type"),
    ],
)
def test_options_that_cannot_be(option: str, value: object, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.Client(**{"account": "x", option: value})  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.reason) == (option, reason)


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("value", [0, -0.5, float("nan"), True, "1", Decimal(1)])
def test_durations_of_a_call_that_cannot_be(client: alikassa.Client, name: str, value: Any) -> None:
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
def test_raw_requests_that_cannot_be(client: alikassa.Client, change: dict[str, Any], field: str) -> None:
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
def test_orders_that_cannot_be(client: alikassa.Client, which: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.status(**which)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert caught.value.operation == "payouts.status"

"""Notifications and redirects: verified, refused and noted."""

from __future__ import annotations

import json
import pickle
import urllib.parse
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payment, payout

if TYPE_CHECKING:
    from sandbox import Sandbox

ORDER = "1756900030"
JSON = "application/json; charset=utf-8"


def test_every_encoding_yields_the_same_notification(client: alikassa.Client, sandbox: Sandbox) -> None:
    sent = sandbox.notify(ORDER)
    event = client.notifications.verify(query="?" + sent["query"])
    assert isinstance(event, alikassa.Notification)
    assert (event.type, event.id, event.order_id, event.payment_status) == ("payment", 112412553, ORDER, "paid")
    assert (event.is_final, event.is_partial_payment) == (True, False)
    assert type(event.payment_amount) is Decimal
    assert event.account == sandbox.facts["account"]
    assert (event.variant, event.digest, event.unsigned) == ("f11-default", "sha1", {})
    assert event.raw.decode() == sent["signed_text"]
    fields = dict(urllib.parse.parse_qsl(sent["form"], keep_blank_values=True))
    verify = client.notifications.verify
    assert event == verify(query=sent["query"], digest="sha1")
    assert event == verify(body=sent["form"].encode())
    assert event == verify(body=bytearray(sent["form"].encode()), content_type="application/x-www-form-urlencoded")
    assert event == verify(fields=fields) == verify(fields=MappingProxyType(fields))
    for body in (sent["json"].encode(), memoryview(sent["json"].encode())):
        assert verify(body=body, content_type=JSON).order_id == ORDER
    assert verify(fields=json.loads(sent["json"])).id == event.id


def test_unsigned_fields_are_separate(client: alikassa.Client, sandbox: Sandbox) -> None:
    desc, extra = "\N{CYRILLIC SMALL LETTER ZHE}/1", {"a": "1", "card": "x"}
    sent = sandbox.notify(ORDER, fields=12, encoding="unicode", digest="sha256", desc=desc, extra=extra)
    event = client.notifications.verify(query=sent["query"])
    assert event.desc == desc
    assert (event.variant, event.digest, event.card_brand) == ("f12-unicode", "sha256", "VISA")
    assert event.unsigned == event.other == extra
    assert not hasattr(event, "a")


def test_the_asyncio_client_verifies_without_await(options: dict[str, Any], sandbox: Sandbox) -> None:
    client = alikassa.AsyncClient(**options)
    assert client.notifications.verify(query=sandbox.notify(ORDER)["query"]).order_id == ORDER
    assert client.redirects.verify(query=sandbox.redirect(ORDER)["form"]).order_id == ORDER


def test_a_redirect(client: alikassa.Client, sandbox: Sandbox) -> None:
    sent = sandbox.redirect(ORDER)
    redirect = client.redirects.verify(body=sent["form"].encode())
    assert isinstance(redirect, alikassa.Redirect)
    assert (redirect.order_id, redirect.uuid, redirect.digest) == (ORDER, sent["uuid"], "sha1")
    assert redirect.unsigned == {}
    assert repr(redirect) == f"Redirect(order_id='{ORDER}')"
    fields = {name: sent[name] for name in ("order_id", "uuid", "sign")}
    assert redirect == client.redirects.verify(fields=fields)
    with pytest.raises(alikassa.SignatureMismatchError) as caught:
        client.redirects.verify(fields=fields | {"uuid": "another"})
    assert caught.value.operation == "redirects.verify"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"signature": "flipped"}, alikassa.SignatureMismatchError),
        ({"signature": "other_key"}, alikassa.SignatureMismatchError),
        ({"signature": "other_body"}, alikassa.SignatureMismatchError),
        ({"signature": "truncated"}, alikassa.SignatureMismatchError),
        ({"signature": "missing"}, alikassa.MalformedNotificationError),
        ({"extra": {"amount": "1"}}, alikassa.MalformedNotificationError),
        ({"account": "another"}, alikassa.AccountMismatchError),
    ],
)
def test_invalid_notifications_are_refused(
    client: alikassa.Client, sandbox: Sandbox, change: dict[str, Any], error: type[alikassa.AliKassaError]
) -> None:
    with pytest.raises(error) as caught:
        client.notifications.verify(query=sandbox.notify(ORDER, **change)["query"])
    assert isinstance(caught.value, alikassa.NotificationError)
    assert (caught.value.operation, caught.value.outcome) == ("notifications.verify", None)
    assert ORDER not in f"{caught.value} {vars(caught.value)}"


def test_a_digest_other_than_the_client_s_is_refused(options: dict[str, Any], sandbox: Sandbox) -> None:
    query = sandbox.notify(ORDER)["query"]
    client = alikassa.Client(**options, digest="sha256")
    with pytest.raises(alikassa.SignatureMismatchError):
        client.notifications.verify(query=query)
    assert client.notifications.verify(query=query, digest="auto").digest == "sha1"


@pytest.mark.parametrize("garbage", ["\udcff=1", "a=%ff", "", "x" * 70_000])
def test_garbage_is_an_invalid_notification_not_an_invalid_argument(client: alikassa.Client, garbage: str) -> None:
    for verify in (client.notifications.verify, client.redirects.verify):
        with pytest.raises(alikassa.NotificationError):
            verify(query=garbage)
        with pytest.raises(alikassa.NotificationError):
            verify(body=b"{}", content_type=garbage)


@pytest.mark.parametrize(
    ("arguments", "field", "reason"),
    [
        ({}, "query", "exactly_one"),
        ({"query": "a=1", "body": b""}, "query", "exactly_one"),
        ({"query": "a=1", "fields": {}}, "query", "exactly_one"),
        ({"content_type": JSON}, "query", "exactly_one"),
        ({"query": "a=1", "content_type": JSON}, "content_type", "needs_body"),
        ({"fields": {}, "content_type": JSON}, "content_type", "needs_body"),
        ({"query": b"a=1"}, "query", "type"),
        ({"body": "a=1"}, "body", "type"),
        ({"body": b"a=1", "content_type": 1}, "content_type", "type"),
        ({"fields": [("a", "1")]}, "fields", "type"),
        ({"fields": {"a": 1.5}}, "fields.a", "float"),
        ({"fields": {1: "a"}}, "fields.1", "type"),
        ({"query": "a=1", "digest": "md5"}, "digest", "digest"),
        ({"query": "a=1", "digest": 1}, "digest", "type"),
    ],
)
def test_invalid_arguments(client: alikassa.Client, arguments: Any, field: str, reason: str) -> None:
    for operation, verify in (
        ("notifications.verify", client.notifications.verify),
        ("redirects.verify", client.redirects.verify),
    ):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            verify(**arguments)
        assert (caught.value.field, caught.value.reason) == (field, reason)
        assert caught.value.operation == operation


def test_one_or_several_certificates(
    options: dict[str, Any], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, folder = sandbox.notify(ORDER)["query"], options.pop("notification_cert")
    old, key = options["payout_cert"], alikassa.VerifyingKey.load(folder)
    for certs in (folder, key, [old, folder], (key, old), [alikassa.VerifyingKey.load(old), folder]):
        client = alikassa.Client(**options, notification_cert=certs)
        assert client.notifications.verify(query=query).order_id == ORDER
    for none in (options | {"notification_cert": []}, options):
        client = alikassa.Client(**none)
        with pytest.raises(alikassa.ConfigurationError, match="set notification_cert"):
            client.notifications.verify(query=query)
    with pytest.raises(alikassa.SignatureMismatchError):
        alikassa.Client(**options, notification_cert=old).notifications.verify(query=query)
    with pytest.raises(alikassa.KeyLoadError):
        alikassa.Client(**options, notification_cert=[folder, "none"])
    for name, value in (("ACCOUNT", options.pop("account")), ("NOTIFICATION_CERT", folder)):
        monkeypatch.setenv(f"ALIKASSA_{name}", value)
    assert alikassa.Client.from_env(**options).notifications.verify(query=query).order_id == ORDER


def test_a_client_with_several_certificates_can_be_pickled(options: dict[str, Any], sandbox: Sandbox) -> None:
    query, certs = sandbox.notify(ORDER)["query"], [options["payout_cert"], options["notification_cert"]]
    client = alikassa.Client(**options | {"notification_cert": certs})
    certs.clear()
    copy = pickle.loads(pickle.dumps(client))
    assert copy.notifications.verify(query=query) == client.notifications.verify(query=query)


def test_a_notification_can_be_pickled_and_is_immutable(client: alikassa.Client, sandbox: Sandbox) -> None:
    event = client.notifications.verify(query=sandbox.notify(ORDER, extra={"a": "1"})["query"])
    copy = pickle.loads(pickle.dumps(event))
    assert copy == event
    assert (copy.unsigned, copy.variant) == ({"a": "1"}, "f11-default")
    shown = f"type='payment', id=112412553, order_id='{ORDER}', payment_status='paid', amount={event.amount!r}"
    assert repr(event) == f"Notification({shown})"
    with pytest.raises(AttributeError, match="Notification cannot be changed"):
        event.amount = None


def test_note(client: alikassa.Client, sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    client.payments.create(**payment("A-1"))

    def event(**more: object) -> alikassa.Notification:
        return client.notifications.verify(query=sandbox.notify("A-1", **more)["query"])

    assert [ledger.note(event()), ledger.note(event())] == ["new", "seen"]
    sandbox.settle("A-1")
    paid = event(fields=10, encoding="slashes")
    assert ledger.note(pickle.loads(pickle.dumps(paid))) == "new"
    assert ledger.note(paid) == "seen"
    assert ledger.note(event(status="cancel")) == "stale"


def test_note_updates_the_order_s_row(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    with alikassa.Client(**options, ledger=ledger) as client:
        sandbox.fault("close_after_act", "v1/payout")
        with pytest.raises(alikassa.OutcomeUnknownError):
            client.payouts.create(**payout("B-1"))
        waiting = client.notifications.verify(query=sandbox.notify("B-1", status="wait")["query"])
        assert ledger.note(waiting) == "new"
        (row,) = ledger.open()
        assert (row.state, row.id, row.payment_status) == ("accepted", waiting.id, "wait")
        paid = client.notifications.verify(query=sandbox.notify("B-1", status="paid")["query"])
        assert ledger.note(paid) == "new"
        assert list(ledger.open()) == []


def test_note_tells_another_id(options: dict[str, Any], sandbox: Sandbox, ledger: alikassa.Ledger) -> None:
    # The response has another id than the payout that the sandbox makes.
    created = {"id": 7, "payment_status": "wait"}
    sandbox.fault("http", "v1/payout", act=True, status=200, body=created)
    with alikassa.Client(**options, ledger=ledger) as client:
        client.payouts.create(**payout("B-1"))
        rows = list(ledger.open())
        failed = client.notifications.verify(query=sandbox.notify("B-1", status="fail")["query"])
        assert [ledger.note(failed), ledger.note(failed)] == ["other", "other"]
        assert [row.id for row in rows] == [7]
        assert list(ledger.open()) == rows


def test_note_refuses_anything_but_a_notification(
    client: alikassa.Client, sandbox: Sandbox, ledger: alikassa.Ledger
) -> None:
    redirect = client.redirects.verify(query=sandbox.redirect(ORDER)["form"])
    for wrong in (None, {"id": 1}, redirect, client.payments.status(order_id=ORDER)):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            ledger.note(wrong)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == ("event", "type")

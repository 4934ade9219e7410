"""The record of a request for the provider's support: what it has, and that it has no secret."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import pickle
import pprint
import threading
import time
import traceback
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox import Sandbox

CARD = "4111111111111111"
ORDER: dict[str, Any] = {"order_id": "6422494"}
RAW: dict[str, Any] = {"cert": "payout", "read": True}


def refused(client: alikassa.Client, sandbox: Sandbox, status: int, body: object) -> alikassa.AliKassaError:
    """Return the error of a payout with this response."""
    sandbox.fault("http", "v1/payout", status=status, body=body)
    with pytest.raises(alikassa.AliKassaError) as caught:
        client.payouts.create(**payout("B-1", number=CARD))
    return caught.value


def record(of: Any) -> alikassa.Support:
    """Return the record of an error or a reply."""
    assert isinstance(of.support, alikassa.Support)
    return of.support


def text(support: alikassa.Support) -> str:
    """Return everything that a program can read of a record."""
    names = [name for name in dir(support) if name[0] != "_" and name != "to_text"]
    return "\n".join(
        [support.to_text(), repr(support), str(support), *(repr(getattr(support, name)) for name in names)]
    )


def test_an_error_has_what_was_sent_and_received(client: alikassa.Client, sandbox: Sandbox) -> None:
    body = '{"message":"No","errors":{"id":["bad"]}}'
    sandbox.fault("http", "v1/payout/status", status=404, body=body)
    with pytest.raises(alikassa.NotFoundError) as caught:
        client.payouts.status(id=7)
    support = record(caught.value)
    (request,) = sandbox.log()
    sign = request["headers"]["sign"][:12]
    assert (support.path, support.http_status, support.sign) == ("v1/payout/status", 404, sign)
    assert support.response == body
    assert support.body_sha256 == hashlib.sha256(b64decode(request["body"])).hexdigest()
    assert abs(support.time_ms - time.time() * 1000) < 60_000
    (attempt,) = support.attempts
    assert (attempt.time_ms, attempt.http_status, attempt.code, attempt.phase) == (support.time_ms, 404, None, None)
    assert 0 <= attempt.duration_ms < 60_000
    lines = support.to_text().splitlines()
    assert {"Path: POST /v1/payout/status", f"Sign begins with: {sign}", "HTTP status: 404"} <= set(lines)


def test_every_reply_has_the_record_of_its_request(client: alikassa.Client) -> None:
    updates: list[alikassa.Payout] = []
    (listed,) = client.payouts.statuses(order_ids=[ORDER["order_id"]])
    replies = {
        "v1/payout": [client.payouts.create(**payout("B-1"))],
        "v1/payout/status": [
            client.payouts.status(**ORDER),
            client.payouts.wait(**ORDER, on_update=updates.append),
            *updates,
            listed.status,
            client.payouts.resolve("B-1").status,
        ],
        "v1/payment/history": [client.payments.history()],
        "v1/account/balance": [client.account.balance(), client.request("v1/account/balance", {}, **RAW)],
    }
    assert updates
    for path, those in replies.items():
        for reply in those:
            assert (record(reply).path, record(reply).http_status) == (path, 200)
            assert reply.support is reply.support


def test_asyncio_has_the_same(options: dict[str, Any], sandbox: Sandbox) -> None:
    async def main() -> None:
        async with alikassa.AsyncClient(**options) as client:
            balance, raw = await client.account.balance(), await client.request("v1/account/balance", {}, **RAW)
            assert [record(reply).path for reply in (balance, raw)] == ["v1/account/balance"] * 2
            sandbox.fault("http", "v1/payout", status=400, body=f'{{"message":"{CARD}"}}')
            with pytest.raises(alikassa.AliKassaError) as caught:
                await client.payouts.create(**payout("B-1"))
            assert record(caught.value).response == '{"message":"************1111"}'
            listed = [result.error async for result in client.payouts.statuses(ids=[1, 2])]
            assert [record(error).http_status for error in listed] == [404, 404]

    asyncio.run(main())


def test_the_errors_of_a_ledger_have_it(recorded: alikassa.Client, sandbox: Sandbox) -> None:
    recorded.payouts.create(**payout("B-1"))
    sandbox.fault("http", "v1/payout/status", status=400, body='{"message":"No"}')
    (reconciled,) = recorded.iter_reconcile()
    assert record(reconciled.error).response == '{"message":"No"}'
    with pytest.raises(alikassa.DuplicateOrderError) as caught:
        recorded.payouts.create(**payout("B-1"))
    assert caught.value.support is None


def test_each_retry_is_an_attempt(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("http_500")
    sandbox.fault("cut")
    with alikassa.Client(**options, max_retries=2) as client:
        support = record(client.account.balance())
    attempts = [(attempt.http_status, attempt.code) for attempt in support.attempts]
    assert sorted(attempts, key=repr) == [(200, None), (500, None), (None, "transport")]
    assert support.attempts == support.attempts
    assert len({*support.attempts, *support.attempts}) == 3
    for attempt in support.attempts:
        names = ("time_ms", "duration_ms", "http_status", "code", "phase")
        shown = ", ".join(f"{name}={getattr(attempt, name)!r}" for name in names)
        assert repr(attempt) == f"SupportAttempt({shown})"


def test_a_lost_response_has_its_phase(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("close_after_act", "v1/payout")
    with pytest.raises(alikassa.OutcomeUnknownError) as caught:
        client.payouts.create(**payout("B-1"))
    support = record(caught.value)
    assert (support.http_status, support.response) == (None, None)
    assert [(attempt.code, attempt.phase) for attempt in support.attempts] == [("transport", "receive")]


def test_what_sent_nothing_has_no_record(options: dict[str, Any], sandbox: Sandbox) -> None:
    closed = alikassa.Client(**options)
    closed.close()
    with alikassa.Client(**options) as client:
        calls: list[Callable[[], object]] = [
            lambda: client.payouts.create(**payout("")),
            lambda: client.request("v1/x", {"a": 0.5}, **RAW),
            closed.account.balance,
            lambda: client.notifications.verify(query="sign=x"),
        ]
        for call in calls:
            with pytest.raises(alikassa.AliKassaError) as caught:
                call()
            assert caught.value.support is None
        assert client.payouts.create(**payout("B-1"), dry_run=True).support is None
    assert sandbox.log() == []
    assert alikassa.NotFoundError("x").support is None


def test_a_record_cannot_be_changed_or_made(client: alikassa.Client) -> None:
    reply = client.account.balance()
    support: Any = record(reply)
    with pytest.raises(AttributeError):
        support.sign = "x"
    with pytest.raises(AttributeError):
        support.attempts[0].code = "x"
    with pytest.raises(AttributeError, match="Balance cannot be changed"):
        reply.support = None
    with pytest.raises(TypeError):
        pickle.dumps(support)
    with pytest.raises(TypeError):
        type(support)()


def spread(value: Any) -> Iterator[str]:
    """Yield the texts that loggers, serialisers and task queues make of an error or a reply."""
    yield from [str(value), repr(value), pprint.pformat(value), repr(vars(value)), json.dumps(value.to_dict())]
    yield json.dumps(value, default=vars) if isinstance(value, alikassa.AliKassaError) else repr(dict(value))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.dumps(value, protocol).decode("latin-1")


def test_nothing_that_is_made_of_an_error_or_a_reply_has_the_record(client: alikassa.Client, sandbox: Sandbox) -> None:
    error = refused(client, sandbox, 400, {"message": "Peter"})
    values = [
        error,
        client.account.balance(),
        client.payouts.status(**ORDER),
        client.request("v1/account/info", {}, **RAW),
    ]
    for value in values:
        support = record(value)
        assert "support" not in vars(value)
        for made in [*spread(value), "".join(traceback.format_exception(error))]:
            assert support.sign not in made
            assert "Support" not in made
        assert pickle.loads(pickle.dumps(value)).support is None
        assert copy.copy(value).support is copy.deepcopy(value).support is support
    first, second = (client.account.balance() for _ in range(2))
    assert record(first).time_ms <= record(second).time_ms
    assert first == second == pickle.loads(pickle.dumps(first)) == copy.copy(first) == copy.deepcopy(first)
    assert (
        repr(record(first)) == f"Support(time_ms={record(first).time_ms}, path='v1/account/balance', http_status=200)"
    )


def spellings() -> list[str]:
    """Return a card number as a hostile server can write it, so that a reader can put it together."""
    joined = [separator.join(CARD) for separator in (" ", "-", ".", "/", "\n", "\u200b", "\u00a0", r"\u200b")]
    escaped = ["".join(rf"{backslashes}u003{digit}" for digit in CARD) for backslashes in ("\\", "\\\\", "\\" * 4)]
    full_width = "".join(chr(0xFF10 + int(digit)) for digit in CARD)
    return [CARD, *joined, *escaped, full_width, f"x{CARD}x", CARD + CARD, "0" * 7990 + CARD]


@pytest.mark.parametrize("body", ['{{"message":"{}"}}', '{{"errors":{{"{0}":["{0}"]}}}}', "<p>{}"])
def test_no_hostile_response_brings_a_card_number_into_the_record(
    client: alikassa.Client, sandbox: Sandbox, body: str
) -> None:
    for number in spellings():
        support = record(refused(client, sandbox, 400, body.format(number)))
        shown = text(support)
        digits = "".join(filter(str.isdecimal, support.response or ""))
        assert "4111111" not in digits
        assert CARD not in shown
        assert "u003" not in shown
        assert "\uff14" not in shown
        assert support.body_sha256 is None


def test_neither_key_nor_password_nor_signature_is_in_a_record(
    client: alikassa.Client, sandbox: Sandbox, options: dict[str, Any]
) -> None:
    error = refused(client, sandbox, 500, {"message": CARD})
    shown = text(record(error)) + text(record(client.account.balance()))
    cert = Path(options["payout_cert"])
    secrets = [line for line in (cert / "private.pem").read_text().splitlines() if line[0] != "-"]
    secrets.append((cert / "password.txt").read_text().strip())
    secrets += [request["headers"]["sign"][:13] for request in sandbox.log()]
    assert len(secrets) > 20
    assert not [secret for secret in secrets if secret in shown]


def test_a_response_cannot_add_lines(client: alikassa.Client, sandbox: Sandbox) -> None:
    body = '{"message":"a\r\nAttempt 9: after\\u000aAttempt 8\u001b[31m\\u202e"}'
    lines = record(refused(client, sandbox, 400, body)).to_text()
    assert sum(line.startswith("Attempt") for line in lines.splitlines()) == 1
    assert not {"\r", "\u001b", "\u202e"} & set(lines)


def test_threads_read_one_record(client: alikassa.Client) -> None:
    support, texts = record(client.payments.history()), []
    threads = [threading.Thread(target=lambda: texts.append(text(support))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 8
    assert len(set(texts)) == 1

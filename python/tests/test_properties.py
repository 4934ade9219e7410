"""What holds for whatever values there are: the examples are made up from a fixed seed, more of them on demand."""

from __future__ import annotations

import base64
import functools
import json
import os
import re
import socket
import urllib.parse
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import alikassa
from sandbox import VECTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "93d5df06-996c-48c3-9847-348d6b580b80"
FOLDER = VECTORS / "keys" / "rsa2048"
KEY = alikassa.SigningKey.load(FOLDER)
PUBLIC = alikassa.VerifyingKey.load(FOLDER)
PROVIDER = load_pem_private_key((FOLDER / "private.pem").read_bytes(), (FOLDER / "password.txt").read_bytes())
HASHES: dict[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}

EXAMPLES = int(os.environ.get("ALIKASSA_EXAMPLES", "100"))
same_each_time = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(max_size=20)
# An empty key is not seen in a path, and a bracket is taken for a place in a list.
keys = texts.filter(lambda text: text and not text.startswith("["))
any_texts = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C"]), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | texts
    | st.decimals(-(10**30), 10**30, allow_nan=False, allow_infinity=False)
)
odd = st.sampled_from([b"", bytearray(b"x"), {1}, frozenset(), 1j, Fraction(1, 2), datetime.now(UTC), object, len, ...])
unsendable = (
    st.floats()
    | st.integers(max_value=-(2**63) - 1)
    | st.integers(min_value=2**63)
    | any_texts.filter(lambda text: not is_unicode(text))
    | st.sampled_from([Decimal("NaN"), Decimal("-Infinity")])
    | odd
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give the leaves, and lists, tuples and objects of them."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


def bodies(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Give objects with such values."""
    return st.dictionaries(keys, nested(leaves), max_size=6)


def is_unicode(text: str) -> bool:
    """Say whether a text has no half of a surrogate pair."""
    return not re.search("[\ud800-\udfff]", text)


class RefusedError(Exception):
    """A value that cannot be sent."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason, field)
        self.reason = reason
        self.field = field


def plain(value: Any, path: str = "") -> Any:
    """Give the value as json.dumps takes it, or say what is the first that cannot be sent."""
    if isinstance(value, dict):
        inside = f"{path}." if path else ""
        return {key: plain(item, inside + key[:64]) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    reason = refusal(value)
    if reason is not None:
        raise RefusedError(reason, path)
    return format(value, "f") if isinstance(value, Decimal) else value


def refused_in(value: Any) -> tuple[str, str] | None:
    """Give the reason and the place of the first value that cannot be sent."""
    try:
        plain(value)
    except RefusedError as refused:
        return refused.reason, refused.field
    return None


def refusal(value: Any) -> str | None:
    """Say why a value that holds no other cannot be sent."""
    match value:
        case None | bool():
            return None
        case str():
            return None if is_unicode(value) else "lone_surrogate"
        case int():
            return None if -(2**63) <= value < 2**63 else "out_of_range"
        case float():
            return "float"
        case Decimal():
            return None if value.is_finite() else "float"
        case _:
            return "type"


def php(body: dict[str, Any]) -> str:
    """Write an object as PHP's json_encode does by default."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).replace("/", r"\/")
    return re.sub("[^\x00-\x7f]", lambda match: escaped(match[0]), text)


def escaped(character: str) -> str:
    """Write a character as its UTF-16 units."""
    units = character.encode("utf-16-be")
    return "".join(rf"\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


@same_each_time
@given(bodies(scalars))
@example({})
@example({"": ""})
@example({"a\x7f": '\u2028/\U0001f600\x00\x1f"\\'})
def test_what_can_be_sent_is_written_as_php_writes_it(body: dict[str, Any]) -> None:
    assert alikassa.canonical_json(body) == (php(plain(body)) if body else "[]").encode()


@same_each_time
@given(bodies(scalars | unsendable))
def test_what_cannot_be_sent_is_named(body: dict[str, Any]) -> None:
    expected = refused_in(body)
    if expected is None:
        alikassa.canonical_json(body)
        return
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.canonical_json(body)
    assert (caught.value.reason, caught.value.field) == expected


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a server that must not get a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


def client_of(port: int) -> alikassa.Client:
    """Give a client for whatever stands at this port."""
    return alikassa.Client(
        ACCOUNT,
        payment_cert=KEY,
        payout_cert=KEY,
        notification_cert=PUBLIC,
        base_url=f"http://127.0.0.1:{port}",
        digest="sha1",
        max_retries=0,
        deadline=5,
    )


@same_each_time
@given(bodies(scalars), nested(unsendable), keys)
def test_what_cannot_be_sent_is_not_sent(
    listener: socket.socket,
    body: dict[str, Any],
    value: Any,
    key: str,
) -> None:
    assume(refused_in(value))
    client = client_of(listener.getsockname()[1])
    for send in (
        lambda: client.request("v1/card", {**body, key: value}, cert="payment"),
        lambda: client.payouts.status(id=value),
        lambda: client.payouts.create(amount="1.00", number="4111111111111111", order_id=value, service="s"),
        lambda: client.payments.create(amount=value, order_id="A-1", service="s", customer_ip="127.0.0.1"),
    ):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            send()
        assert caught.value.outcome in {"not_sent", None}


digits = st.text("0123456789", max_size=20)
amounts = (
    st.builds("{}.{}".format, digits, digits)
    | st.builds("{}.{:02}".format, st.integers(0, 10**20), st.integers(0, 99))
    | st.text("0123456789.-+eE, _\u0661", max_size=8)
    | digits
)


@same_each_time
@given(amounts)
@example("0.00")
@example("0.01")
@example("999999999.99")
@example("1000000000")
@example("999999999999999999.9")
@example("1000000000000000000")
@example("1\n")
def test_an_amount_is_what_the_grammar_says(amount: str) -> None:
    # Nobody listens there, so what is accepted goes as far as the connection.
    client = client_of(1)
    payment: Callable[[], object] = lambda: client.payments.create(  # noqa: E731
        amount=amount, order_id="A-1", service="s", customer_ip="127.0.0.1"
    )
    payout: Callable[[], object] = lambda: client.payouts.create(  # noqa: E731
        amount=amount, number="4111111111111111", order_id="A-1", service="s"
    )
    for create, integer_digits in ((payment, 9), (payout, 18)):
        grammar = rf"(0|[1-9][0-9]{{0,{integer_digits - 1}}})(\.[0-9]{{1,2}})?"
        accepted = re.fullmatch(grammar, amount) is not None and Decimal(amount) > 0
        with pytest.raises(alikassa.AliKassaError) as caught:
            create()
        assert caught.value.outcome == "not_sent"
        if accepted:
            assert isinstance(caught.value, alikassa.TransportError)
        else:
            assert isinstance(caught.value, alikassa.InvalidArgumentError)
            assert caught.value.field == "amount"


@same_each_time
@given(st.binary(max_size=200), st.sampled_from(["sha1", "sha256"]), st.data())
def test_a_signature_is_of_these_bytes_and_no_others(data: bytes, digest: Any, draw: st.DataObject) -> None:
    signature = KEY.sign(data, digest=digest)
    assert isinstance(PROVIDER, rsa.RSAPrivateKey)
    PROVIDER.public_key().verify(base64.b64decode(signature), data, padding.PKCS1v15(), HASHES[digest])
    assert PUBLIC.verify(data, signature) == digest
    forged = base64.b64encode(flipped(base64.b64decode(signature), draw)).decode()
    for other_data, other_signature in ((data, forged), (flipped(data + b"x", draw), signature)):
        with pytest.raises(alikassa.SignatureMismatchError):
            PUBLIC.verify(other_data, other_signature)


def flipped(data: bytes, draw: st.DataObject) -> bytes:
    """Give the bytes with one bit turned."""
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


cents = st.decimals(0, 10**9, places=2).map(str)
SIGNED: dict[str, st.SearchStrategy[Any]] = {
    "type": texts,
    "id": st.integers(0, 2**63 - 1),
    "order_id": texts,
    "payment_status": texts.filter(bool),
    "amount": cents,
    "payment_amount": cents,
    "commission_amount": cents,
    "is_partial_payment": st.sampled_from(["true", "false"]),
    "account": st.just(ACCOUNT),
    "service": texts,
    "desc": texts,
}
# Their order is a part of what is signed.
notifications = st.fixed_dictionaries(SIGNED).map(lambda values: {name: values[name] for name in SIGNED})


@same_each_time
@given(notifications, st.sampled_from(["sha1", "sha256"]))
def test_a_signed_notification_says_exactly_what_was_signed(fields: dict[str, Any], digest: str) -> None:
    text = php(fields).encode()
    assert isinstance(PROVIDER, rsa.RSAPrivateKey)
    sign = base64.b64encode(PROVIDER.sign(text, padding.PKCS1v15(), HASHES[digest])).decode()
    arrived = {**fields, "sign": sign}
    verify = functools.partial(client_of(1).notifications.verify, digest="auto")
    query = urllib.parse.urlencode(arrived)
    event = verify(query=query)
    assert (event.raw, event.digest, event.unsigned) == (text, digest, {})
    shown = {name: getattr(event, name) for name in fields}
    for name in ("amount", "payment_amount", "commission_amount"):
        shown[name] = str(shown[name])
    assert shown == {**fields, "is_partial_payment": fields["is_partial_payment"] == "true"}
    assert event == verify(body=query.encode()) == verify(body=json.dumps(arrived).encode()) == verify(fields=arrived)
    with pytest.raises(alikassa.SignatureMismatchError):
        verify(fields={**arrived, "order_id": fields["order_id"] + "x"})


anything = unsendable | nested(scalars | unsendable) | st.binary()


@same_each_time
@given(anything)
def test_no_object_breaks_an_entry_point(listener: socket.socket, value: Any) -> None:
    client = client_of(listener.getsockname()[1])
    entries: list[Callable[[], object]] = [
        lambda: alikassa.canonical_json(value),
        lambda: alikassa.Client(value),
        lambda: alikassa.Client(ACCOUNT, payout_cert=value),
        lambda: alikassa.Client(ACCOUNT, notification_cert=value, base_url=value, timeout=value, max_retries=value),
        lambda: alikassa.SigningKey.load(value),
        lambda: alikassa.SigningKey.from_pem(value, value),
        lambda: alikassa.VerifyingKey.from_pem(value),
        lambda: KEY.sign(value),
        lambda: KEY.sign(b"x", digest=value),
        lambda: PUBLIC.verify(value, value, digest=value),
        lambda: PUBLIC.verify(b"x", value),
        lambda: client.request(value, {}, cert="payout"),
        lambda: client.request("v1/card", {}, cert=value),
        lambda: client.request("v1/card", {}, cert="payout", read=cast("bool", [value])),
        lambda: client.account.balance(timeout=value if not is_time(value) else -1),
        lambda: client.notifications.verify(query=value),
        lambda: client.notifications.verify(body=value, content_type=value),
        lambda: client.notifications.verify(fields=value),
        lambda: client.redirects.verify(fields=value, digest=value),
    ]
    for number, entry in enumerate(entries):
        try:
            entry()
        except alikassa.InternalError:
            pytest.fail(f"entry {number}")
        except (alikassa.AliKassaError, TypeError, ValueError, BufferError):
            pass


def is_time(value: Any) -> bool:
    """Say whether a call could take it for a time, and go out."""
    return value is None or (isinstance(value, int | float) and value > 0)

"""Properties that hold for all values. The examples come from a fixed seed."""

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
deterministic = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(max_size=20)
# An empty key is invisible in a path, and a bracket looks like a list index.
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
invalid = (
    st.floats()
    | st.integers(max_value=-(2**63) - 1)
    | st.integers(min_value=2**63)
    | any_texts.filter(lambda text: not is_unicode(text))
    | st.sampled_from([Decimal("NaN"), Decimal("-Infinity")])
    | odd
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Generate the leaves, and lists, tuples and dicts of them."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


def bodies(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Generate dicts with such values."""
    return st.dictionaries(keys, nested(leaves), max_size=6)


def is_unicode(text: str) -> bool:
    """Return whether a string has no lone surrogate."""
    return not re.search("[\ud800-\udfff]", text)


class RefusedError(Exception):
    """A value is invalid in a body."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason, field)
        self.reason = reason
        self.field = field


def plain(value: Any, path: str = "") -> Any:
    """Return the value as json.dumps accepts it; raise for the first invalid value."""
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
    """Return the reason and the path of the first invalid value."""
    try:
        plain(value)
    except RefusedError as refused:
        return refused.reason, refused.field
    return None


def refusal(value: Any) -> str | None:
    """Return why a scalar is invalid."""
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
    """Encode a dict as PHP's json_encode does by default."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).replace("/", r"\/")
    return re.sub("[^\x00-\x7f]", lambda match: escaped(match[0]), text)


def escaped(character: str) -> str:
    """Escape the UTF-16 units of a character."""
    units = character.encode("utf-16-be")
    return "".join(rf"\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


@deterministic
@given(bodies(scalars))
@example({})
@example({"": ""})
@example({"a\x7f": '\u2028/\U0001f600\x00\x1f"\\'})
def test_valid_bodies_are_encoded_as_php_does(body: dict[str, Any]) -> None:
    assert alikassa.canonical_json(body) == (php(plain(body)) if body else "[]").encode()


@deterministic
@given(bodies(scalars | invalid))
def test_the_error_names_the_first_invalid_value(body: dict[str, Any]) -> None:
    expected = refused_in(body)
    if expected is None:
        alikassa.canonical_json(body)
        return
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.canonical_json(body)
    assert (caught.value.reason, caught.value.field) == expected


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a server that must not receive a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


def client_of(port: int) -> alikassa.Client:
    """Return a client for the server on this port."""
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


@deterministic
@given(bodies(scalars), nested(invalid), keys)
def test_invalid_values_open_no_connection(
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


@deterministic
@given(amounts)
@example("0.00")
@example("0.01")
@example("999999999.99")
@example("1000000000")
@example("999999999999999999.9")
@example("1000000000000000000")
@example("1\n")
def test_an_amount_is_accepted_if_the_grammar_matches(amount: str) -> None:
    # Nothing listens there, so an accepted amount fails with the connection.
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


@deterministic
@given(st.binary(max_size=200), st.sampled_from(["sha1", "sha256"]), st.data())
def test_a_signature_matches_only_the_signed_bytes(data: bytes, digest: Any, draw: st.DataObject) -> None:
    signature = KEY.sign(data, digest=digest)
    assert isinstance(PROVIDER, rsa.RSAPrivateKey)
    PROVIDER.public_key().verify(base64.b64decode(signature), data, padding.PKCS1v15(), HASHES[digest])
    assert PUBLIC.verify(data, signature) == digest
    forged = base64.b64encode(flipped(base64.b64decode(signature), draw)).decode()
    for other_data, other_signature in ((data, forged), (flipped(data + b"x", draw), signature)):
        with pytest.raises(alikassa.SignatureMismatchError):
            PUBLIC.verify(other_data, other_signature)


def flipped(data: bytes, draw: st.DataObject) -> bytes:
    """Return the bytes with one bit flipped."""
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
# The signature depends on their order.
notifications = st.fixed_dictionaries(SIGNED).map(lambda values: {name: values[name] for name in SIGNED})


@deterministic
@given(notifications, st.sampled_from(["sha1", "sha256"]))
def test_a_verified_notification_has_exactly_the_signed_fields(fields: dict[str, Any], digest: str) -> None:
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


anything = invalid | nested(scalars | invalid) | st.binary()


@deterministic
@given(anything)
def test_no_object_causes_an_internal_error(listener: socket.socket, value: Any) -> None:
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
    """Return whether a call accepts the value as a time and sends a request."""
    return value is None or (isinstance(value, int | float) and value > 0)

"""Notifications and redirects as the provider sends them: encoded and signed by PHP."""

import base64
import dataclasses
import functools
import json
from collections.abc import Mapping

import signing
from common import PhpProcess, b64
from tagged import tagged

ACCOUNT = "93d5df06-996c-48c3-9847-348d6b580b80"
# The provider's key, its next key, and the key of another merchant.
KEY, NEXT_KEY, FOREIGN_KEY = "rsa2048", "rsa3072", "rsa2048-b"

F11 = (
    "type",
    "id",
    "order_id",
    "payment_status",
    "amount",
    "payment_amount",
    "commission_amount",
    "is_partial_payment",
    "account",
    "service",
    "desc",
)
F12 = (*F11, "card_brand")
F10 = tuple(name for name in F11 if name != "commission_amount")
LISTS = {"f11": F11, "f10": F10, "f12": F12}
AMOUNTS = ("amount", "payment_amount", "commission_amount")

ENCODINGS = {
    "default": (),
    "slashes": ("JSON_UNESCAPED_SLASHES",),
    "unicode": ("JSON_UNESCAPED_SLASHES", "JSON_UNESCAPED_UNICODE"),
}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

DESC = "Заказ 1/2 + 5% \u2028😀"
PAYMENT = {
    "type": "payment",
    "id": "112412553",
    "order_id": "A-1",
    "payment_status": "paid",
    "amount": "10.00",
    "payment_amount": "9.50",
    "commission_amount": "1.00",
    "is_partial_payment": "1",
    "account": ACCOUNT,
    "service": "payment_card_rub_hpp",
    "desc": DESC,
}
REDIRECT = {"order_id": "Заказ/1 +", "uuid": "293259c3-688b-33c1-a832-d77e1cd82f45"}


# The provider ----------------------------------------------------------------------------------------------------------


@functools.cache
def provider():
    return PhpProcess("provider.php")


def encoded(values, flags=()):
    return base64.b64decode(provider().call({"encode": tagged(values), "flags": list(flags)}))


def signed(text, digest="sha1", key=KEY):
    file, password = str(signing.private_of(key)), signing.password_of(key).decode()
    return provider().call({"sign": b64(text), "key": file, "password": password, "digest": digest})


def query(values, spaces="+"):
    return provider().call({"query": list(values.items()), "spaces": spaces})


@dataclasses.dataclass(frozen=True)
class Message:
    """A received message, and how it was signed."""

    received: Mapping[str, object]
    fields: str = "f11"
    encoding: str = "default"
    # Signed in place of the received is_partial_payment.
    partial: bool | None = None
    digest: str = "sha1"
    key: str = KEY

    do = "notification"

    def values(self):
        """The signed values in order."""
        return {name: self.value(name) for name in LISTS[self.fields]}

    def value(self, name):
        value = self.received.get(name)
        if name == "id" and isinstance(value, str):
            return int(value)
        if name == "is_partial_payment" and self.partial is not None:
            return self.partial
        return value

    def text(self):
        return encoded(self.values(), ENCODINGS[self.encoding])

    def sign(self):
        return signed(self.text(), self.digest, self.key)

    def sent(self):
        return {**self.received, "sign": self.sign()}

    def ok(self):
        unsigned = {name: value for name, value in self.received.items() if name not in self.values()}
        return {
            "type": self.do.capitalize(),
            "fields": self.parsed_fields(),
            "is_final": self.is_final(),
            "digest": self.digest,
            **self.variant(),
            "unsigned": unsigned,
            "raw": b64(self.text()),
        }

    def parsed_fields(self):
        return {name: parsed(name, self.values().get(name)) for name in F12}

    def is_final(self):
        return self.received["payment_status"] in ("paid", "cancel", "fail")

    def variant(self):
        return {"variant": f"{self.fields}-{self.encoding}" + ("" if self.partial is None else "-bool")}


class Redirect(Message):
    """The redirect of a payer's browser."""

    do = "redirect"

    def values(self):
        return {name: self.received.get(name) for name in ("order_id", "uuid")}

    def parsed_fields(self):
        return self.values()

    def is_final(self):
        return None

    def variant(self):
        return {}


def parsed(name, value):
    """The field of the parsed message. Amounts are decimals, and an empty amount is null."""
    if value is None or name == "id":
        return value
    if name == "is_partial_payment":
        return value in (True, 1, "true", "1")
    if name in AMOUNTS:
        return None if value == "" else str(value)
    return str(value)


# Transports ------------------------------------------------------------------------------------------------------------


def as_query(values):
    return {"query": query(values)}


def as_form(values):
    return form_body(query(values))


def as_json(values):
    return json_body(encoded(values))


def as_fields(values):
    return {"fields": tagged(values), "text": json.dumps(values, ensure_ascii=False)}


def form_body(content, content_type=FORM):
    return body(content, content_type)


def json_body(content, content_type=JSON):
    return body(content, content_type)


def body(content, content_type):
    content = content.encode() if isinstance(content, str) else content
    return {"body": b64(content)} | ({} if content_type is None else {"content_type": content_type})


TEXT_TRANSPORTS = {
    "query": as_query,
    "query with a leading ?": lambda values: {"query": "?" + query(values)},
    "form": as_form,
}
VALUE_TRANSPORTS = {"JSON": as_json, "fields": as_fields}


# Limits ----------------------------------------------------------------------------------------------------------------


MAX_LENGTH, MAX_FIELDS = 64 * 1024, 256


def extra_fields(count):
    """Fields that make this many together with those of PAYMENT and the signature."""
    return {f"x{index}": "" for index in range(count - len(PAYMENT) - 1)}


# The message itself is the first level.
MAX_DEPTH = 64


def nested(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def folders(keys):
    return [f"keys/{key}" for key in keys]

"""notifications.json: messages that PHP signs and sends as the provider does, and messages that must be refused."""

import dataclasses
import json

from forgeries import refuse
from messages import (
    ACCOUNT,
    AMOUNTS,
    ENCODINGS,
    F11,
    FORM,
    KEY,
    LISTS,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_LENGTH,
    NEXT_KEY,
    PAYMENT,
    REDIRECT,
    TEXT_TRANSPORTS,
    VALUE_TRANSPORTS,
    Message,
    Redirect,
    as_fields,
    as_json,
    as_query,
    encoded,
    extra_fields,
    folders,
    form_body,
    json_body,
    nested,
    query,
)

MADE_BY = (
    "PHP encodes the signed text with json_encode, signs it with openssl_sign, and encodes the query, form or JSON"
    " (generators/provider.php). Refused cases are accepted ones, changed as the name says, or written by hand. `certs` are the"
    " folders of the client's notification certificates, `options` its other options, and `digest` is an option of the call. `ok` is"
    " the driver's response, in which `raw` is the signed text. `fields` is tagged data, and `text` the same as JSON text. The bits of"
    " `flips` are flipped one at a time. The steps of `notes` are recorded in one ledger in order, each `times` times."
)


def generate(results):
    cases = [*accept(), *refuse()]
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), "duplicate case names"
    results.json(
        "notifications.json",
        {"made_by": MADE_BY, "account": ACCOUNT, "cases": cases, "flips": list(flips()), "notes": list(notes())},
    )


def accept():
    yield from variants()
    yield from partial_payments()
    yield from absent_fields()
    yield from numbers()
    yield from strings()
    yield from spellings()
    yield from unsigned_fields()
    yield from certificates_and_digests()
    yield from accepted_limits()
    yield from redirects()


def accepted(name, message, payload=None, **rest):
    return {"name": name, "do": message.do, **rest, **(payload or as_query(message.sent())), "ok": message.ok()}


def variants():
    """Each supported form of the signed text, with each transport."""
    for fields in LISTS:
        received = dict(PAYMENT)
        if fields == "f10":
            del received["commission_amount"]
        if fields == "f12":
            received["card_brand"] = "visa/électron"
        numbers = {**received, "id": 112412553, "is_partial_payment": 1}
        for encoding in ENCODINGS:
            for partial in (None, True):
                for digest in ("sha1", "sha256"):
                    message = Message(received, fields, encoding, partial, digest)
                    title = f"{message.variant()['variant']}, {digest}"
                    for transport, send in TEXT_TRANSPORTS.items():
                        yield accepted(f"{title}, {transport}", message, send(message.sent()))
                    message = dataclasses.replace(message, received=numbers)
                    for transport, send in VALUE_TRANSPORTS.items():
                        yield accepted(f"{title}, {transport}", message, send(message.sent()))


def partial_payments():
    for value in ("true", "1", "false", "0", ""):
        received = {**PAYMENT, "is_partial_payment": value}
        boolean = value in ("true", "1")
        yield accepted(f"is_partial_payment {value!r} as received", Message(received))
        yield accepted(f"is_partial_payment {value!r} as {boolean}", Message(received, partial=boolean))
    for value in (True, False, 1, 0):
        message = Message({**PAYMENT, "is_partial_payment": value})
        for transport, send in VALUE_TRANSPORTS.items():
            yield accepted(f"is_partial_payment {value!r} as received, {transport}", message, send(message.sent()))
    message = Message({**PAYMENT, "is_partial_payment": 0}, partial=False)
    yield accepted("is_partial_payment 0 as False, JSON", message, as_json(message.sent()))


def absent_fields():
    required = ("type", "payment_status", "account")
    for name in F11:
        if name in required:
            continue
        absent = {other: value for other, value in PAYMENT.items() if other != name}
        yield accepted(f"without {name}", Message(absent))
        message = Message({**PAYMENT, name: None})
        for transport, send in VALUE_TRANSPORTS.items():
            yield accepted(f"{name} is null, {transport}", message, send(message.sent()))
    yield accepted("only the required fields", Message({name: PAYMENT[name] for name in required}))
    for name in (*AMOUNTS, "order_id", "service", "desc"):
        yield accepted(f"{name} is empty", Message({**PAYMENT, name: ""}))
    message = Message({**PAYMENT, "card_brand": None}, "f12")
    yield accepted("card_brand is null and signed", message, as_json(message.sent()))
    yield accepted("card_brand is empty and signed", Message({**PAYMENT, "card_brand": ""}, "f12"))


def numbers():
    for value in ("0", "9007199254740993", "9223372036854775807", "00112412553"):
        yield accepted(f"id {value}", Message({**PAYMENT, "id": value}))
    message = Message({**PAYMENT, "id": 9223372036854775807})
    for transport, send in VALUE_TRANSPORTS.items():
        yield accepted(f"the largest id, {transport}", message, send(message.sent()))
    message = Message({**PAYMENT, "id": "112412553"})
    yield accepted("a quoted id, JSON", message, as_json(message.sent()))
    digits = {"amount": 9007199254740993, "payment_amount": 100000000000000001, "commission_amount": 0}
    message = Message({**PAYMENT, **digits, "order_id": 1756900030})
    for transport, send in VALUE_TRANSPORTS.items():
        yield accepted(f"amounts and order_id as numbers keep their digits, {transport}", message, send(message.sent()))
    for amount in ("10.000000000", "0.1", "123456789012345678.90", "-1.00"):
        yield accepted(f"amount {amount} keeps its digits", Message({**PAYMENT, "amount": amount}))


def strings():
    for name, text in {
        "control characters": "".join(map(chr, (*range(0x20), 0x7F))),
        "printable ASCII": "".join(map(chr, range(0x20, 0x7F))),
        "line separators": "\u2028x\u2029\u0085",
        "limits of the planes": "\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
        "HTML": "<b>&amp;'\"</b>",
        "surrounding spaces": "  x  ",
        "a percent-encoded string": "100%25 %zz + %2B",
    }.items():
        for encoding in ("default", "unicode"):
            message = Message({**PAYMENT, "desc": text + " /ё"}, encoding=encoding)
            for transport, send in (("query", as_query), *VALUE_TRANSPORTS.items()):
                yield accepted(f"desc of {name}, {encoding}, {transport}", message, send(message.sent()))
    for status in ("wait", "cancel", "fail", "refunded"):
        yield accepted(f"status {status}", Message({**PAYMENT, "payment_status": status}))
    yield accepted("a payout", Message({**PAYMENT, "type": "payout", "service": "payment_card_rub"}))
    yield accepted("an unknown type", Message({**PAYMENT, "type": "refund/2"}))


def spellings():
    """Other encodings of the same message."""
    message = Message(PAYMENT)
    sent = message.sent()
    assert "+" in sent["sign"], "the signature needs a character with two encodings"
    text = query(sent)
    raw_sign = text.replace(query({"sign": sent["sign"]}), f"sign={sent['sign']}")
    sign_with_spaces = {**sent, "sign": sent["sign"].replace("+", " ")}
    for name, spelling in {
        "spaces as %20": query(sent, "%20"),
        "an unescaped sign": raw_sign,
        "another order of the fields": query(dict(reversed(sent.items()))),
        "every byte escaped": escaped(sent, "%{:02X}"),
        "every byte escaped in lower case": escaped(sent, "%{:02x}"),
        "empty pairs": f"&{text.replace('&', '&&')}&",
        "unescaped characters": unescaped(sent),
    }.items():
        yield accepted(f"{name}, query", message, {"query": spelling})
        yield accepted(f"{name}, form", message, form_body(spelling))
    yield accepted("a sign with spaces instead of +, JSON", message, as_json(sign_with_spaces))
    yield accepted("a sign with spaces instead of +, fields", message, as_fields(sign_with_spaces))
    percents = Message({**PAYMENT, "desc": "100%zz 5% %"})
    rest = {name: value for name, value in percents.sent().items() if name != "desc"}
    yield accepted("percent signs without an escape are kept", percents, {"query": query(rest) + "&desc=100%zz+5%+%"})
    for content_type in (None, "", ";", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"):
        yield accepted(f"form as {content_type}", message, form_body(text, content_type))
    body = encoded(sent)
    for content_type in (None, "", ";", "Application/JSON; charset=utf-8", " application/json ", FORM):
        yield accepted(f"JSON as {content_type}", message, json_body(body, content_type))
    yield accepted("JSON with surrounding whitespace", message, json_body(b" \r\n\t" + body + b"\n", None))
    for content_type in (None, FORM, "application/json"):
        marked = b"\xef\xbb\xbf" + body
        yield accepted(f"JSON after a byte order mark as {content_type}", message, json_body(marked, content_type))
    yield accepted("JSON without escapes", message, json_body(json.dumps(sent, ensure_ascii=False, indent=1)))
    letters = json.dumps(sent, ensure_ascii=False).replace("a", "\\u0061")
    yield accepted("JSON with escaped letters", message, json_body(letters))


def escaped(values, template):
    def text(value):
        return "".join(template.format(byte) for byte in value.encode())

    return "&".join(f"{text(name)}={text(value)}" for name, value in values.items())


def unescaped(values):
    """Escapes only what would be ambiguous, as browsers and hand-written clients do."""
    escapes = str.maketrans({"%": "%25", "&": "%26", "+": "%2B", "#": "%23"})
    return "&".join(f"{name}={value.translate(escapes)}" for name, value in values.items())


def unsigned_fields():
    """Unsigned fields are separate, and do not affect the result."""
    message = Message({**PAYMENT, "card_brand": "visa"})
    yield accepted("card_brand that is not signed", message)
    more = {**PAYMENT, "Amount": "99.00", "payment_status ": "fail", "signature": "x", "": "y", "=": "&"}
    yield accepted("unsigned fields", Message(more))
    message = Message({**PAYMENT, "extra": {"a": [1, None, True, {"b": "x"}], "c": {}}, "list": [], "n": None})
    for transport, send in VALUE_TRANSPORTS.items():
        yield accepted(f"unsigned values of every kind, {transport}", message, send(message.sent()))
    message = Message(PAYMENT)
    ok = message.ok() | {"unsigned": {"rate": "1.500000000000000000001"}}
    digits = encoded(message.sent())[:-1] + b',"rate":1.500000000000000000001}'
    yield accepted("unsigned numbers keep their digits", message, json_body(digits)) | {"ok": ok}
    message = Message({**PAYMENT, "sign_of": "x", "payment_amounts": "99"})
    yield accepted("names that begin like signed ones", message)


def certificates_and_digests():
    for certs in ([KEY, NEXT_KEY], [NEXT_KEY, KEY]):
        for key in certs:
            for digest in ("sha1", "sha256"):
                message = Message(PAYMENT, digest=digest, key=key)
                name = f"signed by {key}, {digest}, checked with {' and '.join(certs)}"
                yield accepted(name, message, certs=folders(certs))
    for digest in ("sha1", "sha256"):
        message = Message(PAYMENT, digest=digest)
        other = {"sha1": "sha256", "sha256": "sha1"}[digest]
        yield accepted(f"{digest} required by the client", message, options={"digest": digest})
        yield accepted(f"{digest} required by the call", message, digest=digest)
        name = f"{digest} required by the call, {other} by the client"
        yield accepted(name, message, options={"digest": other}, digest=digest)
        name = f"auto by the call, {other} required by the client"
        yield accepted(name, message, options={"digest": other}, digest="auto")


def accepted_limits():
    message = Message(PAYMENT)
    yield accepted("the longest query", message, {"query": query(message.sent()).ljust(MAX_LENGTH, "&")})
    message = Message({**PAYMENT, **extra_fields(MAX_FIELDS)})
    yield accepted("the maximum number of fields", message)
    yield accepted("the maximum number of fields, JSON", message, as_json(message.sent()))
    message = Message({**PAYMENT, "deep": nested(MAX_DEPTH - 1)})
    yield accepted("the maximum depth, JSON", message, as_json(message.sent()))


def redirects():
    for encoding in ENCODINGS:
        for digest in ("sha1", "sha256"):
            message = Redirect(REDIRECT, encoding=encoding, digest=digest)
            for transport, send in (TEXT_TRANSPORTS | VALUE_TRANSPORTS).items():
                yield accepted(f"redirect: {encoding}, {digest}, {transport}", message, send(message.sent()))
    message = Redirect({**REDIRECT, "payment_status": "paid", "amount": "1.00"})
    yield accepted("redirect: unsigned fields are separate", message)
    message = Redirect(REDIRECT, key=NEXT_KEY)
    yield accepted("redirect: signed by the second of two keys", message, certs=folders([KEY, NEXT_KEY]))
    yield accepted("redirect: empty strings", Redirect({"order_id": "", "uuid": ""}))
    message = Redirect(REDIRECT, digest="sha256")
    yield accepted("redirect: sha256 required by the call", message, digest="sha256")


# Bit flips and replays -------------------------------------------------------------------------------------------------


def flips():
    """Messages for bit flips. They are short, because each flip is a case."""
    short = {**PAYMENT, "desc": "Ж/1"}
    for name, message in {
        "eleven fields": Message(short),
        "twelve fields": Message({**PAYMENT, "desc": "x", "card_brand": "visa"}, "f12", digest="sha256"),
        "a redirect": Redirect({**REDIRECT, "order_id": "A-1"}),
    }.items():
        values = [[field, str(value)] for field, value in message.received.items()]
        yield {"name": name, "do": message.do, "values": values, "sign": message.sign(), "ok": message.ok()}


def notes():
    def step(ok, times=1, **changed):
        received = {name: value for name, value in (PAYMENT | changed).items() if value is not None}
        return {**as_query(Message(received).sent()), "times": times, "ok": ok}

    def sequence(name, *steps):
        return {"name": name, "steps": steps}

    yield sequence(
        "ten thousand replays are one notification",
        step({"new": 1, "seen": 9999}, 10_000),
        step({"seen": 1}),
        step({"stale": 1}, payment_status="wait"),
        step({"stale": 2}, 2, payment_status="fail"),
        step({"seen": 1}),
    )
    yield sequence(
        "each status of an order is new once",
        step({"new": 1, "seen": 1}, 2, payment_status="wait"),
        step({"new": 1, "seen": 1}, 2, payment_status="hold"),
        step({"new": 1, "seen": 1}, 2),
        step({"seen": 1}, payment_status="wait"),
        step({"stale": 1}, payment_status="cancel"),
    )
    yield sequence(
        "other changed fields do not make a notification new",
        step({"new": 1}),
        step({"seen": 1}, amount="11.00", order_id="A-2", desc="x"),
    )
    yield sequence(
        "types, ids and orders are distinguished",
        step({"new": 1}),
        step({"new": 1}, type="payout"),
        step({"new": 1}, id="112412554"),
        step({"new": 1}, id=None),
        step({"seen": 1}, id=None),
        step({"new": 1}, id=None, order_id="A-2"),
        step({"new": 1}, id=None, order_id="112412553"),
    )
    yield sequence(
        "without id and order_id only the same text is the same notification",
        step({"new": 1, "seen": 1}, 2, id=None, order_id=None),
        step({"new": 1, "seen": 1}, 2, id=None, order_id=None, amount="11.00"),
        step({"new": 1}, id=None, order_id=None, payment_status="wait"),
        step({"seen": 1}, id=None, order_id=None),
    )

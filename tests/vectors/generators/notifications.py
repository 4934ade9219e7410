"""notifications.json: what PHP signs and sends as the provider does, and what nobody may believe."""

import dataclasses
import json

from forgeries import refuse
from messages import (
    ACCOUNT,
    AMOUNTS,
    ENCODINGS,
    F11,
    KEY,
    LISTS,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_LENGTH,
    NEXT_KEY,
    PAYMENT,
    REDIRECT,
    TEXT_WAYS,
    VALUE_WAYS,
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
    "PHP writes the signed text with json_encode, signs it with openssl_sign, and writes the query, form or JSON that is sent"
    " (makers/provider.php). Refused cases are accepted ones, changed as the name says, or written by hand. `certs` are the folders of"
    " the client's notification certificates, `options` its other options, `digest` is the call's; `ok` is the driver's answer, `raw` in"
    " it the signed text. `fields` is tagged, and `text` the same as JSON text. `flips` are accepted messages to change by a bit;"
    " `notes` are taken note of in one ledger in turn, each `times` times."
)


def make(results):
    cases = [*accept(), *refuse()]
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), "two cases have one name"
    results.json(
        "notifications.json",
        {"made_by": MADE_BY, "account": ACCOUNT, "cases": cases, "flips": list(flips()), "notes": list(notes())},
    )


def accept():
    yield from variants()
    yield from partial_payments()
    yield from absent_fields()
    yield from numbers()
    yield from texts()
    yield from spellings()
    yield from beside_the_signed()
    yield from certificates_and_digests()
    yield from accepted_limits()
    yield from redirects()


def good(name, message, delivery=None, **rest):
    return {"name": name, "do": message.do, **rest, **(delivery or as_query(message.sent())), "ok": message.ok()}


def variants():
    """Each form of the closed list, by each way in which it can come."""
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
                    for way, send in TEXT_WAYS.items():
                        yield good(f"{title}, {way}", message, send(message.sent()))
                    message = dataclasses.replace(message, received=numbers)
                    for way, send in VALUE_WAYS.items():
                        yield good(f"{title}, {way}", message, send(message.sent()))


def partial_payments():
    for value in ("true", "1", "false", "0", ""):
        received = {**PAYMENT, "is_partial_payment": value}
        meant = value in ("true", "1")
        yield good(f"is_partial_payment {value!r} as received", Message(received))
        yield good(f"is_partial_payment {value!r} as {meant}", Message(received, partial=meant))
    for value in (True, False, 1, 0):
        message = Message({**PAYMENT, "is_partial_payment": value})
        for way, send in VALUE_WAYS.items():
            yield good(f"is_partial_payment {value!r} as received, {way}", message, send(message.sent()))
    message = Message({**PAYMENT, "is_partial_payment": 0}, partial=False)
    yield good("is_partial_payment 0 as False, JSON", message, as_json(message.sent()))


def absent_fields():
    needed = ("type", "payment_status", "account")
    for name in F11:
        if name in needed:
            continue
        absent = {other: value for other, value in PAYMENT.items() if other != name}
        yield good(f"without {name}", Message(absent))
        message = Message({**PAYMENT, name: None})
        for way, send in VALUE_WAYS.items():
            yield good(f"{name} is null, {way}", message, send(message.sent()))
    yield good("what is needed alone", Message({name: PAYMENT[name] for name in needed}))
    for name in (*AMOUNTS, "order_id", "service", "desc"):
        yield good(f"{name} is empty", Message({**PAYMENT, name: ""}))
    message = Message({**PAYMENT, "card_brand": None}, "f12")
    yield good("card_brand is null and signed", message, as_json(message.sent()))
    yield good("card_brand is empty and signed", Message({**PAYMENT, "card_brand": ""}, "f12"))


def numbers():
    for value in ("0", "9007199254740993", "9223372036854775807", "00112412553"):
        yield good(f"id {value}", Message({**PAYMENT, "id": value}))
    message = Message({**PAYMENT, "id": 9223372036854775807})
    for way, send in VALUE_WAYS.items():
        yield good(f"the largest id, {way}", message, send(message.sent()))
    message = Message({**PAYMENT, "id": "112412553"})
    yield good("an id in quotes, JSON", message, as_json(message.sent()))
    digits = {"amount": 9007199254740993, "payment_amount": 100000000000000001, "commission_amount": 0}
    message = Message({**PAYMENT, **digits, "order_id": 1756900030})
    for way, send in VALUE_WAYS.items():
        yield good(f"amounts and order_id as numbers keep their digits, {way}", message, send(message.sent()))
    for amount in ("10.000000000", "0.1", "123456789012345678.90", "-1.00"):
        yield good(f"amount {amount} keeps its digits", Message({**PAYMENT, "amount": amount}))


def texts():
    for name, text in {
        "control characters": "".join(map(chr, (*range(0x20), 0x7F))),
        "printable ASCII": "".join(map(chr, range(0x20, 0x7F))),
        "line separators": "\u2028x\u2029\u0085",
        "edges of the planes": "\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
        "HTML": "<b>&amp;'\"</b>",
        "blanks around": "  x  ",
        "a percent-encoded text": "100%25 %zz + %2B",
    }.items():
        for encoding in ("default", "unicode"):
            message = Message({**PAYMENT, "desc": text + " /ё"}, encoding=encoding)
            for way, send in (("query", as_query), *VALUE_WAYS.items()):
                yield good(f"desc of {name}, {encoding}, {way}", message, send(message.sent()))
    for status in ("wait", "cancel", "fail", "refunded"):
        yield good(f"status {status}", Message({**PAYMENT, "payment_status": status}))
    yield good("a payout", Message({**PAYMENT, "type": "payout", "service": "payment_card_rub"}))
    yield good("a type added later", Message({**PAYMENT, "type": "refund/2"}))


def spellings():
    """Other spellings of the same message."""
    message = Message(PAYMENT)
    sent = message.sent()
    assert "+" in sent["sign"], "a character of the signature has two spellings"
    text = query(sent)
    raw_sign = text.replace(query({"sign": sent["sign"]}), f"sign={sent['sign']}")
    blank_sign = {**sent, "sign": sent["sign"].replace("+", " ")}
    for name, spelling in {
        "blanks as %20": query(sent, "%20"),
        "a sign that was not escaped": raw_sign,
        "in another order": query(dict(reversed(sent.items()))),
        "every byte escaped": escaped(sent, "%{:02X}"),
        "every byte escaped in lower case": escaped(sent, "%{:02x}"),
        "empty pairs between": f"&{text.replace('&', '&&')}&",
        "characters as they are": unescaped(sent),
    }.items():
        yield good(f"{name}, query", message, {"query": spelling})
        yield good(f"{name}, form", message, form_body(spelling))
    yield good("a sign whose + became blanks, JSON", message, as_json(blank_sign))
    yield good("a sign whose + became blanks, fields", message, as_fields(blank_sign))
    percents = Message({**PAYMENT, "desc": "100%zz 5% %"})
    rest = {name: value for name, value in percents.sent().items() if name != "desc"}
    yield good("percent signs that escape nothing stay", percents, {"query": query(rest) + "&desc=100%zz+5%+%"})
    for content_type in (None, "Application/X-WWW-Form-Urlencoded; charset=UTF-8"):
        yield good(f"form as {content_type}", message, form_body(text, content_type))
    body = encoded(sent)
    for content_type in (None, "Application/JSON; charset=utf-8", " application/json "):
        yield good(f"JSON as {content_type}", message, json_body(body, content_type))
    yield good("JSON with blanks around", message, json_body(b" \r\n\t" + body + b"\n", None))
    yield good("JSON with characters as they are", message, json_body(json.dumps(sent, ensure_ascii=False, indent=1)))
    letters = json.dumps(sent, ensure_ascii=False).replace("a", "\\u0061")
    yield good("JSON with letters escaped", message, json_body(letters))


def escaped(values, form):
    def text(value):
        return "".join(form.format(byte) for byte in value.encode())

    return "&".join(f"{text(name)}={text(value)}" for name, value in values.items())


def unescaped(values):
    """Only what would be taken for something else is escaped, as browsers and hand-made clients do it."""
    escapes = str.maketrans({"%": "%25", "&": "%26", "+": "%2B", "#": "%23"})
    return "&".join(f"{name}={value.translate(escapes)}" for name, value in values.items())


def beside_the_signed():
    """What came along unsigned stands apart, and changes nothing."""
    message = Message({**PAYMENT, "card_brand": "visa"})
    yield good("card_brand that is not signed", message)
    more = {**PAYMENT, "Amount": "99.00", "payment_status ": "fail", "signature": "x", "": "y", "=": "&"}
    yield good("unsigned fields", Message(more))
    message = Message({**PAYMENT, "extra": {"a": [1, None, True, {"b": "x"}], "c": {}}, "list": [], "n": None})
    for way, send in VALUE_WAYS.items():
        yield good(f"unsigned values of every kind, {way}", message, send(message.sent()))
    message = Message(PAYMENT)
    ok = message.ok() | {"unsigned": {"rate": "1.500000000000000000001"}}
    digits = encoded(message.sent())[:-1] + b',"rate":1.500000000000000000001}'
    yield good("unsigned numbers keep their digits", message, json_body(digits)) | {"ok": ok}
    message = Message({**PAYMENT, "sign_of": "x", "payment_amounts": "99"})
    yield good("names that begin like signed ones", message)


def certificates_and_digests():
    for certs in ([KEY, NEXT_KEY], [NEXT_KEY, KEY]):
        for key in certs:
            for digest in ("sha1", "sha256"):
                message = Message(PAYMENT, digest=digest, key=key)
                name = f"signed by {key}, {digest}, checked with {' and '.join(certs)}"
                yield good(name, message, certs=folders(certs))
    for digest in ("sha1", "sha256"):
        message = Message(PAYMENT, digest=digest)
        other = {"sha1": "sha256", "sha256": "sha1"}[digest]
        yield good(f"{digest} pinned by the client", message, options={"digest": digest})
        yield good(f"{digest} pinned by the call", message, digest=digest)
        yield good(f"{digest} pinned by the call over the client", message, options={"digest": other}, digest=digest)
        yield good(f"auto by the call over the client, {digest}", message, options={"digest": other}, digest="auto")


def accepted_limits():
    message = Message(PAYMENT)
    yield good("the longest query", message, {"query": query(message.sent()).ljust(MAX_LENGTH, "&")})
    message = Message({**PAYMENT, **extra_fields(MAX_FIELDS)})
    yield good("as many fields as may be", message)
    yield good("as many fields as may be, JSON", message, as_json(message.sent()))
    message = Message({**PAYMENT, "deep": nested(MAX_DEPTH - 1)})
    yield good("as deep as may be, JSON", message, as_json(message.sent()))


def redirects():
    for encoding in ENCODINGS:
        for digest in ("sha1", "sha256"):
            message = Redirect(REDIRECT, encoding=encoding, digest=digest)
            for way, send in (TEXT_WAYS | VALUE_WAYS).items():
                yield good(f"redirect: {encoding}, {digest}, {way}", message, send(message.sent()))
    message = Redirect({**REDIRECT, "payment_status": "paid", "amount": "1.00"})
    yield good("redirect: unsigned fields stand apart", message)
    message = Redirect(REDIRECT, key=NEXT_KEY)
    yield good("redirect: signed by the second of two keys", message, certs=folders([KEY, NEXT_KEY]))
    yield good("redirect: empty texts", Redirect({"order_id": "", "uuid": ""}))
    message = Redirect(REDIRECT, digest="sha256")
    yield good("redirect: sha256 pinned by the call", message, digest="sha256")


# Bit flips and replays -------------------------------------------------------------------------------------------------


def flips():
    """Messages for the runner to change by one bit; short, as each change is tried in every form."""
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

    def scenario(name, *steps):
        return {"name": name, "steps": steps}

    yield scenario(
        "ten thousand replays are one event",
        step({"new": 1, "seen": 9999}, 10_000),
        step({"seen": 1}),
        step({"stale": 1}, payment_status="wait"),
        step({"stale": 2}, 2, payment_status="fail"),
        step({"seen": 1}),
    )
    yield scenario(
        "each step of an order is news once",
        step({"new": 1, "seen": 1}, 2, payment_status="wait"),
        step({"new": 1, "seen": 1}, 2, payment_status="hold"),
        step({"new": 1, "seen": 1}, 2),
        step({"seen": 1}, payment_status="wait"),
        step({"stale": 1}, payment_status="cancel"),
    )
    yield scenario(
        "what else changed is no news",
        step({"new": 1}),
        step({"seen": 1}, amount="11.00", order_id="A-2", desc="x"),
    )
    yield scenario(
        "kinds, ids and orders are told apart",
        step({"new": 1}),
        step({"new": 1}, type="payout"),
        step({"new": 1}, id="112412554"),
        step({"new": 1}, id=None),
        step({"seen": 1}, id=None),
        step({"new": 1}, id=None, order_id="A-2"),
        step({"new": 1}, id=None, order_id="112412553"),
    )

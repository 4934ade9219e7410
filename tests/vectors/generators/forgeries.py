"""The messages of notifications.json that must be refused."""

import base64
import dataclasses
import json

from common import b64
from messages import (
    ACCOUNT,
    F10,
    F11,
    F12,
    FOREIGN_KEY,
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
    as_form,
    as_json,
    as_query,
    body,
    encoded,
    extra_fields,
    folders,
    form_body,
    json_body,
    nested,
    query,
    signed,
)

MISMATCH, MALFORMED, WRONG_ACCOUNT = "SignatureMismatchError", "MalformedNotificationError", "AccountMismatchError"


def refuse():
    yield from signatures()
    yield from altered_fields()
    yield from unknown_forms()
    yield from other_accounts()
    yield from duplicate_fields()
    yield from invalid_values()
    yield from malformed()
    yield from exceeded_limits()
    yield from wrong_certificates()
    yield from refused_redirects()


def refused(name, reason, payload, do="notification", **rest):
    error = {"class": reason, "operation": f"{do}s.verify", "outcome": None}
    return {"name": name, "do": do, **rest, **payload, "error": error}


def signatures():
    sent = Message(PAYMENT).sent()
    for name, sign in wrong_signatures(Message(PAYMENT)).items():
        yield refused(f"signature: {name}", MISMATCH, as_query({**sent, "sign": sign}))
    unsigned = dict(PAYMENT)
    for transport, send in (TEXT_TRANSPORTS | VALUE_TRANSPORTS).items():
        yield refused(f"without a signature, {transport}", MALFORMED, send(unsigned))
    for sign in (None, 1, True, ["x"], {"x": "y"}):
        yield refused(f"the signature is {sign!r}", MALFORMED, as_json({**PAYMENT, "sign": sign}))
    yield refused("a list of signatures", MALFORMED, {"query": query(PAYMENT) + "&" + query({"sign[]": sent["sign"]})})
    yield refused("the signature under another name", MALFORMED, as_query({**PAYMENT, "Sign": sent["sign"]}))
    yield refused("a signature of 2048 characters", MISMATCH, as_query({**PAYMENT, "sign": "A" * 2048}))
    yield refused("a signature of 2052 characters", MALFORMED, as_query({**PAYMENT, "sign": "A" * 2052}))


def wrong_signatures(message):
    """Signatures that must not verify for the message."""
    sign = message.sign()
    raw = base64.b64decode(sign)
    text = message.text()
    return {
        "of another key": dataclasses.replace(message, key=FOREIGN_KEY).sign(),
        "of a larger key": dataclasses.replace(message, key=NEXT_KEY).sign(),
        "of another message": signed(text.replace(b"1", b"2")),
        "of an empty body": signed(b""),
        "of the text and a space": signed(text + b" "),
        "of the text and a line feed": signed(text + b"\n"),
        "sha512": signed(text, "sha512"),
        "md5": signed(text, "md5"),
        "empty": "",
        "a space": " ",
        "one byte too short": b64(raw[:-1]),
        "one byte too long": b64(raw + b"\0"),
        "the first half": b64(raw[:128]),
        "all zero": b64(bytes(256)),
        "not base64": "*" * len(sign),
        "without its padding": sign.rstrip("="),
        "with a line feed": sign + "\n",
        "in the URL alphabet": sign.replace("+", "-").replace("/", "_"),
        "hexadecimal": raw.hex(),
        "repeated": sign + sign,
        "with a Cyrillic letter": "ж" + sign[1:],
    }


def altered_fields():
    """Each signed field with another value, and removed."""
    received = {**PAYMENT, "card_brand": "visa"}
    sent = Message(received, "f12").sent()
    others = {"id": "112412554", "is_partial_payment": "0", "account": ACCOUNT.upper()}
    for name in F12:
        if name == "type":
            others[name] = "payout"
        other = others.get(name, sent[name] + "0")
        for transport, send in (("query", as_query), *VALUE_TRANSPORTS.items()):
            yield refused(f"another {name}, {transport}", MISMATCH, send({**sent, name: other}))
        less = {other: value for other, value in sent.items() if other != name}
        yield refused(f"{name} removed", MISMATCH, as_query(less))
    sent = Message(PAYMENT).sent()
    for name in F11:
        if name != "id":
            yield refused(f"{name} with a trailing space", MISMATCH, as_query({**sent, name: sent[name] + " "}))
    swapped = {**sent, "amount": sent["payment_amount"], "payment_amount": sent["amount"]}
    yield refused("two amounts swapped", MISMATCH, as_query(swapped))
    yield refused("an amount as a number", MISMATCH, as_json({**sent, "amount": 10}))
    yield refused("is_partial_payment as another true value", MISMATCH, as_json({**sent, "is_partial_payment": True}))
    empty = Message({**PAYMENT, "desc": ""}).sent()
    yield refused("null instead of an empty string", MISMATCH, as_json({**empty, "desc": None}))
    composed, decomposed = Message({**PAYMENT, "desc": "\u0439"}).sent(), "\u0438\u0306"
    yield refused("another composition of the same letter", MISMATCH, as_query({**composed, "desc": decomposed}))


def unknown_forms():
    """Texts that are signed by the right key, but in a form that is not supported."""

    def signed_as(text):
        return {**PAYMENT, "sign": signed(text)}

    values = Message(PAYMENT).values()
    branded = {**PAYMENT, "card_brand": "visa"}
    yield refused(
        "ten fields although commission_amount is present", MISMATCH, as_query(Message(PAYMENT, "f10").sent())
    )
    nulled = Message({**PAYMENT, "commission_amount": None}, "f10")
    yield refused("ten fields although commission_amount is null", MISMATCH, as_json(nulled.sent()))
    yield refused("twelve fields although card_brand is absent", MISMATCH, as_query(Message(PAYMENT, "f12").sent()))
    thirteen = encoded({**Message(branded, "f12").values(), "sum": "1"})
    yield refused("thirteen fields", MISMATCH, as_query({**branded, "sum": "1", "sign": signed(thirteen)}))
    ten = {name: value for name, value in Message(branded, "f12").values().items() if name != "commission_amount"}
    yield refused("ten fields and card_brand", MISMATCH, as_query({**branded, "sign": signed(encoded(ten))}))
    yield refused("nine fields", MISMATCH, as_query(signed_as(encoded({name: values[name] for name in F10[:-1]}))))
    yield refused("another order of the fields", MISMATCH, as_query(signed_as(encoded(dict(reversed(values.items()))))))
    yield refused("sorted by name", MISMATCH, as_query(signed_as(encoded(dict(sorted(values.items()))))))
    yield refused("id as a string", MISMATCH, as_query(signed_as(encoded({**values, "id": "112412553"}))))
    yield refused("unescaped unicode only", MISMATCH, as_query(signed_as(encoded(values, ["JSON_UNESCAPED_UNICODE"]))))
    lines = ["JSON_UNESCAPED_SLASHES", "JSON_UNESCAPED_UNICODE", "JSON_UNESCAPED_LINE_TERMINATORS"]
    yield refused("unescaped line separators", MISMATCH, as_query(signed_as(encoded(values, lines))))
    yield refused("pretty print", MISMATCH, as_query(signed_as(encoded(values, ["JSON_PRETTY_PRINT"]))))
    yield refused("the query itself", MISMATCH, as_query(signed_as(query(PAYMENT).encode())))
    yield refused("the opposite of is_partial_payment", MISMATCH, as_query(Message(PAYMENT, partial=False).sent()))
    yield refused(
        "a redirect's text", MISMATCH, as_query({**PAYMENT, "sign": Redirect({**REDIRECT, **PAYMENT}).sign()})
    )
    body = json_body(encoded(values)[:-1] + b',"sign":"' + signed(encoded(PAYMENT)).encode() + b'"}')
    yield refused("the fields as received, with a quoted id", MISMATCH, body)


def other_accounts():
    for account in ("93d5df06-996c-48c3-9847-348d6b580b81", ACCOUNT.upper(), ACCOUNT + " ", "", "0"):
        yield refused(
            f"account {account!r}, signed", WRONG_ACCOUNT, as_query(Message({**PAYMENT, "account": account}).sent())
        )
    without = {name: value for name, value in PAYMENT.items() if name != "account"}
    yield refused("no account, signed", WRONG_ACCOUNT, as_query(Message(without).sent()))
    yield refused("account is null, signed", WRONG_ACCOUNT, as_json(Message({**PAYMENT, "account": None}).sent()))
    yield refused("account is a number, signed", WRONG_ACCOUNT, as_json(Message({**PAYMENT, "account": 93}).sent()))
    forged = {**Message({**PAYMENT, "account": "x"}).sent(), "sign": ""}
    yield refused("another account, not signed", MISMATCH, as_query(forged))


def duplicate_fields():
    sent = Message(PAYMENT).sent()
    text, body = query(sent), encoded(sent)
    for name, value in (*PAYMENT.items(), ("sign", sent["sign"]), ("unknown", "x")):
        duplicate = query({name: value})
        start = f"{duplicate}&" if name == "unknown" else ""
        yield refused(f"duplicate {name}", MALFORMED, {"query": f"{start}{text}&{duplicate}"})
        yield refused(f"duplicate {name}, form", MALFORMED, form_body(f"{start}{text}&{duplicate}"))
        member = encoded({name: value})[1:-1]
        first = member + b"," if name == "unknown" else b""
        yield refused(f"duplicate {name}, JSON", MALFORMED, json_body(b"{" + first + body[1:-1] + b"," + member + b"}"))
        yield refused(f"{name} and a list of it", MALFORMED, {"query": f"{start}{text}&{name}[]=x"})
    yield refused("duplicate amount, once escaped", MALFORMED, {"query": text + "&%61mount=99.00"})
    yield refused("duplicate amount, once escaped, JSON", MALFORMED, json_body(body[:-1] + b',"\\u0061mount":"99.00"}'))
    yield refused(
        "duplicate key in an inner object, JSON", MALFORMED, json_body(body[:-1] + b',"extra":{"a":1,"a":2}}')
    )


def invalid_values():
    """Values of types that the provider does not send. Some of them are signed."""
    sent = Message(PAYMENT).sent()
    for name in F12:
        for value in (["x"], {"x": "y"}, []):
            yield refused(f"{name} is {value!r}", MALFORMED, as_json({**sent, name: value}))
        yield refused(f"{name} is a list, fields", MALFORMED, as_fields({**sent, name: ["x"]}))
        less = {other: value for other, value in sent.items() if other != name}
        yield refused(f"{name} is a list", MALFORMED, {"query": f"{query(less)}&{name}[]=x"})
        yield refused(f"{name} is a map, form", MALFORMED, form_body(f"{query(less)}&{name}[a][b]=x"))
        if name != "is_partial_payment":
            yield refused(f"{name} is a boolean", MALFORMED, as_json({**sent, name: True}))
        yield refused(f"{name} is the number 1.0", MALFORMED, json_body(with_number(sent, name, "1.0")))
    for name in ("id", "amount", "is_partial_payment"):
        for number in ("1.5", "1e2", "1E2", "-0", "0.0", "9223372036854775808"):
            yield refused(f"{name} is the number {number}", MALFORMED, json_body(with_number(sent, name, number)))
    for value in (
        "",
        " ",
        "x",
        "1.0",
        "1e3",
        "-1",
        "+1",
        "0x10",
        " 1",
        "1 ",
        "1\x002",
        "\u0661",
        "9223372036854775808",
    ):
        yield refused(f"id {value!r}", MALFORMED, as_query({**sent, "id": value}))
    yield refused("id -1 as a number", MALFORMED, as_json({**sent, "id": -1}))
    for value in ("yes", "TRUE", "True", "on", "null", "2", "-1", "01", " 1", "1 ", "1.0"):
        received = {**PAYMENT, "is_partial_payment": value}
        yield refused(f"is_partial_payment {value!r}, signed", MALFORMED, as_query(Message(received).sent()))
        for boolean in (True, False):
            message = Message(received, partial=boolean)
            yield refused(f"is_partial_payment {value!r}, signed as {boolean}", MISMATCH, as_query(message.sent()))
    for value in (2, -1):
        message = Message({**PAYMENT, "is_partial_payment": value})
        yield refused(f"is_partial_payment {value!r}, signed", MALFORMED, as_json(message.sent()))
    for value in (" ", "x", "1,5", "1.", ".5", "+1", "1_000", "NaN", "10.00 ", "--1"):
        yield refused(f"amount {value!r}, signed", MALFORMED, as_query(Message({**PAYMENT, "amount": value}).sent()))
    for name in ("type", "payment_status"):
        less = {other: value for other, value in PAYMENT.items() if other != name}
        yield refused(f"no {name}, signed", MALFORMED, as_query(Message(less).sent()))
    empty = Message({**PAYMENT, "payment_status": ""})
    yield refused("payment_status is empty, signed", MALFORMED, as_query(empty.sent()))


def with_number(sent, name, number):
    return encoded({**sent, name: "NUMBER"}).replace(b'"NUMBER"', number.encode())


def malformed():
    sent = Message(PAYMENT).sent()
    text, json_text = query(sent), encoded(sent)
    for name, payload in {
        "an empty query": {"query": ""},
        "a query of only ?": {"query": "?"},
        "a query with two ?": {"query": "??" + text},
        "an empty body": body("", None),
        "an empty form": form_body(""),
        "no fields": as_fields({}),
    }.items():
        reason = MISMATCH if name == "a query with two ?" else MALFORMED
        yield refused(name, reason, payload)
    for escape in ("%FF", "%C3", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%C0%AF", "%E2%80"):
        yield refused(f"a value that is not UTF-8, {escape}", MALFORMED, {"query": f"{text}&x={escape}"})
        yield refused(f"a name that is not UTF-8, {escape}", MALFORMED, {"query": f"{text}&{escape}=x"})
    yield refused("a form that is not UTF-8", MALFORMED, form_body(text.encode() + b"&x=\xd0"))
    yield refused("a form in Windows-1251", MALFORMED, form_body(text.encode() + "&x=Ж".encode("cp1251")))
    for content_type in ("text/plain", "multipart/form-data; boundary=x", "application/jsonp", "json"):
        for kind, content in (("form", text), ("JSON", json_text)):
            yield refused(f"{kind} as {content_type!r}", MALFORMED, body(content, content_type))
    yield refused("a form as JSON", MALFORMED, json_body(text))
    yield refused("truncated JSON as a form", MALFORMED, form_body(json_text[:-1]))
    for name, content in {
        "empty": b"",
        "whitespace only": b"  \n",
        "a list": b"[" + json_text + b"]",
        "null": b"null",
        "a string": b'"' + b"x" * 20 + b'"',
        "a number": b"1",
        "JSON in a string": json.dumps(json_text.decode()).encode(),
        "truncated": json_text[:-1],
        "truncated to half": json_text[: len(json_text) // 2],
        "followed by another object": json_text + b"{}",
        "after two byte order marks": 2 * b"\xef\xbb\xbf" + json_text,
        "in UTF-16": json_text.decode().encode("utf-16"),
        "in Windows-1251": json_text[:-1] + ',"x":"Ж"}'.encode("cp1251"),
        "with a trailing comma": json_text[:-1] + b",}",
        "with single quotes": json_text.replace(b'"', b"'"),
        "with a comment": json_text[:-1] + b"/* */}",
        "with NaN": json_text[:-1] + b',"x":NaN}',
        "with a lone surrogate": json_text[:-1] + b',"x":"\\ud83d"}',
        "with a raw control character": json_text[:-1] + b',"x":"\n"}',
        "with a leading zero": json_text[:-1] + b',"x":01}',
    }.items():
        yield refused(f"JSON: {name}", MALFORMED, json_body(content))


def exceeded_limits():
    sent = Message(PAYMENT).sent()
    yield refused("a query too long", MALFORMED, {"query": query(sent).ljust(MAX_LENGTH + 1, "&")})
    yield refused("JSON too long", MALFORMED, json_body(encoded(sent) + b" " * MAX_LENGTH))
    many = Message({**PAYMENT, **extra_fields(MAX_FIELDS + 1)}).sent()
    yield refused("too many fields", MALFORMED, as_query(many))
    for transport, send in VALUE_TRANSPORTS.items():
        yield refused(f"too many fields, {transport}", MALFORMED, send(many))
    deep = {**sent, "deep": nested(MAX_DEPTH)}
    yield refused("too deep, JSON", MALFORMED, as_json(deep))
    deep = encoded(sent)[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    yield refused("much too deep, JSON", MALFORMED, json_body(deep))


def wrong_certificates():
    message = Message(PAYMENT)
    yield refused("another key's certificate", MISMATCH, as_query(message.sent()), certs=folders([FOREIGN_KEY]))
    yield refused(
        "neither of two certificates", MISMATCH, as_query(message.sent()), certs=folders([FOREIGN_KEY, NEXT_KEY])
    )
    yield refused("no certificate", "ConfigurationError", as_query(message.sent()), certs=[])
    for digest, other in (("sha1", "sha256"), ("sha256", "sha1")):
        sent = Message(PAYMENT, digest=digest).sent()
        yield refused(f"{digest} when the client requires {other}", MISMATCH, as_query(sent), options={"digest": other})
        yield refused(f"{digest} when the call requires {other}", MISMATCH, as_query(sent), digest=other)
        options = {"digest": digest}
        name = f"{digest} required by the client, {other} by the call"
        yield refused(name, MISMATCH, as_query(sent), options=options, digest=other)


def refused_redirects():
    def case(name, reason, payload, **rest):
        return refused(f"redirect: {name}", reason, payload, "redirect", **rest)

    message = Redirect(REDIRECT)
    sent = message.sent()
    text = query(sent)
    for name, sign in wrong_signatures(message).items():
        yield case(f"signature {name}", MISMATCH, as_form({**sent, "sign": sign}))
    for name in REDIRECT:
        less = {other: value for other, value in sent.items() if other != name}
        for transport, send in (TEXT_TRANSPORTS | VALUE_TRANSPORTS).items():
            yield case(f"another {name}, {transport}", MISMATCH, send({**sent, name: sent[name] + "0"}))
            yield case(f"without {name}, {transport}", MALFORMED, send(less))
        for value in (None, 1, True, ["x"], {"x": "y"}):
            yield case(f"{name} is {value!r}", MALFORMED, as_json({**sent, name: value}))
        yield case(f"duplicate {name}", MALFORMED, {"query": f"{text}&{query({name: sent[name]})}"})
        yield case(f"{name} is a list", MALFORMED, {"query": f"{query(less)}&{name}[]=x"})
    yield case("without a signature", MALFORMED, as_form(REDIRECT))
    yield case("duplicate signature", MALFORMED, {"query": f"{text}&{query({'sign': sent['sign']})}"})
    yield case(
        "order_id and uuid swapped", MISMATCH, as_form({**sent, "order_id": sent["uuid"], "uuid": sent["order_id"]})
    )
    swapped = signed(encoded(dict(reversed(REDIRECT.items()))))
    yield case("another order of the fields", MISMATCH, as_form({**REDIRECT, "sign": swapped}))
    more = {**REDIRECT, "x": "y"}
    yield case("three fields signed", MISMATCH, as_form({**more, "sign": signed(encoded(more))}))
    notification = Message({**PAYMENT, **REDIRECT})
    yield case("a notification", MISMATCH, as_query(notification.sent()))
    yield case("a notification without uuid", MALFORMED, as_query(Message(PAYMENT).sent()))
    yield case("as text/plain", MALFORMED, body(text, "text/plain"))
    yield case("not UTF-8", MALFORMED, {"query": f"{text}&x=%FF"})
    yield case("another key's certificate", MISMATCH, as_form(sent), certs=folders([FOREIGN_KEY]))
    yield case("no certificate", "ConfigurationError", as_form(sent), certs=[])
    yield case("sha1 when the client requires sha256", MISMATCH, as_form(sent), options={"digest": "sha256"})
    yield case("sha1 when the call requires sha256", MISMATCH, as_form(sent), digest="sha256")

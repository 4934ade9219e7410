"""Messages of notifications.json that nobody may believe."""

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
    TEXT_WAYS,
    VALUE_WAYS,
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

FORGED, UNREADABLE, FOREIGN = "SignatureMismatchError", "MalformedNotificationError", "AccountMismatchError"


def refuse():
    yield from signatures()
    yield from altered()
    yield from other_forms()
    yield from other_accounts()
    yield from fields_twice()
    yield from wrong_values()
    yield from unreadable()
    yield from refused_limits()
    yield from wrong_certificates()
    yield from refused_redirects()


def bad(name, reason, delivery, do="notification", **rest):
    error = {"class": reason, "operation": f"{do}s.verify", "outcome": None}
    return {"name": name, "do": do, **rest, **delivery, "error": error}


def signatures():
    sent = Message(PAYMENT).sent()
    for name, sign in wrong_signatures(Message(PAYMENT)).items():
        yield bad(f"signature: {name}", FORGED, as_query({**sent, "sign": sign}))
    unsigned = dict(PAYMENT)
    for way, send in (TEXT_WAYS | VALUE_WAYS).items():
        yield bad(f"without a signature, {way}", UNREADABLE, send(unsigned))
    for sign in (None, 1, True, ["x"], {"x": "y"}):
        yield bad(f"the signature is {sign!r}", UNREADABLE, as_json({**PAYMENT, "sign": sign}))
    yield bad("a list of signatures", UNREADABLE, {"query": query(PAYMENT) + "&" + query({"sign[]": sent["sign"]})})
    yield bad("the signature under another name", UNREADABLE, as_query({**PAYMENT, "Sign": sent["sign"]}))
    yield bad("a signature of 2048 characters", FORGED, as_query({**PAYMENT, "sign": "A" * 2048}))
    yield bad("a signature of 2052 characters", UNREADABLE, as_query({**PAYMENT, "sign": "A" * 2052}))


def wrong_signatures(message):
    """Signatures that are not over this message, by this key."""
    sign = message.sign()
    raw = base64.b64decode(sign)
    text = message.text()
    return {
        "of another key": dataclasses.replace(message, key=FOREIGN_KEY).sign(),
        "of a larger key": dataclasses.replace(message, key=NEXT_KEY).sign(),
        "of another message": signed(text.replace(b"1", b"2")),
        "of an empty body": signed(b""),
        "of the text with a blank": signed(text + b" "),
        "of the text and a line's end": signed(text + b"\n"),
        "sha512": signed(text, "sha512"),
        "md5": signed(text, "md5"),
        "empty": "",
        "blank": " ",
        "a byte short": b64(raw[:-1]),
        "a byte long": b64(raw + b"\0"),
        "half of it": b64(raw[:128]),
        "all zero": b64(bytes(256)),
        "no base64": "*" * len(sign),
        "without its padding": sign.rstrip("="),
        "with a line's end": sign + "\n",
        "in the alphabet of URLs": sign.replace("+", "-").replace("/", "_"),
        "hexadecimal": raw.hex(),
        "twice": sign + sign,
        "in Cyrillic": "ж" + sign[1:],
    }


def altered():
    """Each signed field with another value, and without one."""
    received = {**PAYMENT, "card_brand": "visa"}
    sent = Message(received, "f12").sent()
    others = {"id": "112412554", "is_partial_payment": "0", "account": ACCOUNT.upper()}
    for name in F12:
        if name == "type":
            others[name] = "payout"
        other = others.get(name, sent[name] + "0")
        for way, send in (("query", as_query), *VALUE_WAYS.items()):
            yield bad(f"another {name}, {way}", FORGED, send({**sent, name: other}))
        less = {other: value for other, value in sent.items() if other != name}
        yield bad(f"{name} taken away", FORGED, as_query(less))
    sent = Message(PAYMENT).sent()
    for name in F11:
        if name != "id":
            yield bad(f"{name} with a blank after it", FORGED, as_query({**sent, name: sent[name] + " "}))
    swapped = {**sent, "amount": sent["payment_amount"], "payment_amount": sent["amount"]}
    yield bad("two amounts swapped", FORGED, as_query(swapped))
    yield bad("an amount as a number", FORGED, as_json({**sent, "amount": 10}))
    yield bad("is_partial_payment as another truth", FORGED, as_json({**sent, "is_partial_payment": True}))
    empty = Message({**PAYMENT, "desc": ""}).sent()
    yield bad("null in place of an empty text", FORGED, as_json({**empty, "desc": None}))
    composed, decomposed = Message({**PAYMENT, "desc": "\u0439"}).sent(), "\u0438\u0306"
    yield bad("another composition of the same letter", FORGED, as_query({**composed, "desc": decomposed}))


def other_forms():
    """Texts signed by the right key, in a form that is not in the list."""

    def signed_as(text):
        return {**PAYMENT, "sign": signed(text)}

    values = Message(PAYMENT).values()
    branded = {**PAYMENT, "card_brand": "visa"}
    yield bad("ten fields where commission_amount came", FORGED, as_query(Message(PAYMENT, "f10").sent()))
    nulled = Message({**PAYMENT, "commission_amount": None}, "f10")
    yield bad("ten fields where commission_amount is null", FORGED, as_json(nulled.sent()))
    yield bad("twelve fields where no card_brand came", FORGED, as_query(Message(PAYMENT, "f12").sent()))
    thirteen = encoded({**Message(branded, "f12").values(), "sum": "1"})
    yield bad("thirteen fields", FORGED, as_query({**branded, "sum": "1", "sign": signed(thirteen)}))
    ten = {name: value for name, value in Message(branded, "f12").values().items() if name != "commission_amount"}
    yield bad("ten fields and card_brand", FORGED, as_query({**branded, "sign": signed(encoded(ten))}))
    yield bad("nine fields", FORGED, as_query(signed_as(encoded({name: values[name] for name in F10[:-1]}))))
    yield bad("another order", FORGED, as_query(signed_as(encoded(dict(reversed(values.items()))))))
    yield bad("sorted by name", FORGED, as_query(signed_as(encoded(dict(sorted(values.items()))))))
    yield bad("id as a text", FORGED, as_query(signed_as(encoded({**values, "id": "112412553"}))))
    yield bad("unescaped unicode alone", FORGED, as_query(signed_as(encoded(values, ["JSON_UNESCAPED_UNICODE"]))))
    lines = ["JSON_UNESCAPED_SLASHES", "JSON_UNESCAPED_UNICODE", "JSON_UNESCAPED_LINE_TERMINATORS"]
    yield bad("unescaped line separators", FORGED, as_query(signed_as(encoded(values, lines))))
    yield bad("pretty print", FORGED, as_query(signed_as(encoded(values, ["JSON_PRETTY_PRINT"]))))
    yield bad("the query itself", FORGED, as_query(signed_as(query(PAYMENT).encode())))
    yield bad("the opposite of is_partial_payment", FORGED, as_query(Message(PAYMENT, partial=False).sent()))
    yield bad("a redirect's text", FORGED, as_query({**PAYMENT, "sign": Redirect({**REDIRECT, **PAYMENT}).sign()}))
    body = json_body(encoded(values)[:-1] + b',"sign":"' + signed(encoded(PAYMENT)).encode() + b'"}')
    yield bad("the fields as they came, id in quotes", FORGED, body)


def other_accounts():
    for account in ("93d5df06-996c-48c3-9847-348d6b580b81", ACCOUNT.upper(), ACCOUNT + " ", "", "0"):
        yield bad(f"account {account!r}, signed", FOREIGN, as_query(Message({**PAYMENT, "account": account}).sent()))
    without = {name: value for name, value in PAYMENT.items() if name != "account"}
    yield bad("no account, signed", FOREIGN, as_query(Message(without).sent()))
    yield bad("account is null, signed", FOREIGN, as_json(Message({**PAYMENT, "account": None}).sent()))
    yield bad("account is a number, signed", FOREIGN, as_json(Message({**PAYMENT, "account": 93}).sent()))
    forged = {**Message({**PAYMENT, "account": "x"}).sent(), "sign": ""}
    yield bad("another account, not signed", FORGED, as_query(forged))


def fields_twice():
    sent = Message(PAYMENT).sent()
    text, body = query(sent), encoded(sent)
    for name, value in (*PAYMENT.items(), ("sign", sent["sign"]), ("unknown", "x")):
        again = query({name: value})
        start = f"{again}&" if name == "unknown" else ""
        yield bad(f"{name} twice", UNREADABLE, {"query": f"{start}{text}&{again}"})
        yield bad(f"{name} twice, form", UNREADABLE, form_body(f"{start}{text}&{again}"))
        member = encoded({name: value})[1:-1]
        first = member + b"," if name == "unknown" else b""
        yield bad(f"{name} twice, JSON", UNREADABLE, json_body(b"{" + first + body[1:-1] + b"," + member + b"}"))
        yield bad(f"{name} and a list of it", UNREADABLE, {"query": f"{start}{text}&{name}[]=x"})
    yield bad("amount twice, once escaped", UNREADABLE, {"query": text + "&%61mount=99.00"})
    yield bad("amount twice, once escaped, JSON", UNREADABLE, json_body(body[:-1] + b',"\\u0061mount":"99.00"}'))
    yield bad("a key twice below, JSON", UNREADABLE, json_body(body[:-1] + b',"extra":{"a":1,"a":2}}'))


def wrong_values():
    """Values of a kind that the provider does not send; some are signed all the same."""
    sent = Message(PAYMENT).sent()
    for name in F12:
        for value in (["x"], {"x": "y"}, []):
            yield bad(f"{name} is {value!r}", UNREADABLE, as_json({**sent, name: value}))
        yield bad(f"{name} is a list, fields", UNREADABLE, as_fields({**sent, name: ["x"]}))
        less = {other: value for other, value in sent.items() if other != name}
        yield bad(f"{name} is a list", UNREADABLE, {"query": f"{query(less)}&{name}[]=x"})
        yield bad(f"{name} is a map, form", UNREADABLE, form_body(f"{query(less)}&{name}[a][b]=x"))
        if name != "is_partial_payment":
            yield bad(f"{name} is a boolean", UNREADABLE, as_json({**sent, name: True}))
        yield bad(f"{name} is the number 1.0", UNREADABLE, json_body(with_number(sent, name, "1.0")))
    for name in ("id", "amount", "is_partial_payment"):
        for number in ("1.5", "1e2", "1E2", "-0", "0.0", "9223372036854775808"):
            yield bad(f"{name} is the number {number}", UNREADABLE, json_body(with_number(sent, name, number)))
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
        yield bad(f"id {value!r}", UNREADABLE, as_query({**sent, "id": value}))
    yield bad("id -1 as a number", UNREADABLE, as_json({**sent, "id": -1}))
    for value in ("yes", "TRUE", "True", "on", "null", "2", "-1", "01", " 1", "1 ", "1.0"):
        received = {**PAYMENT, "is_partial_payment": value}
        yield bad(f"is_partial_payment {value!r}, signed", UNREADABLE, as_query(Message(received).sent()))
        for meant in (True, False):
            message = Message(received, partial=meant)
            yield bad(f"is_partial_payment {value!r}, signed as {meant}", FORGED, as_query(message.sent()))
    for value in (2, -1):
        message = Message({**PAYMENT, "is_partial_payment": value})
        yield bad(f"is_partial_payment {value!r}, signed", UNREADABLE, as_json(message.sent()))
    for value in (" ", "x", "1,5", "1.", ".5", "+1", "1_000", "NaN", "10.00 ", "--1"):
        yield bad(f"amount {value!r}, signed", UNREADABLE, as_query(Message({**PAYMENT, "amount": value}).sent()))
    for name in ("type", "payment_status"):
        less = {other: value for other, value in PAYMENT.items() if other != name}
        yield bad(f"no {name}, signed", UNREADABLE, as_query(Message(less).sent()))
    empty = Message({**PAYMENT, "payment_status": ""})
    yield bad("payment_status is empty, signed", UNREADABLE, as_query(empty.sent()))


def with_number(sent, name, number):
    return encoded({**sent, name: "NUMBER"}).replace(b'"NUMBER"', number.encode())


def unreadable():
    sent = Message(PAYMENT).sent()
    text, json_text = query(sent), encoded(sent)
    for name, delivery in {
        "an empty query": {"query": ""},
        "a query of its ? alone": {"query": "?"},
        "a query with two ?": {"query": "??" + text},
        "an empty body": body("", None),
        "an empty form": form_body(""),
        "no fields": as_fields({}),
    }.items():
        missing = FORGED if name == "a query with two ?" else UNREADABLE
        yield bad(name, missing, delivery)
    for escape in ("%FF", "%C3", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%C0%AF", "%E2%80"):
        yield bad(f"a value that is no UTF-8, {escape}", UNREADABLE, {"query": f"{text}&x={escape}"})
        yield bad(f"a name that is no UTF-8, {escape}", UNREADABLE, {"query": f"{text}&{escape}=x"})
    yield bad("a form that is no UTF-8", UNREADABLE, form_body(text.encode() + b"&x=\xd0"))
    yield bad("a form in Windows-1251", UNREADABLE, form_body(text.encode() + "&x=Ж".encode("cp1251")))
    for content_type in ("text/plain", "multipart/form-data; boundary=x", "application/jsonp", "json", "", ";"):
        for kind, content in (("form", text), ("JSON", json_text)):
            yield bad(f"{kind} as {content_type!r}", UNREADABLE, body(content, content_type))
    yield bad("a form as JSON", UNREADABLE, json_body(text))
    yield bad("JSON as a form", UNREADABLE, form_body(json_text))
    for name, content in {
        "an empty text": b"",
        "blanks": b"  \n",
        "a list": b"[" + json_text + b"]",
        "null": b"null",
        "a text": b'"' + b"x" * 20 + b'"',
        "a number": b"1",
        "JSON in a text": json.dumps(json_text.decode()).encode(),
        "cut": json_text[:-1],
        "cut to half": json_text[: len(json_text) // 2],
        "followed by more": json_text + b"{}",
        "after a byte order mark": b"\xef\xbb\xbf" + json_text,
        "in UTF-16": json_text.decode().encode("utf-16"),
        "in Windows-1251": json_text[:-1] + ',"x":"Ж"}'.encode("cp1251"),
        "with a comma at the end": json_text[:-1] + b",}",
        "with single quotes": json_text.replace(b'"', b"'"),
        "with a comment": json_text[:-1] + b"/* */}",
        "with NaN": json_text[:-1] + b',"x":NaN}',
        "with half a surrogate pair": json_text[:-1] + b',"x":"\\ud83d"}',
        "with a raw control character": json_text[:-1] + b',"x":"\n"}',
        "with a leading zero": json_text[:-1] + b',"x":01}',
    }.items():
        yield bad(f"JSON: {name}", UNREADABLE, json_body(content))


def refused_limits():
    sent = Message(PAYMENT).sent()
    yield bad("a query too long", UNREADABLE, {"query": query(sent).ljust(MAX_LENGTH + 1, "&")})
    yield bad("JSON too long", UNREADABLE, json_body(encoded(sent) + b" " * MAX_LENGTH))
    many = Message({**PAYMENT, **extra_fields(MAX_FIELDS + 1)}).sent()
    yield bad("too many fields", UNREADABLE, as_query(many))
    for way, send in VALUE_WAYS.items():
        yield bad(f"too many fields, {way}", UNREADABLE, send(many))
    deep = {**sent, "deep": nested(MAX_DEPTH)}
    yield bad("too deep, JSON", UNREADABLE, as_json(deep))
    deep = encoded(sent)[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    yield bad("much too deep, JSON", UNREADABLE, json_body(deep))


def wrong_certificates():
    message = Message(PAYMENT)
    yield bad("another key's certificate", FORGED, as_query(message.sent()), certs=folders([FOREIGN_KEY]))
    yield bad("neither of two certificates", FORGED, as_query(message.sent()), certs=folders([FOREIGN_KEY, NEXT_KEY]))
    yield bad("no certificate", "ConfigurationError", as_query(message.sent()), certs=[])
    for digest, other in (("sha1", "sha256"), ("sha256", "sha1")):
        sent = Message(PAYMENT, digest=digest).sent()
        yield bad(f"{digest} where the client takes {other}", FORGED, as_query(sent), options={"digest": other})
        yield bad(f"{digest} where the call takes {other}", FORGED, as_query(sent), digest=other)
        options = {"digest": digest}
        yield bad(f"{digest} by the client, {other} by the call", FORGED, as_query(sent), options=options, digest=other)


def refused_redirects():
    def refused(name, reason, delivery, **rest):
        return bad(f"redirect: {name}", reason, delivery, "redirect", **rest)

    message = Redirect(REDIRECT)
    sent = message.sent()
    text = query(sent)
    for name, sign in wrong_signatures(message).items():
        yield refused(f"signature {name}", FORGED, as_form({**sent, "sign": sign}))
    for name in REDIRECT:
        less = {other: value for other, value in sent.items() if other != name}
        for way, send in (TEXT_WAYS | VALUE_WAYS).items():
            yield refused(f"another {name}, {way}", FORGED, send({**sent, name: sent[name] + "0"}))
            yield refused(f"without {name}, {way}", UNREADABLE, send(less))
        for value in (None, 1, True, ["x"], {"x": "y"}):
            yield refused(f"{name} is {value!r}", UNREADABLE, as_json({**sent, name: value}))
        yield refused(f"{name} twice", UNREADABLE, {"query": f"{text}&{query({name: sent[name]})}"})
        yield refused(f"{name} is a list", UNREADABLE, {"query": f"{query(less)}&{name}[]=x"})
    yield refused("without a signature", UNREADABLE, as_form(REDIRECT))
    yield refused("the signature twice", UNREADABLE, {"query": f"{text}&{query({'sign': sent['sign']})}"})
    yield refused("the two swapped", FORGED, as_form({**sent, "order_id": sent["uuid"], "uuid": sent["order_id"]}))
    swapped = signed(encoded(dict(reversed(REDIRECT.items()))))
    yield refused("another order", FORGED, as_form({**REDIRECT, "sign": swapped}))
    more = {**REDIRECT, "x": "y"}
    yield refused("three fields signed", FORGED, as_form({**more, "sign": signed(encoded(more))}))
    notification = Message({**PAYMENT, **REDIRECT})
    yield refused("a notification", FORGED, as_query(notification.sent()))
    yield refused("a notification without uuid", UNREADABLE, as_query(Message(PAYMENT).sent()))
    yield refused("as text/plain", UNREADABLE, body(text, "text/plain"))
    yield refused("no UTF-8", UNREADABLE, {"query": f"{text}&x=%FF"})
    yield refused("another key's certificate", FORGED, as_form(sent), certs=folders([FOREIGN_KEY]))
    yield refused("no certificate", "ConfigurationError", as_form(sent), certs=[])
    yield refused("sha1 where the client takes sha256", FORGED, as_form(sent), options={"digest": "sha256"})
    yield refused("sha1 where the call takes sha256", FORGED, as_form(sent), digest="sha256")

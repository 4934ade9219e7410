"""canonical.json: bodies with their encoding by PHP's json_encode, and bodies that must be refused."""

import json

from common import php
from tagged import UNDEFINED_VALUE, decimal, floating, for_php, integer, tagged, utf16

MADE_BY = (
    "Accepted cases: `bytes` is the output of PHP's json_encode($data, 0, 64) with default flags for the tagged `data`"
    " (generators/encode.php); a decimal is passed to PHP as plain text. `text` is the same document as JSON text, written by Python's"
    " json.dumps or by hand, and never canonical itself. Refused cases are written by hand from the rules of canonical JSON."
    " `only` names the languages that can express a case (all, if absent), or `except` those that cannot, and `why` says"
    " why."
    " If an error has no `field`, the field is not compared."
)

MAX_BODY = 64 * 1024
TEXT_ONLY = {"only": ["rust", "c"], "why": "only JSON text can express this"}
NO_DECIMAL = {"only": ["python", "rust", "go"], "why": "JavaScript and JSON text have no decimal type"}
EXPONENT = {"only": ["python"], "why": "only Python's Decimal has an exponent"}
WHOLE_FLOAT = {"only": ["python", "rust", "c", "php", "go"], "why": "in JavaScript this is an integer"}
NO_TEXT_FLOAT = {"only": ["python", "node", "php", "go"], "why": "JSON text has no such number"}
UNDEFINED = {"only": ["node"], "why": "only JavaScript has undefined"}
LARGE_INTEGER = {"except": ["php"], "why": "integers of PHP have 64 bits"}
EMPTY_LIST = {"except": ["php"], "why": "an empty array of PHP is an object here"}
SURROGATE = {"except": ["php"], "why": "a text of PHP is bytes, which have no surrogates"}


def generate(results):
    accepted_cases = list(accept())
    encoded = php("encode.php", [for_php(case["data"]) for case in accepted_cases])
    for case, expected in zip(accepted_cases, encoded, strict=True):
        case["bytes"] = expected
    cases = [in_order(case) for case in (*accepted_cases, *refuse())]
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), "duplicate case names"
    results.json("canonical.json", {"made_by": MADE_BY, "cases": cases})


def in_order(case):
    return {
        key: case[key] for key in ("name", "data", "text", "bytes", "error", "only", "except", "why") if key in case
    }


# Accepted --------------------------------------------------------------------------------------------------------------


def accept():
    yield from documented_bodies()
    yield from strings()
    yield from keys()
    yield from numbers()
    yield from shapes()
    yield from spellings()
    yield from limits()


def accepted(name, value, text=None, **rest):
    """An accepted body. `text` defaults to the output of json.dumps, with its spaces and without escapes."""
    return {"name": name, "data": tagged(value), "text": text or json.dumps(value, ensure_ascii=False), **rest}


def accepted_without_text(name, value, **rest):
    return {"name": name, "data": tagged(value), "text": None, **rest}


def documented_bodies():
    yield accepted("no fields", {})
    yield accepted("payout status by id", {"id": "100000536"})
    yield accepted("payment status by order_id", {"order_id": "1756900030"})
    yield accepted(
        "payment history",
        {"date_from": "2026-01-01 00:00:00", "date_to": "2026-01-31 23:59:59", "page": 1, "paginate": 50},
    )
    yield accepted(
        "payment",
        {
            "amount": "500.00",
            "order_id": "A-1",
            "service": "payment_card_rub_hpp",
            "desc": 'Оплата заказа №1 / <Тест> & "проверка"',
            "lifetime": 900,
            "customer_ip": "18.191.80.10",
            "customer_browser_accept_header": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
            "customer_browser_user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
            "customer_browser_color_depth": 24,
            "success_redirect_url": "https://shop.example/ok?order=1&lang=ru",
            "notification_endpoint_id": 5,
        },
    )
    yield accepted(
        "payout with extra",
        {
            "amount": "300.00",
            "number": "4111111111111111",
            "order_id": "6422494",
            "service": "payment_card_rub",
            "extra": {"card_exp_month": "01", "card_exp_year": "30", "first_name": "Иван"},
        },
    )


def strings():
    for code in (*range(0x20), 0x7F):
        yield accepted(f"control character U+{code:04X}", {"a": f"x{chr(code)}y"})
    yield accepted("all control characters", {"a": "".join(map(chr, (*range(0x20), 0x7F)))})
    yield accepted("all printable ASCII", {"a": "".join(map(chr, range(0x20, 0x7F)))})
    yield accepted("slashes", {"a": "/", "b": "//", "c": "https://example.com/a/b/"})
    yield accepted("quotes and backslashes", {"a": '"', "b": "\\", "c": '\\"', "d": "'", "e": "\\u0041", "f": "\\/"})
    yield accepted("HTML characters are not escaped", {"a": "<script>&amp;'</script>"})
    yield accepted("Cyrillic", {"desc": "Оплата заказа № 42 — ёЁ"})
    yield accepted("Latin-1", {"a": "\u0080\u00a0éüß\u00ff"})
    yield accepted("composed and decomposed accents differ", {"a": "\u00e9", "b": "e\u0301"})
    yield accepted("Chinese, Arabic, Thai", {"a": "付款", "b": "دفع", "c": "ชำระเงิน"})
    yield accepted("line separators U+2028 and U+2029", {"a": "\u2028", "b": "\u2029", "c": "x\u2028\u2029y"})
    yield accepted("invisible characters", {"a": "\u200b\u200e\u200f\u202e\ufeff\u00ad"})
    yield accepted("next line U+0085", {"a": "\u0085"})
    yield accepted("emoji", {"a": "😀", "b": "👨‍👩‍👧", "c": "🇷🇺"})
    yield accepted(
        "limits of the planes", {"a": "\u07ff\u0800\ud7ff\ue000\ufffd\ufffe\uffff\U00010000\U0001ffff\U0010ffff"}
    )
    yield accepted("hexadecimal digits are lower-case", {"a": "\u00ab\u00cd\u00ef\uabcd\ufedc"})
    yield accepted("empty string", {"a": ""})
    yield accepted("spaces are kept", {"a": " ", "b": "  x  "})
    yield accepted(
        "strings that look like other types",
        {"a": "null", "b": "true", "c": "123", "d": "1.50", "e": "1e5", "f": "-0", "g": "{}", "h": "[]"},
    )
    yield accepted("string of 4 KiB", {"a": "0123456789abcdef" * 256})


def keys():
    yield accepted("insertion order is kept", {"z": 1, "a": 2, "m": 3, "B": 4, "b": 5})
    yield accepted("integer-like keys keep their order", {"10": "a", "2": "b", "1": "c", "x": "d", "0": "e"})
    yield accepted("key 0 alone is not a list", {"0": "a"})
    yield accepted("keys 0, 1, 2 are not a list", {"a": {"0": "x", "1": "y", "2": "z"}})
    yield accepted(
        "keys that PHP does not convert to integers",
        {"01": 1, "-0": 2, "+1": 3, " 1": 4, "1.0": 5, "9223372036854775808": 6},
    )
    yield accepted("negative integer-like key", {"-1": "a", "-9223372036854775808": "b"})
    yield accepted("empty key", {"": 1})
    yield accepted("key with a slash and quotes", {"a/b": 1, 'a"b': 2, "a\\b": 3})
    yield accepted("key with control characters", {"a\x00b": 1, "\x00": 2, "\x00a": 3, "\n": 4, "\x7f": 5})
    yield accepted("key in Cyrillic and emoji", {"ключ": 1, "😀": 2, "\u2028": 3})
    yield accepted("keys that differ in composition only", {"\u00e9": 1, "e\u0301": 2})
    yield accepted("keys that differ in case only", {"a": 1, "A": 2})
    yield accepted("keys with dots and brackets", {"a.b": 1, "a[0]": 2})
    yield accepted(
        "keys of JavaScript's Object.prototype", {"__proto__": 1, "constructor": 2, "toString": 3, "length": 4}
    )
    yield accepted("long key", {"k" * 300: 1})
    yield accepted("200 keys", {f"field_{index}": index for index in range(200)})


def numbers():
    yield accepted("zero and one", {"a": 0, "b": 1, "c": -1})
    yield accepted("largest 64-bit integer", {"a": 2**63 - 1})
    yield accepted("smallest 64-bit integer", {"a": -(2**63)})
    yield accepted("around 2^31 and 2^32", {"a": 2**31 - 1, "b": 2**31, "c": -(2**31) - 1, "d": 2**32})
    yield accepted("around 2^53", {"a": 2**53 - 1, "b": 2**53, "c": 2**53 + 1, "d": -(2**53) - 1})
    yield accepted("integers with trailing zeros", {"a": 10, "b": 1_000_000_000_000_000_000})
    for digits in ("1.50", "500.00", "0.00000001", "93.84000000", "100", "0", "-1.10", "123456789012345678.12"):
        yield accepted_without_text(f"decimal {digits}", {"amount": decimal(digits)}, **NO_DECIMAL)
    for digits in ("1E+2", "1E-10", "1.5E+3", "123E-2", "0E-8"):
        yield accepted_without_text(f"decimal {digits}", {"amount": decimal(digits)}, **EXPONENT)
    yield accepted_without_text("decimals in a list", {"a": [decimal("1.10"), decimal("2.20")]}, **NO_DECIMAL)


def shapes():
    yield accepted("null", {"a": None})
    yield accepted("booleans", {"a": True, "b": False})
    yield accepted(
        "every type", {"null": None, "true": True, "false": False, "int": 42, "text": "x", "list": [1], "map": {"a": 1}}
    )
    yield accepted("nested empty list", {"a": []})
    yield accepted("nested empty object", {"a": {}})
    yield accepted("nested empty values", {"a": [[], {}], "b": {"c": {}, "d": []}, "e": [[[]], [{}]]})
    yield accepted("list of scalars", {"a": [None, True, False, 0, -1, "", "x"]})
    yield accepted("list of lists", {"a": [[1, 2], [3], []]})
    yield accepted("list of objects", {"a": [{"x": 1}, {"y": "/"}, {}]})
    yield accepted("list of one", {"a": ["only"]})
    yield accepted("long list", {"a": list(range(1000))})


def spellings():
    """Other JSON texts of the same body."""
    yield accepted(
        "whitespace everywhere", {"a": [1, {"b": None}]}, text=' \t\r\n{ "a"\n:\t[ 1 ,\r\n { "b" : null } ] } \n'
    )
    yield accepted("no fields, with whitespace", {}, text=" { } ")
    yield accepted("unnecessary escapes", {"Az": "Az/"}, text=r'{"\u0041z": "\u0041\u007A\/"}')
    yield accepted("upper-case escapes", {"a": "\u00ab\u043f"}, text=r'{"a": "\u00AB\u043F"}')
    yield accepted("surrogate pair as escapes", {"a": "😀", "😀": 1}, text=r'{"a": "\uD83D\uDE00", "\ud83d\ude00": 1}')
    yield accepted("short escapes", {"a": '\b\f\n\r\t"\\/'}, text=r'{"a": "\b\f\n\r\t\"\\\/"}')
    yield accepted(
        "long escapes instead of short ones",
        {"a": '\b\f\n\r\t"\\/'},
        text=r'{"a": "\u0008\u000c\u000a\u000d\u0009\u0022\u005c\u002f"}',
    )


def limits():
    yield accepted("64 levels of objects", nested(64, lambda inner: {"a": inner}))
    yield accepted("64 levels, inner lists", {"a": nested(63, lambda inner: [inner])})
    yield accepted("64 levels, innermost empty", nested(63, lambda inner: {"a": inner}, innermost={}))
    yield accepted("a body of exactly 64 KiB", {"a": filled_to(MAX_BODY)})


def nested(levels, wrap, innermost=1):
    """`innermost` in this many objects or lists. A number does not count as a level, but an empty object does."""
    value = innermost
    for _ in range(levels):
        value = wrap(value)
    return value


def filled_to(size):
    """A string for the body {"a": string} of `size` bytes: mostly emoji, with 12 bytes each when escaped, to keep the file small."""
    emoji, rest = divmod(size - len('{"a":""}'), 12)
    return "😀" * emoji + "x" * rest


# Refused ---------------------------------------------------------------------------------------------------------------


def refuse():
    yield from floats()
    yield from integers_out_of_range()
    yield from wrong_types()
    yield from lone_surrogates()
    yield from duplicate_keys()
    yield from over_the_limits()
    yield from syntax_errors()


def refused(name, reason, field, value, text, **rest):
    error = {"class": "InvalidArgumentError", "field": field, "reason": reason}
    return {"name": name, "data": tagged(value), "text": text, "error": error, **rest}


def refused_text(name, reason, field, text):
    """A refused body that only JSON text can express. With `field` None, the field is not compared."""
    error = {"class": "InvalidArgumentError", "field": field, "reason": reason}
    if field is None:
        del error["field"]
    return {"name": name, "data": None, "text": text, "error": error, **TEXT_ONLY}


def floats():
    yield refused("float", "float", "amount", {"amount": floating("1.5")}, '{"amount": 1.50}')
    yield refused("float 0.1", "float", "amount", {"amount": floating("0.1")}, '{"amount": 0.1}')
    yield refused("smallest float", "float", "a", {"a": floating("5e-324")}, '{"a": 5e-324}')
    yield refused(
        "float in an object", "float", "extra.fee", {"extra": {"fee": floating("0.5")}}, '{"extra": {"fee": 0.5}}'
    )
    yield refused("float in a list", "float", "items[2]", {"items": [1, 2, floating("0.5")]}, '{"items": [1, 2, 0.5]}')
    yield refused(
        "float in objects in lists",
        "float",
        "items[1].price[0][1]",
        {"items": [{}, {"price": [[1, floating("-0.5")]]}]},
        '{"items": [{}, {"price": [[1, -0.5]]}]}',
    )
    yield refused(
        "float after valid fields",
        "float",
        "b",
        {"a": "1.50", "b": floating("1.5"), "c": 1},
        '{"a": "1.50", "b": 1.5, "c": 1}',
    )
    yield refused("float with an integer value", "float", "a", {"a": floating("1.0")}, '{"a": 1.0}', **WHOLE_FLOAT)
    yield refused("number with an exponent", "float", "a", {"a": floating("100000.0")}, '{"a": 1e5}', **WHOLE_FLOAT)
    yield refused(
        "number with a capital exponent", "float", "a", {"a": floating("100000.0")}, '{"a": 1E+5}', **WHOLE_FLOAT
    )
    yield refused("huge float", "float", "a", {"a": floating("1e300")}, '{"a": 1e300}', **WHOLE_FLOAT)
    yield refused("minus zero", "float", "a", {"a": floating("-0.0")}, '{"a": -0}', **WHOLE_FLOAT)
    for digits in ("NaN", "Infinity", "-Infinity"):
        yield refused(digits, "float", "a", {"a": floating(digits)}, None, **NO_TEXT_FLOAT)
    yield refused_text("number beyond every float", "float", "a", '{"a": 1e400}')
    yield refused_text("long number with a fraction", "float", "a", '{"a": 123456789012345678901234567890.5}')


def integers_out_of_range():
    for name, digits in (
        ("just above the largest", str(2**63)),
        ("just below the smallest", str(-(2**63) - 1)),
        ("largest unsigned 64-bit integer", str(2**64 - 1)),
        ("of 128 bits", str(2**127)),
        ("of 40 digits", "1" * 40),
    ):
        yield refused(
            f"integer {name}", "out_of_range", "a", {"a": integer(digits)}, f'{{"a": {digits}}}', **LARGE_INTEGER
        )
    yield refused(
        "integer out of range in a list",
        "out_of_range",
        "a.b[0]",
        {"a": {"b": [integer(str(2**64))]}},
        f'{{"a": {{"b": [{2**64}]}}}}',
        **LARGE_INTEGER,
    )


def wrong_types():
    yield refused("undefined in an object", "type", "a", {"a": UNDEFINED_VALUE}, None, **UNDEFINED)
    yield refused(
        "undefined in an inner object", "type", "extra.b", {"extra": {"a": 1, "b": UNDEFINED_VALUE}}, None, **UNDEFINED
    )
    yield refused("undefined in a list", "type", "a[1]", {"a": [1, UNDEFINED_VALUE]}, None, **UNDEFINED)
    for name, value, text in (
        ("a list", [1, 2], "[1, 2]"),
        ("an empty list", [], "[]"),
        ("a list with an object", [{"a": 1}], '[{"a": 1}]'),
        ("a string", "x", '"x"'),
        ("a string with JSON", '{"a":1}', '"{\\"a\\":1}"'),
        ("an integer", 1, "1"),
        ("a boolean", True, "true"),
        ("null", None, "null"),
    ):
        rest = EMPTY_LIST if value == [] else {}
        yield refused(f"the body is {name}", "not_an_object", "", value, text, **rest)
    yield refused("the body is undefined", "not_an_object", "", UNDEFINED_VALUE, None, **UNDEFINED)


def lone_surrogates():
    high, low, x = 0xD83D, 0xDE00, ord("x")
    yield refused("lone high surrogate", "lone_surrogate", "a", {"a": utf16(high)}, r'{"a": "\ud83d"}', **SURROGATE)
    yield refused("lone low surrogate", "lone_surrogate", "a", {"a": utf16(low)}, r'{"a": "\ude00"}', **SURROGATE)
    yield refused(
        "surrogates in the wrong order",
        "lone_surrogate",
        "a",
        {"a": utf16(low, high)},
        r'{"a": "\ude00\ud83d"}',
        **SURROGATE,
    )
    yield refused(
        "high surrogate before a letter", "lone_surrogate", "a", {"a": utf16(high, x)}, r'{"a": "\ud83dx"}', **SURROGATE
    )
    yield refused(
        "two high surrogates before a low one",
        "lone_surrogate",
        "a",
        {"a": utf16(high, high, low)},
        r'{"a": "\ud83d\ud83d\ude00"}',
        **SURROGATE,
    )
    yield refused(
        "smallest surrogate, in a list",
        "lone_surrogate",
        "a.b[1]",
        {"a": {"b": ["", utf16(0xD800)]}},
        r'{"a": {"b": ["", "\ud800"]}}',
        **SURROGATE,
    )
    yield refused(
        "largest surrogate", "lone_surrogate", "a", {"a": utf16(x, 0xDFFF, x)}, r'{"a": "x\udfffx"}', **SURROGATE
    )
    yield refused_text("lone surrogate in a key", "lone_surrogate", None, r'{"\ud83d": 1}')


def duplicate_keys():
    yield refused_text("duplicate key", "duplicate_key", "a", '{"a": 1, "b": 2, "a": 3}')
    yield refused_text("duplicate key with the same value", "duplicate_key", "a", '{"a": 1, "a": 1}')
    yield refused_text("duplicate key, once with an escape", "duplicate_key", "a", r'{"a": 1, "\u0061": 2}')
    yield refused_text(
        "duplicate key in an inner object", "duplicate_key", "extra.b", '{"extra": {"b": 1, "c": 2, "b": 3}}'
    )
    yield refused_text(
        "duplicate key in a list", "duplicate_key", "items[1].x", '{"items": [{"x": 1}, {"x": 1, "x": 2}]}'
    )
    many = ", ".join(f'"k{index}": {index}' for index in range(100))
    yield refused_text("duplicate key among many", "duplicate_key", "k50", f'{{{many}, "k50": 0}}')


def over_the_limits():
    value = nested(65, lambda inner: {"a": inner})
    yield refused("65 levels of objects", "too_deep", ".".join(["a"] * 64), value, json.dumps(value))
    value = {"a": nested(64, lambda inner: [inner])}
    yield refused("65 levels, inner lists", "too_deep", "a" + "[0]" * 63, value, json.dumps(value))
    value = {"a": filled_to(MAX_BODY + 1)}
    yield refused("a body of 64 KiB and one byte", "too_large", "", value, json.dumps(value, ensure_ascii=False))


def syntax_errors():
    for name, text in (
        ("empty text", ""),
        ("whitespace only", " \n"),
        ("truncated after a value", '{"a": 1'),
        ("truncated in a string", '{"a": "x'),
        ("truncated after the colon", '{"a":'),
        ("trailing comma", '{"a": 1,}'),
        ("trailing comma in a list", '{"a": [1,]}'),
        ("two commas", '{"a": 1,, "b": 2}'),
        ("no colon", '{"a" 1}'),
        ("no comma", '{"a": 1 "b": 2}'),
        ("single quotes", "{'a': 1}"),
        ("key without quotes", "{a: 1}"),
        ("key that is a number", "{1: 1}"),
        ("comment", '{"a": 1} // x'),
        ("second value", '{"a": 1} {"b": 2}'),
        ("mismatched bracket", '{"a": [1}'),
        ("leading zero", '{"a": 01}'),
        ("plus sign", '{"a": +1}'),
        ("minus alone", '{"a": -}'),
        ("hexadecimal number", '{"a": 0x10}'),
        ("capitalized keyword", '{"a": True}'),
        ("raw line feed in a string", '{"a": "x\ny"}'),
        ("raw NUL in a string", '{"a": "x\x00y"}'),
        ("unknown escape", r'{"a": "\x41"}'),
        ("escape with too few digits", r'{"a": "\u12"}'),
        ("escape with a sign", r'{"a": "\u+123"}'),
        ("text before the object", 'x{"a": 1}'),
    ):
        yield refused_text(f"malformed: {name}", "syntax", "", text)

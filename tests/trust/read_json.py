"""Reads texts with Python's JSON reader, and says what of each has a place in a body.

Takes a list of texts in base64, and prints a list of what they are: an object with
- `reasons`: why a body of this text has to be refused;
- `data`: the text as the tagged data of the runner's protocol, if that can say it;
- `is_value`: whether this is also what a program can say by its own values, where a key stands once and 2e2 is 200;
- `canonical`: the bytes PHP would make of it in base64, if there is no reason against it.
A number that is no integer of 64 bits has a third part in `data`: the same without an exponent, unless that fills pages.
"""

from __future__ import annotations

import base64
import json
import sys
from decimal import Decimal
from typing import Any, NamedTuple

MAX_DEPTH = 64
MAX_BODY = 64 * 1024
LONGEST_EXPONENT = 3
INTEGERS = range(-(2**63), 2**63)


class Number(NamedTuple):
    """A number as it is written."""

    text: str


class Members(NamedTuple):
    """An object's members as they are written."""

    pairs: list[tuple[str, Any]]


def main() -> None:
    """Answer the list of standard input."""
    texts = json.load(sys.stdin)
    json.dump([verdict(base64.b64decode(text)) for text in texts], sys.stdout)


def verdict(text: bytes) -> dict[str, Any]:
    """Say what a text is."""
    try:
        value = read(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {"reasons": ["syntax"], "data": None, "is_value": False, "canonical": None}
    reasons = set(faults(value, 1))
    if not isinstance(value, Members):
        reasons.add("not_an_object")
    canonical = "" if reasons else php(value) if value.pairs else "[]"
    if len(canonical) > MAX_BODY:
        reasons.add("too_large")
    data = None if "too_deep" in reasons or has_torn_key(value) else tagged(value)
    return {
        "reasons": sorted(reasons),
        "data": data,
        "is_value": data is not None and "duplicate_key" not in reasons and not has_whole_float(data),
        "canonical": None if reasons else base64.b64encode(canonical.encode()).decode(),
    }


def read(text: bytes) -> Any:
    """Read a text without losing a digit or a member."""

    def no_number(name: str) -> None:
        raise ValueError(name)

    return json.loads(
        text.decode(),
        parse_int=Number,
        parse_float=Number,
        parse_constant=no_number,
        object_pairs_hook=Members,
    )


def faults(value: Any, depth: int) -> list[str]:
    """Give the reasons against a value."""
    if isinstance(value, Number):
        return number_faults(value.text)
    if isinstance(value, str):
        return ["lone_surrogate"] if is_torn(value) else []
    if isinstance(value, list | Members):
        if depth > MAX_DEPTH:
            return ["too_deep"]
        items = value if isinstance(value, list) else [part for pair in value.pairs for part in pair]
        found = [fault for item in items for fault in faults(item, depth + 1)]
        if isinstance(value, Members) and len({key for key, _ in value.pairs}) < len(value.pairs):
            found.append("duplicate_key")
        return found
    return []


def number_faults(text: str) -> list[str]:
    """Give the reasons against a number."""
    if text == "-0" or set(text) & set(".eE"):
        return ["float"]
    return [] if int(text) in INTEGERS else ["out_of_range"]


def is_torn(text: str) -> bool:
    """Say whether a text holds half of a surrogate pair."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def has_torn_key(value: Any) -> bool:
    """Say whether a key anywhere holds half of a surrogate pair, which tagged data has no form for."""
    if isinstance(value, Members):
        return any(is_torn(key) or has_torn_key(member) for key, member in value.pairs)
    return isinstance(value, list) and any(map(has_torn_key, value))


def php(value: Any) -> str:
    """Write a value as PHP does."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return f"[{','.join(map(php, value))}]"
    if isinstance(value, Members):
        return f"{{{','.join(f'{php(key)}:{php(member)}' for key, member in value.pairs)}}}"
    if isinstance(value, str):
        return f'"{"".join(map(php_character, value))}"'
    return json.dumps(value)


def php_character(character: str) -> str:
    """Write a character as PHP does, which differs from Python in two."""
    return {"/": "\\/", "\x7f": "\x7f"}.get(character) or json.dumps(character)[1:-1]


def tagged(value: Any) -> list[Any]:
    """Give a value as the protocol's tagged data."""
    if isinstance(value, Number):
        return tagged_number(value.text)
    if isinstance(value, list):
        return ["list", [tagged(item) for item in value]]
    if isinstance(value, Members):
        return ["map", [[key, tagged(member)] for key, member in value.pairs]]
    if isinstance(value, str):
        if is_torn(value):
            units = value.encode("utf-16-le", "surrogatepass")
            return ["utf16", [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]]
        return ["text", value]
    return ["null"] if value is None else ["bool", value]


def tagged_number(text: str) -> list[str]:
    """Give a number as tagged data."""
    match number_faults(text):
        case []:
            return ["int", text]
        case ["float"]:
            exponent = text.lower().partition("e")[2]
            return ["float", text] if len(exponent) > LONGEST_EXPONENT else ["float", text, format(Decimal(text), "f")]
        case _:
            return ["int", text, text]


def has_whole_float(node: list[Any]) -> bool:
    """Say whether a number with a fraction or an exponent is an integer all the same."""
    match node:
        case ["float", text, *_]:
            return text != "-0" and float(text).is_integer()
        case ["list", items]:
            return any(map(has_whole_float, items))
        case ["map", pairs]:
            return any(has_whole_float(member) for _, member in pairs)
        case _:
            return False


if __name__ == "__main__":
    main()

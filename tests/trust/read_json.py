"""Parses texts with Python's JSON parser, and decides which of them are valid request bodies.

Reads a list of texts in base64, and prints a list of results. A result is an object with
- `reasons`: why a body with this text must be refused;
- `data`: the value as the tagged data of the runner's protocol, if it can be expressed;
- `is_value`: whether a program can express it with its own values, which exclude duplicate keys and write 2e2 as 200;
- `canonical`: PHP's encoding in base64, if there is no reason to refuse the body.
A number that is not a 64-bit integer has a third item in `data`: its text without an exponent, unless that fills pages.
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
    """A number in its original spelling."""

    text: str


class Members(NamedTuple):
    """An object's members in their original order, duplicates included."""

    pairs: list[tuple[str, Any]]


def main() -> None:
    """Parse the list of standard input."""
    texts = json.load(sys.stdin)
    json.dump([result(base64.b64decode(text)) for text in texts], sys.stdout)


def result(text: bytes) -> dict[str, Any]:
    """Return the result for a text."""
    try:
        value = parse(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {"reasons": ["syntax"], "data": None, "is_value": False, "canonical": None}
    reasons = set(value_reasons(value, 1))
    if not isinstance(value, Members):
        reasons.add("not_an_object")
    canonical = "" if reasons else php(value) if value.pairs else "[]"
    if len(canonical) > MAX_BODY:
        reasons.add("too_large")
    data = None if "too_deep" in reasons or has_lone_surrogate_key(value) else tagged(value)
    return {
        "reasons": sorted(reasons),
        "data": data,
        "is_value": data is not None and "duplicate_key" not in reasons and not has_whole_float(data),
        "canonical": None if reasons else base64.b64encode(canonical.encode()).decode(),
    }


def parse(text: bytes) -> Any:
    """Parse a text without losing digits or members."""

    def reject_constant(name: str) -> None:
        raise ValueError(name)

    return json.loads(
        text.decode(),
        parse_int=Number,
        parse_float=Number,
        parse_constant=reject_constant,
        object_pairs_hook=Members,
    )


def value_reasons(value: Any, depth: int) -> list[str]:
    """Return the reasons to refuse a value."""
    if isinstance(value, Number):
        return number_reasons(value.text)
    if isinstance(value, str):
        return ["lone_surrogate"] if has_lone_surrogate(value) else []
    if isinstance(value, list | Members):
        if depth > MAX_DEPTH:
            return ["too_deep"]
        items = value if isinstance(value, list) else [part for pair in value.pairs for part in pair]
        found = [reason for item in items for reason in value_reasons(item, depth + 1)]
        if isinstance(value, Members) and len({key for key, _ in value.pairs}) < len(value.pairs):
            found.append("duplicate_key")
        return found
    return []


def number_reasons(text: str) -> list[str]:
    """Return the reasons to refuse a number."""
    if text == "-0" or set(text) & set(".eE"):
        return ["float"]
    return [] if int(text) in INTEGERS else ["out_of_range"]


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text contains a lone surrogate."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def has_lone_surrogate_key(value: Any) -> bool:
    """Return whether any key contains a lone surrogate, which tagged data cannot express."""
    if isinstance(value, Members):
        return any(has_lone_surrogate(key) or has_lone_surrogate_key(member) for key, member in value.pairs)
    return isinstance(value, list) and any(map(has_lone_surrogate_key, value))


def php(value: Any) -> str:
    """Encode a value as PHP does."""
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
    """Encode a character as PHP does. Python differs in two characters."""
    return {"/": "\\/", "\x7f": "\x7f"}.get(character) or json.dumps(character)[1:-1]


def tagged(value: Any) -> list[Any]:
    """Convert a value to the protocol's tagged data."""
    if isinstance(value, Number):
        return tagged_number(value.text)
    if isinstance(value, list):
        return ["list", [tagged(item) for item in value]]
    if isinstance(value, Members):
        return ["map", [[key, tagged(member)] for key, member in value.pairs]]
    if isinstance(value, str):
        if has_lone_surrogate(value):
            units = value.encode("utf-16-le", "surrogatepass")
            return ["utf16", [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]]
        return ["text", value]
    return ["null"] if value is None else ["bool", value]


def tagged_number(text: str) -> list[str]:
    """Convert a number to tagged data."""
    match number_reasons(text):
        case []:
            return ["int", text]
        case ["float"]:
            exponent = text.lower().partition("e")[2]
            return ["float", text] if len(exponent) > LONGEST_EXPONENT else ["float", text, format(Decimal(text), "f")]
        case _:
            return ["int", text, text]


def has_whole_float(node: list[Any]) -> bool:
    """Return whether a number with a fraction or an exponent is an integer."""
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

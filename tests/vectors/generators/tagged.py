"""Tagged data, as described in tests/README.md."""

from decimal import Decimal


class Tagged(list):
    """A node with an explicit tag, for values that Python does not have."""


def decimal(digits):
    return Tagged(["decimal", digits])


def floating(digits):
    return Tagged(["float", digits])


def integer(digits):
    return Tagged(["int", digits])


def utf16(*units):
    return Tagged(["utf16", list(units)])


UNDEFINED_VALUE = Tagged(["undefined"])


def tagged(value):
    match value:
        case Tagged():
            return list(value)
        case None:
            return ["null"]
        case bool():
            return ["bool", value]
        case int():
            return ["int", str(value)]
        case str():
            return ["text", value]
        case list():
            return ["list", [tagged(item) for item in value]]
        case dict():
            return ["map", [[key, tagged(item)] for key, item in value.items()]]


def for_php(node):
    """Replaces decimals by plain text: Decimal's format "f" writes no exponent."""
    match node:
        case ["decimal", digits]:
            return ["text", format(Decimal(digits), "f")]
        case ["list", items]:
            return ["list", [for_php(item) for item in items]]
        case ["map", pairs]:
            return ["map", [[key, for_php(item)] for key, item in pairs]]
    return node

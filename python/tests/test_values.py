"""The values of a body."""

from __future__ import annotations

import enum
from collections import OrderedDict, UserDict, namedtuple
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest

import alikassa


class Colour(enum.IntEnum):
    RED = 1


class Pairs(Mapping[str, Any]):
    """A mapping whose items are the given pairs."""

    def __init__(self, *pairs: Any) -> None:
        self.pairs = pairs

    def items(self) -> Any:
        return self.pairs

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return len(self.pairs)


Point = namedtuple("Point", ["x", "y"])  # noqa: PYI024 - an untyped one is a tuple as well


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, b"null"),
        (True, b"true"),
        (False, b"false"),
        (0, b"0"),
        (-(2**63), b"-9223372036854775808"),
        (2**63 - 1, b"9223372036854775807"),
        (Colour.RED, b"1"),
        ("", b'""'),
        ("a/b", rb'"a\/b"'),
        ("\N{CYRILLIC SMALL LETTER ZHE}\N{GRINNING FACE}", rb'"\u0436\ud83d\ude00"'),
        (Decimal("1.50"), b'"1.50"'),
        (Decimal("1E+2"), b'"100"'),
        (Decimal("1E-10"), b'"0.0000000001"'),
        ([], b"[]"),
        ((), b"[]"),
        ({}, b"{}"),
        ([1, [2, (3,)]], b"[1,[2,[3]]]"),
        (Point(1, 2), b"[1,2]"),
        ({"z": 1, "a": 2}, b'{"z":1,"a":2}'),
        (OrderedDict(b=1, a=2), b'{"b":1,"a":2}'),
        (MappingProxyType({"a": 1}), b'{"a":1}'),
        (UserDict({"a": 1}), b'{"a":1}'),
        (Pairs(("a", 1)), b'{"a":1}'),
    ],
)
def test_valid_values(value: Any, written: bytes) -> None:
    assert alikassa.canonical_json({"v": value}) == b'{"v":' + written + b"}"


def deep(levels: int) -> Any:
    nested: Any = 1
    for _ in range(levels):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        (1.0, "v", "float"),
        (float("nan"), "v", "float"),
        (Decimal("NaN"), "v", "float"),
        (Decimal("sNaN"), "v", "float"),
        (Decimal("-Infinity"), "v", "float"),
        (Decimal("1E+999999999999"), "v", "too_large"),
        (Decimal("1E-999999999999"), "v", "too_large"),
        (2**63, "v", "out_of_range"),
        (-(2**63) - 1, "v", "out_of_range"),
        (10**50, "v", "out_of_range"),
        ("a\ud800", "v", "lone_surrogate"),
        ({"\udfff": 1}, "v." + 3 * "\N{REPLACEMENT CHARACTER}", "lone_surrogate"),
        (b"bytes", "v", "type"),
        ({1, 2}, "v", "type"),
        (1j, "v", "type"),
        (Fraction(1, 2), "v", "type"),
        (object(), "v", "type"),
        (iter([1]), "v", "type"),
        ({1: 2}, "v.1", "type"),
        ({None: 2}, "v.None", "type"),
        ([1, {"price": (2, 0.5)}], "v[1].price[1]", "float"),
        (deep(64), "v" + "[0]" * 63, "too_deep"),
        (Pairs(("a", 1), ("a", 2)), "v.a", "duplicate_key"),
        ("x" * 70_000, "", "too_large"),
    ],
)
def test_invalid_values(value: Any, field: str, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.canonical_json({"v": value})
    assert (caught.value.reason, caught.value.field) == (reason, field)


def test_sixty_four_levels_are_not_too_deep() -> None:
    assert alikassa.canonical_json({"v": deep(63)}).count(b"[") == 63


def test_a_list_that_contains_itself_is_too_deep() -> None:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.canonical_json({"v": cyclic})
    assert caught.value.reason == "too_deep"


@pytest.mark.parametrize("body", [None, 1, "{}", [], ()])
def test_a_body_that_is_not_an_object(body: Any) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.canonical_json(body)
    assert (caught.value.reason, caught.value.field) == ("not_an_object", "")


def test_an_empty_body_is_encoded_as_php_does() -> None:
    assert alikassa.canonical_json({}) == b"[]"


def test_an_exception_from_the_caller_s_code_propagates() -> None:
    class Broken(UserDict[str, Any]):
        def items(self) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        alikassa.canonical_json({"v": Broken()})


def test_a_mapping_that_changes_during_the_conversion() -> None:
    class Growing(UserDict[str, Any]):
        def items(self) -> Any:
            body["new"] = 1
            return ()

    body: dict[str, Any] = {"a": Growing(), "b": 2}
    assert alikassa.canonical_json(body) == b'{"a":{},"b":2}'


def test_items_that_are_not_pairs() -> None:
    with pytest.raises(ValueError, match="expected tuple of length 2"):
        alikassa.canonical_json(Pairs(("a", 1, 2)))

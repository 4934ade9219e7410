"""The annotations, as `typing.get_type_hints` and what injects dependencies read them."""

from __future__ import annotations

import inspect
import typing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
import alikassa.testing
from alikassa import _async_resources, _async_statuses, _resources, _statuses, _webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = (alikassa, alikassa.testing, _resources, _async_resources, _statuses, _async_statuses, _webhooks)
CLASSES = [
    value
    for place in PLACES
    for name, value in inspect.getmembers(place, inspect.isclass)
    if name[0] != "_" and value.__module__.startswith("alikassa")
]


def annotated(kind: type) -> Iterator[Any]:
    """Yield a class with the functions of its public methods and properties."""
    yield kind
    for name, member in inspect.getmembers(kind):
        function = member.fget if isinstance(member, property) else member
        if (name[0] != "_" or name == "__init__") and inspect.isroutine(function):
            yield function


@pytest.mark.parametrize("kind", dict.fromkeys(CLASSES), ids=lambda kind: kind.__name__)
def test_type_hints_of_a_class_and_its_methods(kind: type) -> None:
    for owner in annotated(kind):
        hints = typing.get_type_hints(owner)
        assert not [name for name, hint in hints.items() if isinstance(hint, str)]


@pytest.mark.parametrize("kind", dict.fromkeys([*CLASSES, alikassa.Ledger]), ids=lambda kind: kind.__name__)
def test_every_public_method_is_documented(kind: type) -> None:
    assert kind.__doc__
    public = [(name, member) for name, member in inspect.getmembers(kind) if name[0] != "_"]
    for name, member in public:
        is_documented = bool(member.__doc__) or not (inspect.isroutine(member) or isinstance(member, property))
        assert is_documented, name


def test_type_hints_are_the_types_themselves() -> None:
    assert typing.get_type_hints(alikassa.Balance)["balance"] is Decimal
    payment = typing.get_type_hints(alikassa.Payment)
    assert payment["amount"] == Decimal | None
    known, *others = typing.get_args(payment["payment_status"])
    assert (typing.get_args(known), others) == (("wait", "paid", "cancel", "fail"), [str])
    states = ("sending", "accepted", "rejected", "not_sent", "unknown", "released")
    assert typing.get_args(typing.get_type_hints(alikassa.LedgerRow)["state"]) == states
    resolve = typing.get_type_hints(_resources.Payouts.resolve)
    assert resolve["amount"] == str | int | Decimal | None


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_a_framework_asks_for_no_argument_of_from_env(kind: type[alikassa.Client | alikassa.AsyncClient]) -> None:
    assert not inspect.signature(kind.from_env).parameters
    assert typing.get_type_hints(kind.from_env) == {"return": typing.Self}
    assert (kind.from_env.__doc__ or "").startswith("Create a client from environment variables")

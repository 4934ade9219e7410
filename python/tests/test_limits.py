"""Limits of creates, and creates that are not sent. The scenarios have what every language shares."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox import Sandbox

NUMBER = "4111111111111111"


def client_of(sandbox: Sandbox, **options: Any) -> alikassa.Client:
    return alikassa.Client(**sandbox.options, **options)


def limits(**limits: Any) -> dict[str, Any]:
    return {"limits": {"payouts.create": limits}}


@pytest.mark.parametrize("amount", ["4.99", Decimal("4.99"), 4])
def test_a_limit_is_an_amount_of_any_exact_type(sandbox: Sandbox, amount: Any) -> None:
    client = client_of(sandbox, **limits(max_amount=amount))
    with pytest.raises(alikassa.GuardError) as caught:
        client.payouts.create(**payout("B-1", amount="5.00"))
    assert (caught.value.reason, caught.value.outcome) == ("max_amount", "not_sent")
    assert sandbox.creates() == []


@pytest.mark.parametrize("kind", [set, frozenset, tuple, list])
def test_what_is_allowed_is_in_any_collection(sandbox: Sandbox, kind: Callable[[Any], Any]) -> None:
    client = client_of(sandbox, **limits(allowed_numbers=kind([NUMBER]), allowed_services=kind(["card"])))
    client.payouts.create(**payout("B-1", number=NUMBER, service="card"))
    with pytest.raises(alikassa.GuardError):
        client.payouts.create(**payout("B-2", number="4", service="card"))


@pytest.mark.parametrize(
    ("invalid", "field", "reason"),
    [
        ({"max_amount": 5.0}, "limits.payouts.create.max_amount", "float"),
        ({"max_amount": object()}, "limits.payouts.create.max_amount", "type"),
        ({"allowed_numbers": [4]}, "limits.payouts.create.allowed_numbers", "type"),
        ({"allowed_numbers": [[4.0]]}, "limits.payouts.create.allowed_numbers[0][0]", "float"),
        ({"max_sum": "5.00"}, "limits.payouts.create.max_sum", "unknown"),
    ],
)
def test_an_invalid_limit(sandbox: Sandbox, invalid: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client_of(sandbox, **limits(**invalid))
    assert (caught.value.field, caught.value.reason) == (field, reason)


@pytest.mark.parametrize("invalid", [{"payouts.create": 5}, 5, {5: {}}, "payouts.create"])
def test_limits_that_are_no_dict(sandbox: Sandbox, invalid: Any) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client_of(sandbox, limits=invalid)
    assert caught.value.reason == "type"


def test_none_is_no_limit(sandbox: Sandbox) -> None:
    for none in ({"limits": None}, {"limits": {"payouts.create": None}}, limits(max_amount=None, allowed_numbers=None)):
        client_of(sandbox, **none).payouts.create(**payout(str(id(none))))


def test_a_function_runs_on_the_thread_of_the_call(sandbox: Sandbox) -> None:
    asked: list[tuple[str, int]] = []

    def allow(number: str) -> bool:
        asked.append((number, threading.get_ident()))
        return True

    client = client_of(sandbox, **limits(allowed_numbers=allow))
    client.payouts.create(**payout("B-1", number=NUMBER))
    client.request("v1/payout", payout("B-2", number=NUMBER), cert="payout")
    threads: list[int] = []

    def create() -> None:
        threads.append(threading.get_ident())
        client.payouts.create(**payout("B-3", number=NUMBER))

    thread = threading.Thread(target=create)
    thread.start()
    thread.join()
    here = threading.get_ident()
    assert asked == [(NUMBER, here), (NUMBER, here), (NUMBER, threads[0])]
    client.payouts.status(order_id="B-1")
    with pytest.raises(alikassa.InvalidArgumentError):
        client.payouts.create(**payout("B-4", amount="-1"))
    assert len(asked) == len(sandbox.creates()) == 3


def test_a_function_that_raises_refuses_and_says_why(sandbox: Sandbox) -> None:
    def allow(number: str) -> bool:
        message = f"no list for {number}"
        raise LookupError(message)

    client = client_of(sandbox, **limits(allowed_numbers=allow))
    for create in (
        lambda: client.payouts.create(**payout("B-1", number=NUMBER)),
        lambda: client.request("v1/payout", payout("B-1", number=NUMBER), cert="payout"),
    ):
        with pytest.raises(alikassa.GuardError) as caught:
            create()
        assert caught.value.reason == "allowed_numbers"
        assert isinstance(caught.value.__cause__, alikassa.ConfigurationError)
        assert str(caught.value.__cause__) == "the function failed: it raised LookupError"
        assert NUMBER not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.to_dict()}"
    assert sandbox.creates() == []


@pytest.mark.parametrize("result", [None, 1, "yes", []])
def test_a_function_that_returns_no_bool_refuses(sandbox: Sandbox, result: Any) -> None:
    client = client_of(sandbox, **limits(allowed_numbers=lambda _: result))
    with pytest.raises(alikassa.GuardError):
        client.payouts.create(**payout("B-1"))
    assert sandbox.creates() == []


def test_an_exception_that_is_no_error_reaches_the_caller(sandbox: Sandbox) -> None:
    def allow(_: str) -> bool:
        raise KeyboardInterrupt

    client = client_of(sandbox, **limits(allowed_numbers=allow))
    with pytest.raises(KeyboardInterrupt):
        client.payouts.create(**payout("B-1"))
    assert sandbox.creates() == []


def test_a_function_runs_on_the_event_loop_and_cannot_deadlock_it(sandbox: Sandbox) -> None:
    async def program() -> list[Any]:
        loop = asyncio.get_running_loop()

        def allow(number: str) -> bool:
            assert asyncio.get_running_loop() is loop
            return number != "4"

        async with alikassa.AsyncClient(**sandbox.options, **limits(allowed_numbers=allow)) as client:
            creates = [client.payouts.create(**payout(f"B-{n}", number="4" if n % 2 else "5")) for n in range(8)]
            return await asyncio.gather(*creates, return_exceptions=True)

    results = asyncio.run(program())
    assert [isinstance(result, alikassa.GuardError) for result in results] == [False, True] * 4
    assert len(sandbox.creates()) == 4


def test_a_duplicate_is_a_duplicate_whatever_the_function_says(sandbox: Sandbox, tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.sqlite")
    client_of(sandbox, ledger=ledger).payouts.create(**payout("B-1"))
    client = client_of(sandbox, ledger=ledger, **limits(allowed_numbers=lambda _: False))
    with pytest.raises(alikassa.DuplicateOrderError):
        client.payouts.create(**payout("B-1"))
    with pytest.raises(alikassa.GuardError):
        client.payouts.create(**payout("B-2"))


def test_a_client_is_freed_that_its_function_refers_to(sandbox: Sandbox) -> None:
    class Shop:
        def __init__(self) -> None:
            self.client = client_of(sandbox, **limits(allowed_numbers=self.allow))

        def allow(self, _: str) -> bool:
            return True

    shop = weakref.ref(Shop())
    gc.collect()
    assert shop() is None


def test_a_dry_run_returns_a_report(sandbox: Sandbox) -> None:
    client = client_of(sandbox, **limits(max_amount="5.00"))
    report = client.payouts.create(**payout("B-1", number=NUMBER, amount="5.00"), dry_run=True)
    assert isinstance(report, alikassa.DryRun)
    assert (report.operation, report.path, report.order_id) == ("payouts.create", "v1/payout", "B-1")
    assert (report.amount, report.refusal) == (Decimal("5.00"), None)
    assert NUMBER not in f"{report!r} {report.to_dict()} {report.raw!r}"
    raw = client.request("v1/payout", payout("B-1", amount="5.01"), cert="payout", dry_run=True)
    assert (raw.refusal, raw.reason) == ("guard", "max_amount")
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.request("v1/payout/status", {"id": "1"}, cert="payout", read=True, dry_run=True)
    assert caught.value.field == "dry_run"
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.create(**payout("B-1"), dry_run=1)  # type: ignore[call-overload]
    assert (caught.value.field, caught.value.outcome) == ("dry_run", "not_sent")
    assert sandbox.creates() == []


def test_a_dry_run_with_asyncio(sandbox: Sandbox) -> None:
    async def program() -> alikassa.DryRun:
        async with alikassa.AsyncClient(**sandbox.options) as client:
            return await client.payouts.create(**payout("B-1"), dry_run=True)

    assert asyncio.run(program()).path == "v1/payout"
    assert sandbox.creates() == []

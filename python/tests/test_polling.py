"""Resolving an order, and waiting for its final status."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payment, payout

if TYPE_CHECKING:
    from sandbox import Sandbox


def test_resolve_finds_a_created_order(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("close_after_act", "v1/payout")
    with pytest.raises(alikassa.OutcomeUnknownError):
        client.payouts.create(**payout("B-1"))
    for amount, matched_by in (("1", "amount"), (Decimal("1.0"), "amount"), (1, "amount"), (None, "order_id")):
        resolution = client.payouts.resolve("B-1", amount)
        assert isinstance(resolution, alikassa.Resolution)
        assert (resolution.found, resolution.matched_by) == (True, matched_by)
        assert type(resolution.status) is alikassa.Payout
        assert resolution.status.order_id == "B-1"
    shown = "Payout(id=100000537, order_id='B-1', payment_status='wait', amount=Decimal('1.00'))"
    assert repr(resolution) == f"Resolution(found=True, matched_by='order_id', other_id=None, status={shown})"


def test_resolve_does_not_find_a_different_amount_or_a_missing_order(client: alikassa.Client) -> None:
    client.payments.create(**payment("A-1"))
    other = client.payments.resolve("A-1", "499.99", deadline=0.5)
    assert (other.found, other.matched_by) == (False, None)
    assert type(other.status) is alikassa.Payment
    missing = client.payments.resolve("missing", deadline=0.5)
    assert vars(missing) == {"found": False, "status": None, "matched_by": None, "other_id": None}


def test_resolution_is_generic() -> None:
    # Type checkers see a union of two classes.
    resolution: Any = alikassa.Resolution
    assert resolution[alikassa.Payout].__origin__ is resolution


@pytest.mark.parametrize(
    ("arguments", "field", "reason"),
    [
        (("",), "order_id", "empty"),
        ((1,), "order_id", "type"),
        (("A-1", 1.5), "amount", "float"),
        (("A-1", "much"), "amount", "format"),
    ],
)
def test_invalid_arguments_of_resolve(
    client: alikassa.Client, arguments: tuple[Any, ...], field: str, reason: str
) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.resolve(*arguments)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert (caught.value.operation, caught.value.outcome) == ("payouts.resolve", None)


def in_threads() -> list[Any]:
    def on_another_thread(work: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work).result()

    return [pytest.param(lambda work: work(), id="main thread"), pytest.param(on_another_thread, id="another thread")]


@pytest.mark.parametrize("on_thread", in_threads())
def test_wait_returns_the_final_status(client: alikassa.Client, sandbox: Sandbox, on_thread: Any) -> None:
    sandbox.rule("paid", after_reads=3)
    client.payouts.create(**payout("B-1"))
    updates: list[tuple[str, int]] = []

    def wait() -> tuple[alikassa.Payout, int]:
        def on_update(status: alikassa.Payout) -> None:
            assert type(status) is alikassa.Payout
            # The client can be used during the wait.
            assert client.account.balance().currency == "RUB"
            updates.append((status.payment_status, threading.get_ident()))

        return client.payouts.wait(order_id="B-1", interval=0.02, on_update=on_update), threading.get_ident()

    status, thread = on_thread(wait)
    assert (status.payment_status, status.is_final) == ("paid", True)
    assert updates == [("wait", thread), ("wait", thread), ("paid", thread)]
    assert client.payouts.wait(id=status.id) == status


def test_wait_returns_the_last_status_at_the_deadline(client: alikassa.Client, sandbox: Sandbox) -> None:
    client.payments.create(**payment("A-1"))
    started = time.monotonic()
    assert client.payments.wait(order_id="A-1", interval=0.05, deadline=0.5).payment_status == "wait"
    assert 0.3 < time.monotonic() - started < 2
    assert len(sandbox.log()) > 5
    with pytest.raises(alikassa.NotFoundError) as caught:
        client.payments.wait(order_id="missing", interval=0.05, deadline=0.2)
    assert caught.value.operation == "payments.wait"


@pytest.mark.parametrize("on_thread", in_threads())
@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, alikassa.NotFoundError])
def test_an_exception_from_on_update_ends_the_wait(
    client: alikassa.Client, sandbox: Sandbox, on_thread: Any, kind: type[BaseException]
) -> None:
    client.payouts.create(**payout("B-1"))
    before = len(sandbox.log())
    raised = kind("mine")

    def on_update(_: alikassa.Payout) -> None:
        raise raised

    with pytest.raises(kind) as caught:
        on_thread(lambda: client.payouts.wait(order_id="B-1", interval=0.05, on_update=on_update))
    assert caught.value is raised
    assert "alikassa_outcome" not in vars(raised)
    time.sleep(0.2)
    assert len(sandbox.log()) == before + 1


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"order_id": None}, "id", "exactly_one"),
        ({"id": 1}, "id", "exactly_one"),
        ({"interval": 0}, "interval", "out_of_range"),
        ({"interval": 10**6}, "interval", "out_of_range"),
        ({"interval": "1"}, "interval", "type"),
        ({"on_update": 1}, "on_update", "type"),
    ],
)
def test_invalid_arguments_of_wait(client: alikassa.Client, change: dict[str, Any], field: str, reason: str) -> None:
    arguments: dict[str, Any] = {"order_id": "B-1"}
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        client.payouts.wait(**arguments | change)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert caught.value.operation == "payouts.wait"

"""The rows and events of a ledger, its copies, and reports about another id."""

from __future__ import annotations

import pickle
import typing
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa._words import LedgerState
from sandbox import payment, payout

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox

NO_ACCOUNT = "00000000-0000-4000-8000-000000000000"


def test_get(recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any]) -> None:
    assert ledger.get("payouts.create", "B-1") is None
    recorded.payouts.create(**payout("B-1"))
    row = ledger.get("payouts.create", "B-1")
    assert type(row) is alikassa.LedgerRow
    assert [row] == list(ledger.open())
    assert ledger.get("payments.create", "B-1") is None
    nowhere = {"account": NO_ACCOUNT, "base_url": "http://127.0.0.1:1", "digest": "sha1", "max_retries": 0}
    with alikassa.Client(**options | nowhere, ledger=ledger) as other, pytest.raises(alikassa.TransportError):
        other.payouts.create(**payout("B-1"))
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        ledger.get("payouts.create", "B-1")
    assert (caught.value.field, caught.value.reason) == ("account", "required")
    assert ledger.get("payouts.create", order_id="B-1", account=options["account"]) == row
    unsent = ledger.get("payouts.create", "B-1", NO_ACCOUNT)
    assert unsent is not None
    assert (unsent.state, unsent.id, unsent.id_source) == ("not_sent", None, None)


@pytest.mark.parametrize(
    ("arguments", "field", "reason"),
    [
        (("payouts.create", 1), "order_id", "type"),
        ((None, "B-1"), "operation", "type"),
        (("payouts.create", "B-1", 1), "account", "type"),
        (("payouts.create", "\ud800"), "order_id", "lone_surrogate"),
    ],
)
def test_get_refuses_a_wrong_type(ledger: alikassa.Ledger, arguments: tuple[Any, ...], field: str, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        ledger.get(*arguments)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_rows(recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any], sandbox: Sandbox) -> None:
    assert list(ledger.rows()) == []
    recorded.payouts.create(**payout("B-1"))
    sandbox.settle("B-1")
    recorded.payouts.status(order_id="B-1")
    assert list(ledger.open()) == []
    (row,) = ledger.rows()
    assert (type(row), row.order_id, row.payment_status) == (alikassa.LedgerRow, "B-1", "paid")
    selected: list[dict[str, Any]] = [
        {"state": "accepted"},
        {"since": row.updated_ms},
        {"since": -1},
        {"account": options["account"]},
        {"state": None, "since": None, "account": None},
    ]
    assert [list(ledger.rows(**conditions)) for conditions in selected] == [[row]] * len(selected)
    others: list[dict[str, Any]] = [{"state": "unknown"}, {"since": row.updated_ms + 1}, {"account": NO_ACCOUNT}]
    assert [list(ledger.rows(**conditions)) for conditions in others] == [[]] * len(others)


@pytest.mark.parametrize(
    ("conditions", "field", "reason"),
    [
        ({"since": True}, "since", "type"),
        ({"since": 0.5}, "since", "type"),
        ({"since": "0"}, "since", "type"),
        ({"since": 2**63}, "since", "out_of_range"),
        ({"state": 1}, "state", "type"),
        ({"state": "lost"}, "state", "state"),
        ({"account": b"x"}, "account", "type"),
    ],
)
def test_rows_refuse_a_wrong_condition(
    ledger: alikassa.Ledger, conditions: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        ledger.rows(**conditions)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    if reason == "state":
        assert all(f'"{word}"' in caught.value.message for word in typing.get_args(LedgerState))


def test_events(recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any], sandbox: Sandbox) -> None:
    recorded.payouts.create(**payout("B-1"))
    created = list(ledger.events())
    sandbox.settle("B-1")
    recorded.payouts.status(order_id="B-1")
    recorded.payments.create(**payment("A-1"))
    events = list(ledger.events(order_id="B-1"))
    assert [(event.from_state, event.to_state, event.payment_status, event.source) for event in events] == [
        (None, "sending", None, "call"),
        ("sending", "accepted", "wait", "call"),
        ("accepted", "accepted", "paid", "call"),
    ]
    assert events[:2] == created
    assert all(type(event) is alikassa.LedgerEvent for event in events)
    first = events[0]
    assert (first.account, first.operation, first.attempt, first.reason) == (
        options["account"],
        "payouts.create",
        1,
        None,
    )
    assert "payment_status='paid', source='call'" in repr(events[2])
    assert "account" not in repr(first)
    assert pickle.loads(pickle.dumps(first)) == first
    assert len(list(ledger.events())) == len(events) + 2
    assert len(list(ledger.events(operation="payments.create"))) == 2
    assert list(ledger.events(account=NO_ACCOUNT)) == []
    assert list(ledger.events(since=first.time_ms, order_id="B-1", account=options["account"])) == events
    assert list(ledger.events(since=events[-1].time_ms + 1, order_id="B-1")) == []


@pytest.mark.parametrize("name", ["operation", "order_id", "account", "since"])
def test_events_refuse_a_wrong_type(ledger: alikassa.Ledger, name: str) -> None:
    wrong: dict[str, Any] = {name: 0.5}
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        ledger.events(**wrong)
    assert (caught.value.field, caught.value.reason) == (name, "type")


def test_a_restored_copy(
    recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    recorded.payouts.create(**payout("B-1"))
    file = tmp_path / "copy.sqlite"
    ledger.backup(file)
    recorded.payouts.create(**payout("B-2"))
    for wrong, reason in ((str(file), "unusable"), (1, "type")):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            ledger.backup(wrong)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == ("path", reason)
    copy = alikassa.Ledger(file)
    with alikassa.Client(**options, ledger=copy) as client:
        assert [row.order_id for row in client.reconcile()] == ["B-1"]
        with pytest.raises(alikassa.LedgerError, match="resume") as refused:
            client.payouts.create(**payout("B-2"))
        assert refused.value.outcome == "not_sent"
        for wrong_reason, reason in ((" ", "empty"), (None, "type")):
            with pytest.raises(alikassa.InvalidArgumentError) as caught:
                copy.resume(wrong_reason)  # type: ignore[arg-type]
            assert (caught.value.field, caught.value.reason) == ("reason", reason)
        copy.resume(reason="every order since is known")
        client.payouts.create(**payout("B-3"))
    assert [create["order_id"] for create in sandbox.creates()] == ["B-1", "B-2", "B-3"]


def test_resolve_tells_another_id(recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    recorded.payouts.create(**payout("B-1"))
    rows = list(ledger.open())
    body = {"payment_status": "fail", "id": 2**62, "order_id": "B-1", "amount": "1.00"}
    sandbox.fault("http", "v1/payout/status", status=200, body=body)
    resolution = recorded.payouts.resolve("B-1", deadline=0.5)
    assert (resolution.found, resolution.matched_by, resolution.other_id) == (False, None, 2**62)
    assert repr(resolution).startswith(f"Resolution(found=False, matched_by=None, other_id={2**62}, status=Payout(")
    assert pickle.loads(pickle.dumps(resolution)) == resolution
    assert list(ledger.open()) == rows

"""The rows of a ledger, its copies, and reports about another id."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox

NO_ACCOUNT = "00000000-0000-4000-8000-000000000000"


def test_get(recorded: alikassa.Client, ledger: alikassa.Ledger, options: dict[str, Any]) -> None:
    assert ledger.get("payouts.create", "B-1") is None
    recorded.payouts.create(**payout("B-1"))
    row = ledger.get("payouts.create", "B-1")
    assert type(row) is alikassa.LedgerRow
    assert [row] == ledger.open()
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


def test_rows(recorded: alikassa.Client, ledger: alikassa.Ledger, sandbox: Sandbox) -> None:
    assert ledger.rows() == []
    recorded.payouts.create(**payout("B-1"))
    sandbox.settle("B-1")
    recorded.payouts.status(order_id="B-1")
    assert ledger.open() == []
    (row,) = ledger.rows()
    assert (type(row), row.order_id, row.payment_status) == (alikassa.LedgerRow, "B-1", "paid")
    assert ledger.rows(since=row.updated_ms) == ledger.rows(-1) == [row]
    assert ledger.rows(row.updated_ms + 1) == []
    for wrong, reason in ((True, "type"), (0.5, "type"), ("0", "type"), (2**63, "out_of_range")):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            ledger.rows(wrong)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == ("since", reason)


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
    rows = ledger.open()
    body = {"payment_status": "fail", "id": 2**62, "order_id": "B-1", "amount": "1.00"}
    sandbox.fault("http", "v1/payout/status", status=200, body=body)
    resolution = recorded.payouts.resolve("B-1", deadline=0.5)
    assert (resolution.found, resolution.matched_by, resolution.other_id) == (False, None, 2**62)
    assert repr(resolution).startswith(f"Resolution(found=False, matched_by=None, other_id={2**62}, status=Payout(")
    assert pickle.loads(pickle.dumps(resolution)) == resolution
    assert ledger.open() == rows

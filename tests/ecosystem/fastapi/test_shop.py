"""The shop's own tests, with the sandbox."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alikassa.testing import Sandbox
from fastapi.testclient import TestClient

CARD = "4111111111111111"


@pytest.fixture
def shop(alikassa_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The shop with empty databases, in front of the sandbox."""
    for name, value in alikassa_sandbox.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHOP_DB", str(tmp_path / "shop.sqlite"))
    monkeypatch.setenv("SHOP_LEDGER", str(tmp_path / "payouts.sqlite"))
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    import shop

    with TestClient(shop.app) as client:
        yield client


def refunds(folder: Path) -> list[Any]:
    """The refunds of the shop."""
    with sqlite3.connect(folder / "shop.sqlite") as database:
        return database.execute("SELECT amount FROM refunds").fetchall()


def wait_for(shop: TestClient, order_id: str, state: str) -> None:
    """Waits until the task that settles has closed the order."""
    end = time.monotonic() + 20
    while (answer := shop.get(f"/payouts/{order_id}").json())["state"] != state:
        assert time.monotonic() < end, answer
        time.sleep(0.1)


def order(shop: TestClient, amount: str = "5.00") -> Any:
    """A payout that a customer asks for."""
    response = shop.post("/payouts", json={"amount": amount, "card": CARD})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_payout_is_paid(shop: TestClient, alikassa_sandbox: Sandbox, tmp_path: Path) -> None:
    answer = order(shop)
    assert answer["state"] == "open"
    alikassa_sandbox.settle(order_id=answer["order_id"], status="paid")
    wait_for(shop, answer["order_id"], "paid")
    assert refunds(tmp_path) == []


def test_a_lost_response_is_not_refunded(shop: TestClient, alikassa_sandbox: Sandbox, tmp_path: Path) -> None:
    alikassa_sandbox.fault("close_after_act", path="v1/payout")
    answer = order(shop)
    alikassa_sandbox.settle(order_id=answer["order_id"], status="paid")
    wait_for(shop, answer["order_id"], "paid")
    assert refunds(tmp_path) == []
    sent = [payout["order_id"] for payout in alikassa_sandbox.state()["payouts"]]
    assert sent.count(answer["order_id"]) == 1


def test_a_refused_payout_is_refunded_once(shop: TestClient, tmp_path: Path) -> None:
    answer = order(shop, "5000.00")
    wait_for(shop, answer["order_id"], "failed")
    assert refunds(tmp_path) == [("5000.00",)]


def test_a_notification_settles_the_order(shop: TestClient, alikassa_sandbox: Sandbox, tmp_path: Path) -> None:
    answer = order(shop)
    alikassa_sandbox.settle(order_id=answer["order_id"], status="fail")
    message = alikassa_sandbox.forge(answer["order_id"])
    response = shop.get(f"/alikassa/notification?{message['query']}")
    assert response.status_code == 200, response.text
    assert shop.get(f"/payouts/{answer['order_id']}").json()["state"] == "failed"
    assert refunds(tmp_path) == [("5.00",)]
    forged = alikassa_sandbox.forge(answer["order_id"], signature="flipped")
    assert shop.get(f"/alikassa/notification?{forged['query']}").status_code == 400

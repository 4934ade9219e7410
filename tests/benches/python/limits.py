"""Creates with limits of a day that has 10,000 creates, beside creates without limits, each with a ledger in a file.

Both alternate against one sandbox. Prints milliseconds as JSON. The arguments are the server, and a folder of the disk to
write to.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alikassa
from alternate import alternate
from ours import connect

ROUNDS = 40
CALLS = 10
ATTEMPTS = 10_000


def main() -> None:
    """Measures, and prints the results."""
    server: dict[str, Any] = json.loads(sys.argv[1])
    limits = {
        "max_amount": "5000.00",
        "max_per_day": "1000000.00",
        "max_count_per_day": 2 * ATTEMPTS,
        "allowed_services": ["payment_card_rub"],
        "allowed_numbers": ["4111111111111111"],
    }
    options: dict[str, dict[str, Any]] = {"limits": {"limits": {"payouts.create": limits}}, "no limits": {}}
    with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        calls = {name: create(server, Path(folder) / f"{name}.sqlite", more) for name, more in options.items()}
        times = alternate(calls, ROUNDS, CALLS)
        print(json.dumps({name: [1000 * seconds for seconds in each] for name, each in times.items()}))


def create(server: dict[str, Any], path: Path, options: dict[str, Any]) -> Callable[[int], None]:
    """A function that sends a create of a day with many."""
    client = connect(server, ledger=str(path), **options)
    fill(path, server["account"])
    first = time.time_ns()

    def call(number: int) -> None:
        client.payouts.create(
            amount="0.01", number="4111111111111111", order_id=f"{first}-{number}", service="payment_card_rub"
        )

    return call


def fill(path: Path, account: str) -> None:
    """Makes a ledger with this number of attempts today."""
    alikassa.Ledger(path).check()
    now = int(time.time() * 1000)
    columns = "time_ms, account, operation, order_id, attempt, to_state, source, counts, began_ms, amount"
    begun = "?, ?, 'payouts.create', ?, 1, 'sending', 'call', 1, ?, '1.00'"
    with sqlite3.connect(path) as file:
        events = ((now, account, f"old-{n}", now) for n in range(ATTEMPTS))
        file.executemany(f"INSERT INTO events ({columns}) VALUES ({begun})", events)
    file.close()


if __name__ == "__main__":
    main()

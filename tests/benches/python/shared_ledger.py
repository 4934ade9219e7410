"""Creates with a ledger in PostgreSQL, beside a ledger in a file and none; the growth of a ledger; reconciling side by side.

Everything alternates against one sandbox, over TLS. Prints milliseconds as JSON. The arguments are the server, the URLs of
the ledgers by name, and a folder of the disk to write to.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import alikassa
from alternate import alternate, orders
from ours import connect

ROUNDS = 40
CALLS = 10
IN_FLIGHT = 64
RECONCILED = 64
MANY = 1_000_000
FEW = 1_000


def main() -> None:
    """Measures, and prints the results."""
    server, urls = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=sys.argv[3]) as folder:
        files = {name: str(Path(folder) / f"{name}.sqlite") for name in ("file", "few", "many", "open")}
        fill(files["few"], FEW)
        fill(files["many"], MANY)
        ledgers = {"none": None, "file": files["file"], **urls}
        single = {name: ledgers[name] for name in ("none", "file", "database", "pgbouncer")}
        growth = {"file, few": files["few"], "file, many": files["many"]}
        growth |= {"database, few": urls["database"], "database, many": urls["many"]}
        print(
            json.dumps(
                {
                    "creates": creates(server, single),
                    "growth": creates(server, growth),
                    "in_flight": in_flight(server, {name: single[name] for name in ("none", "file", "database")}),
                    "reconcile": {
                        "file": reconcile(server, files["open"]),
                        "database": reconcile(server, urls["open"]),
                    },
                }
            )
        )


def fill(path: str, rows: int) -> None:
    """A ledger with this number of orders that are paid."""
    alikassa.Ledger(path).check()
    columns = (
        "account, operation, order_id, state, attempt, amount, body_tag, id, payment_status, created_ms, updated_ms"
    )
    paid = "'a', 'payouts.create', ?, 'accepted', 1, '1.00', x'00', ?, 'paid', ?, ?"
    with sqlite3.connect(path) as file:
        orders = ((f"old-{n}", n, n, n) for n in range(rows))
        file.executemany(f"INSERT INTO creates ({columns}) VALUES ({paid})", orders)
    file.close()


def create(client: alikassa.Client, order_id: str) -> None:
    """Sends one create."""
    client.payouts.create(amount="0.01", number="4111111111111111", order_id=order_id, service="payment_card_rub")


def creates(server: dict[str, Any], ledgers: dict[str, str | None]) -> dict[str, list[float]]:
    """Milliseconds of a create with each ledger, in turn."""
    first = time.time_ns()

    def call(name: str, client: alikassa.Client) -> Callable[[int], None]:
        return lambda n: create(client, f"{first}-{name}-{n}")

    candidates = {name: call(name, connect(server, ledger=ledger)) for name, ledger in ledgers.items()}
    times = alternate(candidates, ROUNDS, CALLS)
    return {name: [1000 * seconds for seconds in each] for name, each in times.items()}


def in_flight(server: dict[str, Any], ledgers: dict[str, str | None]) -> dict[str, list[float]]:
    """Milliseconds per create with many in flight."""
    clients = {name: connect(server, ledger=ledger) for name, ledger in ledgers.items()}
    times: dict[str, list[float]] = {name: [] for name in clients}
    with ThreadPoolExecutor(IN_FLIGHT) as pool:

        def many(client: alikassa.Client) -> None:
            first = time.time_ns()
            list(pool.map(lambda n: create(client, f"{first}-{n}"), range(4 * IN_FLIGHT)))

        for order in orders(list(clients), 6):
            for name in order:
                times[name].append(milliseconds(many, clients[name]) / (4 * IN_FLIGHT))
    return {name: counted for name, (_, *counted) in times.items()}


def reconcile(server: dict[str, Any], ledger: str) -> dict[str, list[float]]:
    """Milliseconds per row of a reconcile, with one request in flight and with 16."""
    client = connect(server, ledger=ledger)
    first = time.time_ns()
    for n in range(RECONCILED):
        create(client, f"{first}-{n}")
    times: dict[str, list[float]] = {"1": [], "16": []}
    for _ in range(4):
        for concurrency in (1, 16):
            start = time.perf_counter()
            rows = client.reconcile(concurrency=concurrency)
            assert len(rows) == RECONCILED
            times[str(concurrency)].append((time.perf_counter() - start) * 1000 / RECONCILED)
    return times


def milliseconds(function: Callable[..., None], *arguments: object) -> float:
    """The duration of a function in milliseconds."""
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()

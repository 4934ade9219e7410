"""The time that a ledger adds to statuses: those of orders that it has, in a bulk and one by one.

Both clients take turns against one sandbox, over TLS. Prints seconds per status as JSON. The second argument is a folder of the
disk to write to.
"""

from __future__ import annotations

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

import alikassa
from alternate import alternate
from ours import connect

ORDERS = 400
ROUNDS = 40


def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        plain = connect(server, signature_cache=0)
        recorded = connect(server, signature_cache=0, ledger=Path(folder) / "payouts.sqlite")
        for n in range(ORDERS):
            recorded.payouts.create(
                amount="0.01", number="4111111111111111", order_id=f"B-{n}", service="payment_card_rub"
            )
        clients = {"ours": recorded, "no ledger": plain}
        bulk = {name: partial(statuses, client) for name, client in clients.items()}
        single = {name: partial(status, client) for name, client in clients.items()}
        print(json.dumps({"bulk": alternate(bulk, ROUNDS, 1), "single": alternate(single, ROUNDS, 50)}))


def statuses(client: alikassa.Client, _: int) -> None:
    """Requests the statuses of all orders."""
    order_ids = (f"B-{n}" for n in range(ORDERS))
    for result in client.payouts.statuses(order_ids=order_ids, concurrency=16):
        assert result.status is not None, result.error


def status(client: alikassa.Client, n: int) -> None:
    """Requests the status of one order."""
    client.payouts.status(order_id=f"B-{n % ORDERS}")


if __name__ == "__main__":
    main()

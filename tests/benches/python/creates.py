"""The time that a ledger adds to a create, and the time that the signature cache saves for a repeated status.

Everything alternates call by call against one sandbox, over TLS. Prints milliseconds as JSON. The second argument is a folder
of the disk to write to.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alikassa
from ours import connect

ROUNDS = 150
STATUSES = 20


def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        print(json.dumps({"creates": creates(server, Path(folder)), "statuses": statuses(server)}))


def creates(server: dict[str, Any], folder: Path) -> list[tuple[float, float, float]]:
    """For each round: a create without a ledger, a create with a ledger, and one synced write of a page to the same disk."""
    plain, recorded = connect(server), connect(server, ledger=folder / "payouts.sqlite")

    def create(client: alikassa.Client, order_id: str) -> None:
        client.payouts.create(amount="1.00", number="4111111111111111", order_id=order_id, service="payment_card_rub")

    with open(folder / "page", "wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fsync(file.fileno())

        create(plain, "plain"), create(recorded, "recorded"), write()
        return [
            (
                milliseconds(create, plain, f"plain-{n}"),
                milliseconds(create, recorded, f"recorded-{n}"),
                milliseconds(write),
            )
            for n in range(ROUNDS)
        ]


def statuses(server: dict[str, Any]) -> list[tuple[float, float]]:
    """For each round: a repeated status with the signature cache, and without."""
    cached, uncached = connect(server), connect(server, signature_cache=0)

    def status(client: alikassa.Client) -> None:
        for _ in range(STATUSES):
            client.payouts.status(id=100000536)

    status(cached), status(uncached)
    return [(milliseconds(status, cached), milliseconds(status, uncached)) for _ in range(60)]


def milliseconds(function: Callable[..., None], *arguments: object) -> float:
    """The duration of a function in milliseconds."""
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()

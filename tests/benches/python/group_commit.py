"""Creates that are recorded in a ledger's file and never sent: one after another, and many at once.

Nothing listens at the address, so a create is recorded, refused by the system, and recorded as not sent. Prints the
seconds per create as JSON. The arguments are the server, whose account and key are used, and a folder of the disk to
write to.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import alikassa

ROUNDS = 6
IN_FLIGHT = 64
CREATES = 128


def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    with socket.socket() as bound, tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        bound.bind(("127.0.0.1", 0))
        client = alikassa.Client(
            server["account"],
            payout_cert=server["payout_cert"],
            base_url=f"http://127.0.0.1:{bound.getsockname()[1]}",
            digest="sha1",
            max_retries=0,
            ledger=str(Path(folder) / "ledger.sqlite"),
        )
        times = {
            "ours": [measure(client, f"many-{turn}", IN_FLIGHT) for turn in range(ROUNDS)],
            "one after another": [measure(client, f"one-{turn}", 1) for turn in range(ROUNDS)],
        }
        client.close()
    print(json.dumps(times))


def measure(client: alikassa.Client, name: str, in_flight: int) -> float:
    """Seconds per create with so many in flight."""
    with ThreadPoolExecutor(in_flight) as pool:
        started = time.perf_counter()
        list(pool.map(lambda n: create(client, f"{name}-{n}"), range(CREATES)))
        return (time.perf_counter() - started) / CREATES


def create(client: alikassa.Client, order_id: str) -> None:
    """A create that is recorded and not sent."""
    try:
        client.payouts.create(amount="0.01", number="4111111111111111", order_id=order_id, service="payment_card_rub")
    except alikassa.TransportError as error:
        assert error.outcome == "not_sent"
    else:
        raise AssertionError("nothing listens at this address")


if __name__ == "__main__":
    main()

"""B8: what the statuses of so many orders take, and the memory of this process at its highest.

Run once for each number of orders, so that each has a memory of its own. Every order is another one, so that each is signed anew. Prints
as JSON the seconds per status of each thousand, and megabytes.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import alikassa
from ours import connect

EACH = 1_000


def main() -> None:
    """Measure, and print what was measured."""
    server, orders = json.loads(sys.argv[1]), int(sys.argv[2])
    with connect(server) as client:
        ask(client, "warm", EACH)
        seconds = ask(client, "order", orders)
    print(json.dumps({"seconds": seconds, "megabytes": highest_memory()}))


def ask(client: alikassa.Client, name: str, orders: int) -> list[float]:
    """Ask for so many orders, of which the sandbox knows none."""
    seconds = []
    began = time.perf_counter()
    results = client.payouts.statuses(order_ids=(f"{name}-{n}" for n in range(orders)), concurrency=16)
    for n, result in enumerate(results, 1):
        assert isinstance(result.error, alikassa.NotFoundError), result.error
        if n % EACH == 0:
            seconds.append((time.perf_counter() - began) / EACH)
            began = time.perf_counter()
    assert len(seconds) * EACH == orders, f"{len(seconds)} of {orders / EACH} thousands were answered"
    return seconds


def highest_memory() -> float:
    """The most memory this process had at once."""
    status = Path("/proc/self/status").read_text()
    kilobytes = re.search(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    assert kilobytes
    return int(kilobytes[1]) * 1024 / 1_000_000


if __name__ == "__main__":
    main()

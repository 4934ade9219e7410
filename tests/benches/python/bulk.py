"""B8: the time and the peak memory of a bulk request of statuses.

Runs in a process of its own for each number of orders, so that each has its own peak. All orders are distinct, so that each
request is signed. Prints the seconds per status of each thousand, and the peak in megabytes, as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import alikassa
from ours import connect

BATCH = 1_000


def main() -> None:
    """Measures, and prints the results."""
    server, orders = json.loads(sys.argv[1]), int(sys.argv[2])
    with connect(server) as client:
        statuses(client, "warm", BATCH)
        seconds = statuses(client, "order", orders)
    print(json.dumps({"seconds": seconds, "megabytes": peak_memory()}))


def statuses(client: alikassa.Client, prefix: str, orders: int) -> list[float]:
    """Requests the statuses of so many orders, all unknown to the sandbox."""
    seconds = []
    start = time.perf_counter()
    results = client.payouts.statuses(order_ids=(f"{prefix}-{n}" for n in range(orders)), concurrency=16)
    for n, result in enumerate(results, 1):
        assert isinstance(result.error, alikassa.NotFoundError), result.error
        if n % BATCH == 0:
            seconds.append((time.perf_counter() - start) / BATCH)
            start = time.perf_counter()
    assert len(seconds) * BATCH == orders, f"{len(seconds)} of {orders / BATCH} thousands were received"
    return seconds


def peak_memory() -> float:
    """The peak memory of this process in megabytes."""
    status = Path("/proc/self/status").read_text()
    kilobytes = re.search(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    assert kilobytes
    return int(kilobytes[1]) * 1024 / 1_000_000


if __name__ == "__main__":
    main()

"""What the statuses of so many orders take: time for each, and memory at its highest.

Run by `run.py` with the interpreter that has the wheel, once for each number of orders, so that each has a memory of its own. Every order
is another one, so that each is signed anew. Prints JSON.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import alikassa


def main() -> None:
    """Measure, and print what was measured."""
    with subprocess.Popen([sys.argv[1], "--json"], stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout
        ready = json.loads(sandbox.stdout.readline())
        try:
            with client(ready) as asker:
                print(json.dumps(ask(asker, int(sys.argv[2]))))
        finally:
            sandbox.terminate()


def client(ready: dict[str, str]) -> alikassa.Client:
    """A client whose digest is settled, so that nothing but the calls is measured."""
    return alikassa.Client(
        ready["account"],
        payout_cert=ready["payout_cert"],
        base_url=ready["tls_url"],
        ca_file=ready["ca_file"],
        digest="sha1",
    )


def ask(asker: alikassa.Client, orders: int) -> dict[str, float]:
    """Ask for so many orders, of which the sandbox knows none."""
    began = time.perf_counter()
    results = asker.payouts.statuses((str(n) for n in range(orders)), concurrency=16)
    unknown = sum(isinstance(result.error, alikassa.NotFoundError) for result in results)
    took = time.perf_counter() - began
    assert unknown == orders, f"{unknown} of {orders} orders were answered"
    return {"milliseconds": took / orders * 1000, "megabytes": highest_memory()}


def highest_memory() -> float:
    """The most memory this process had at once."""
    status = Path("/proc/self/status").read_text()
    kilobytes = re.search(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    assert kilobytes
    return int(kilobytes[1]) / 1024


if __name__ == "__main__":
    main()

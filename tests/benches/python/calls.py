"""B3 and B4: one call after another over TLS. Prints the seconds per call as JSON.

The second argument is the operation: `distinct`, statuses of changing payouts; `status`, the same status repeatedly; or
`balance`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from alternate import alternate
from ours import connect

from peers import documented, httpx_client, requests_session, urllib3_pool

ROUNDS = 120
CALLS = 10
PEERS = {
    "requests.Session": requests_session,
    "urllib3": urllib3_pool,
    "httpx": httpx_client,
    "documented sample": documented,
}


def main() -> None:
    """Measures, and prints the results."""
    server, operation = json.loads(sys.argv[1]), sys.argv[2]
    candidates = {"ours": ours(server, operation)}
    candidates |= {name: theirs(peer.connect(server), server, operation) for name, peer in PEERS.items()}
    calls = {name: 1 if name == "documented sample" else CALLS for name in candidates}
    print(json.dumps(alternate(candidates, ROUNDS, calls)))


def ours(server: dict[str, Any], operation: str) -> Callable[[int], object]:
    """The code that a user of the library writes."""
    client = connect(server)
    if operation == "balance":
        return lambda _: client.account.balance()
    return lambda n: client.payouts.status(id=payout(server, operation, n))


def theirs(
    call: Callable[[str, dict[str, str]], Any], server: dict[str, Any], operation: str
) -> Callable[[int], object]:
    """The same with a peer. Its response must be the requested one."""

    def status(n: int) -> None:
        id = payout(server, operation, n)
        assert call("v1/payout/status", {"id": str(id)})["id"] == id

    def balance(_: int) -> None:
        assert call("v1/account/balance", {})["currency"] == "RUB"

    return balance if operation == "balance" else status


def payout(server: dict[str, Any], operation: str, n: int) -> int:
    """The id of the payout that the call with this number requests."""
    id: int = server["payouts"][n % len(server["payouts"]) if operation == "distinct" else 0]
    return id


if __name__ == "__main__":
    main()

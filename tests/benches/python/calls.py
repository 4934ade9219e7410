"""B3 and B4: one call after another over TLS. Prints seconds per call as JSON.

What is asked for is the second argument: `distinct`, a status that was not asked for lately; `status`, the same again and again;
or `balance`.
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
EACH = 10
PEERS = {
    "requests.Session": requests_session,
    "urllib3": urllib3_pool,
    "httpx": httpx_client,
    "documented sample": documented,
}


def main() -> None:
    """Measure, and print what was measured."""
    server, asked = json.loads(sys.argv[1]), sys.argv[2]
    contestants = {"ours": ours(server, asked)}
    contestants |= {name: theirs(peer.connect(server), server, asked) for name, peer in PEERS.items()}
    calls = {name: 1 if name == "documented sample" else EACH for name in contestants}
    print(json.dumps(alternate(contestants, ROUNDS, calls)))


def ours(server: dict[str, Any], asked: str) -> Callable[[int], object]:
    """What a user of the library writes."""
    client = connect(server)
    if asked == "balance":
        return lambda _: client.account.balance()
    return lambda n: client.payouts.status(id=payout(server, asked, n))


def theirs(call: Callable[[str, dict[str, str]], Any], server: dict[str, Any], asked: str) -> Callable[[int], object]:
    """The same through a peer, whose answer must be the one asked for."""

    def status(n: int) -> None:
        order = payout(server, asked, n)
        assert call("v1/payout/status", {"id": str(order)})["id"] == order

    def balance(_: int) -> None:
        assert call("v1/account/balance", {})["currency"] == "RUB"

    return balance if asked == "balance" else status


def payout(server: dict[str, Any], asked: str, n: int) -> int:
    """The payout that the call with this number asks for."""
    number: int = server["payouts"][n % len(server["payouts"]) if asked == "distinct" else 0]
    return number


if __name__ == "__main__":
    main()

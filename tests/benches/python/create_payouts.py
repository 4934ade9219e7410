"""Creates payouts in the sandbox, so that there are distinct ones to request. Prints their ids as JSON."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import alikassa


def main() -> None:
    """Creates them with four threads."""
    server, payouts = json.loads(sys.argv[1]), int(sys.argv[2])
    client = alikassa.Client(
        server["account"], payout_cert=server["payout_cert"], base_url=server["url"], digest="sha1"
    )

    def create(n: int) -> int:
        payout = client.payouts.create(
            amount="1.00", number="4111111111111111", order_id=f"bench-{n}", service="payment_card_rub"
        )
        return payout.id

    with client, ThreadPoolExecutor(4) as pool:
        print(json.dumps(list(pool.map(create, range(payouts)))))


if __name__ == "__main__":
    main()

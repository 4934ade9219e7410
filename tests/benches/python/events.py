"""The time that a hook adds to a call: a repeated status of a server on this machine, and a notification, which needs none.

Both clients take turns. The events are delivered while the calls go on, so their whole cost is in the time. Prints seconds
per call as JSON.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from functools import partial
from typing import Any

import alikassa
from alternate import alternate
from ours import connect

ROUNDS = 100
CALLS = 100


def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    events: list[str] = []
    hooks: dict[str, Any] = {"ours": lambda event: events.append(event.kind), "no hook": None}
    query = notification(server["url"])
    clients = {
        name: connect(server, notification_cert=server["notification_cert"], on_event=hook)
        for name, hook in hooks.items()
    }
    statuses = {name: partial(status, client, server["payouts"][0]) for name, client in clients.items()}
    verified = {name: partial(verify, client, query) for name, client in clients.items()}
    times = {"status": alternate(statuses, ROUNDS, CALLS), "verify": alternate(verified, ROUNDS, CALLS)}
    for client in clients.values():
        client.close()
    calls = (ROUNDS + 1) * CALLS
    assert len(events) == 5 * calls, f"{len(events)} events of {calls} statuses and notifications"
    print(json.dumps(times))


def notification(url: str) -> str:
    """The query of a notification, signed by the sandbox."""
    request = urllib.request.Request(f"{url}/_sandbox/notify", json.dumps({"order_id": "1756900030"}).encode())
    with urllib.request.urlopen(request) as response:
        query: str = json.load(response)["query"]
        return query


def status(client: alikassa.Client, id: int, _: int) -> None:
    """Requests a status."""
    client.payouts.status(id=id)


def verify(client: alikassa.Client, query: str, _: int) -> None:
    """Verifies a notification."""
    client.notifications.verify(query=query)


if __name__ == "__main__":
    main()

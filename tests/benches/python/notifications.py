"""The number of notifications that one core verifies per second: in each accepted form, and forged.

The sandbox signs the notifications before the measurement, and processor time is measured, so that only the verification
counts. Prints the notifications per second of each round, by form, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import alikassa

ROUNDS = 20
CALLS = 100


def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    client = alikassa.Client(server["account"], notification_cert=server["notification_cert"])
    print(json.dumps({name: rounds(client, query) for name, query in notifications(server["url"])}))


def notifications(url: str) -> Iterator[tuple[str, str]]:
    """The name and the query of each form."""
    for digest in ("sha1", "sha256"):
        for fields in (10, 11, 12):
            for encoding in ("default", "slashes", "unicode"):
                for partial in ("received", "bool"):
                    form = {"fields": fields, "encoding": encoding, "partial": partial, "digest": digest}
                    yield f"{digest} {fields} {encoding} {partial}", signed_query(url, form)
    yield "forged", signed_query(url, {"fields": 12, "signature": "flipped"})


def signed_query(url: str, form: dict[str, object]) -> str:
    """The query of a notification of this form, signed by the sandbox."""
    options = {"order_id": "1756900030", "desc": "Заказ 1/2", **form}
    request = urllib.request.Request(f"{url}/_sandbox/notify", json.dumps(options).encode())
    with urllib.request.urlopen(request) as response:
        return json.load(response)["query"]


def rounds(client: alikassa.Client, query: str) -> list[float]:
    """Notifications per second in each round."""
    verify(client, query)
    return [per_second(client, query) for _ in range(ROUNDS)]


def per_second(client: alikassa.Client, query: str) -> float:
    """Notifications per second in one round."""
    start = time.process_time()
    for _ in range(CALLS):
        verify(client, query)
    return CALLS / (time.process_time() - start)


def verify(client: alikassa.Client, query: str) -> None:
    """Verifies a notification, which may be refused."""
    with suppress(alikassa.SignatureMismatchError):
        client.notifications.verify(query=query)


if __name__ == "__main__":
    main()

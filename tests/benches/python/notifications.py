"""How many notifications a second one core verifies: in each form that is believed, and forged.

The sandbox makes the messages before the clock starts, and processor time is
counted, so that nothing but the verification is measured. Prints a list of rounds per form as JSON: notifications a second.
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
EACH = 100


def main() -> None:
    """Measure, and print what was measured."""
    server = json.loads(sys.argv[1])
    client = alikassa.Client(server["account"], notification_cert=server["notification_cert"])
    print(json.dumps({name: rounds(client, query) for name, query in messages(server["url"])}))


def messages(url: str) -> Iterator[tuple[str, str]]:
    """A name and the query of each form."""
    for digest in ("sha1", "sha256"):
        for fields in (10, 11, 12):
            for encoding in ("default", "slashes", "unicode"):
                for partial in ("received", "bool"):
                    form = {"fields": fields, "encoding": encoding, "partial": partial, "digest": digest}
                    yield f"{digest} {fields} {encoding} {partial}", forged(url, form)
    yield "forged", forged(url, {"fields": 12, "signature": "flipped"})


def forged(url: str, form: dict[str, object]) -> str:
    """The query of a notification of this form."""
    asked = {"order_id": "1756900030", "desc": "Заказ 1/2", **form}
    request = urllib.request.Request(f"{url}/_sandbox/notify", json.dumps(asked).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["query"]


def rounds(client: alikassa.Client, query: str) -> list[float]:
    """Notifications a second in each round."""
    verify(client, query)
    return [one_round(client, query) for _ in range(ROUNDS)]


def one_round(client: alikassa.Client, query: str) -> float:
    """Verify so many, and tell how many a second that was."""
    began = time.process_time()
    for _ in range(EACH):
        verify(client, query)
    return EACH / (time.process_time() - began)


def verify(client: alikassa.Client, query: str) -> None:
    """Verify one, which may be refused."""
    with suppress(alikassa.SignatureMismatchError):
        client.notifications.verify(query=query)


if __name__ == "__main__":
    main()

"""What a ledger adds to a create, and what the memory of signatures saves when a status is asked for again.

Everything alternates call by call against one sandbox, over TLS. Prints milliseconds as JSON. The second argument is the folder whose disk
is written to.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alikassa
from ours import connect

ROUNDS = 150
QUESTIONS = 20


def main() -> None:
    """Measure, and print what was measured."""
    server = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        print(json.dumps({"creates": creates(server, Path(folder)), "questions": questions(server)}))


def creates(server: dict[str, Any], folder: Path) -> list[tuple[float, float, float]]:
    """For each round: a create without a ledger, one with it, and one durable write of a page to the same disk."""
    plain, recorded = connect(server), connect(server, ledger=folder / "payouts.sqlite")

    def create(payer: alikassa.Client, order_id: str) -> None:
        payer.payouts.create(amount="1.00", number="4111111111111111", order_id=order_id, service="payment_card_rub")

    with open(folder / "floor", "wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fsync(file.fileno())

        create(plain, "plain"), create(recorded, "recorded"), write()
        return [
            (took(create, plain, f"plain-{n}"), took(create, recorded, f"recorded-{n}"), took(write))
            for n in range(ROUNDS)
        ]


def questions(server: dict[str, Any]) -> list[tuple[float, float]]:
    """For each round: a status asked for again and again with the memory of signatures, and without."""
    with_memory, without = connect(server), connect(server, signature_cache=0)

    def ask(asker: alikassa.Client) -> None:
        for _ in range(QUESTIONS):
            asker.payouts.status(id=100000536)

    ask(with_memory), ask(without)
    return [(took(ask, with_memory), took(ask, without)) for _ in range(60)]


def took(act: Callable[..., None], *arguments: object) -> float:
    """The milliseconds that it takes."""
    began = time.perf_counter()
    act(*arguments)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()

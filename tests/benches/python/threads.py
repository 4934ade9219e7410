"""B1b: the same signatures by one thread and by four. Prints seconds per signature as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import alikassa
from alternate import alternate

ROUNDS = 60
EACH = 200
THREADS = 4


def main() -> None:
    """Measure, and print what was measured."""
    key = alikassa.SigningKey.load(sys.argv[1])

    def sign(numbers: Iterator[int]) -> None:
        for n in numbers:
            key.sign(b'{"id":"%d"}' % n, digest="sha1")

    with ThreadPoolExecutor(THREADS) as pool:

        def four(_: int) -> None:
            # One list for all, so that none waits for the slowest.
            list(pool.map(sign, [iter(range(EACH))] * THREADS))

        contestants = {"ours": four, "one thread": lambda _: sign(iter(range(EACH)))}
        times = alternate(contestants, ROUNDS, 1)
    print(json.dumps({name: [taken / EACH for taken in rounds] for name, rounds in times.items()}))


if __name__ == "__main__":
    main()

"""B1b: the same signatures with one thread and with four. Prints the seconds per signature as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import alikassa
from alternate import alternate

ROUNDS = 60
SIGNATURES = 200
THREADS = 4


def main() -> None:
    """Measures, and prints the results."""
    key = alikassa.SigningKey.load(sys.argv[1])

    def sign(numbers: Iterator[int]) -> None:
        for n in numbers:
            key.sign(b'{"id":"%d"}' % n, digest="sha1")

    with ThreadPoolExecutor(THREADS) as pool:

        def sign_with_threads(_: int) -> None:
            # All threads share one iterator, so that none waits for the slowest.
            list(pool.map(sign, [iter(range(SIGNATURES))] * THREADS))

        candidates = {"ours": sign_with_threads, "one thread": lambda _: sign(iter(range(SIGNATURES)))}
        times = alternate(candidates, ROUNDS, 1)
    print(json.dumps({name: [seconds / SIGNATURES for seconds in rounds] for name, rounds in times.items()}))


if __name__ == "__main__":
    main()

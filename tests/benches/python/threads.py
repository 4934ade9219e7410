"""B1b: the same signatures by one thread and by four. Prints seconds per signature as JSON."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import alikassa
from alternate import alternate

ROUNDS = 100
EACH = 80
THREADS = 4


def main() -> None:
    """Measure, and print what was measured."""
    key = alikassa.SigningKey.load(sys.argv[1])

    def sign(start: int, step: int) -> None:
        for n in range(start, EACH, step):
            key.sign(b'{"id":"%d"}' % n, digest="sha1")

    with ThreadPoolExecutor(THREADS) as pool:

        def four(_: int) -> None:
            list(pool.map(lambda thread: sign(thread, THREADS), range(THREADS)))

        contestants = {"ours": four, "one thread": lambda _: sign(0, 1)}
        times = alternate(contestants, ROUNDS, 1)
    print(json.dumps({name: [taken / EACH for taken in rounds] for name, rounds in times.items()}))


if __name__ == "__main__":
    main()

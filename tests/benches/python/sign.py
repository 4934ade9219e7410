"""B1: signing distinct bodies with a loaded key. Prints the seconds per signature as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

from peers import cryptography_key

ROUNDS = 200
CALLS = 5


def main() -> None:
    """Measures, and prints the results."""
    folder = sys.argv[1]
    ours, theirs = alikassa.SigningKey.load(folder), cryptography_key.load_key(folder)
    candidates = {
        "ours": lambda n: ours.sign(body(n), digest="sha1"),
        "cryptography": lambda n: theirs(body(n)),
    }
    print(json.dumps(alternate(candidates, ROUNDS, CALLS)))


def body(n: int) -> bytes:
    """A body that is signed only once."""
    return b'{"id":"%d"}' % n


if __name__ == "__main__":
    main()

"""B1: signing distinct bodies with a key that is loaded. Prints seconds per signature as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

from peers import cryptography_key

ROUNDS = 200
EACH = 5


def main() -> None:
    """Measure, and print what was measured."""
    folder = sys.argv[1]
    ours, theirs = alikassa.SigningKey.load(folder), cryptography_key.load_key(folder)
    contestants = {
        "ours": lambda n: ours.sign(body(n), digest="sha1"),
        "cryptography": lambda n: theirs(body(n)),
    }
    print(json.dumps(alternate(contestants, ROUNDS, EACH)))


def body(n: int) -> bytes:
    """A body that no other signature is over."""
    return b'{"id":"%d"}' % n


if __name__ == "__main__":
    main()

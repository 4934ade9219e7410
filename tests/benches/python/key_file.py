"""B2: from the encrypted key file and its password to a first signature, in a warm process. Prints seconds as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

from peers import documented

ROUNDS = 100


def main() -> None:
    """Measure, and print what was measured."""
    folder = sys.argv[1]
    contestants = {
        "ours": lambda n: alikassa.SigningKey.load(folder).sign(b'{"id":"%d"}' % n, digest="sha1"),
        "documented sample": lambda n: documented.sign(folder, b'{"id":"%d"}' % n),
    }
    print(json.dumps(alternate(contestants, ROUNDS, 1)))


if __name__ == "__main__":
    main()

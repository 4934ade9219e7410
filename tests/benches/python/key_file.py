"""B2: loading the encrypted key file and making the first signature, in a warm process. Prints the seconds as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

from peers import documented

ROUNDS = 100


def main() -> None:
    """Measures, and prints the results."""
    folder = sys.argv[1]
    candidates = {
        "ours": lambda n: alikassa.SigningKey.load(folder).sign(b'{"id":"%d"}' % n, digest="sha1"),
        "documented sample": lambda n: documented.sign(folder, b'{"id":"%d"}' % n),
    }
    print(json.dumps(alternate(candidates, ROUNDS, 1)))


if __name__ == "__main__":
    main()

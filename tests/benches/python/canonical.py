"""B9: encoding a body of twenty fields. Prints the seconds per body as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

ROUNDS = 300
CALLS = 100


def main() -> None:
    """Measures, and prints the results."""
    body = json.loads(sys.argv[1])
    candidates = {
        "ours": lambda _: alikassa.canonical_json(body),
        "json.dumps": lambda _: json.dumps(body, separators=(",", ":")).encode(),
    }
    print(json.dumps(alternate(candidates, ROUNDS, CALLS)))


if __name__ == "__main__":
    main()

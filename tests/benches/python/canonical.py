"""B9: writing a body of twenty fields. Prints seconds per body as JSON."""

from __future__ import annotations

import json
import sys

import alikassa
from alternate import alternate

ROUNDS = 300
EACH = 100


def main() -> None:
    """Measure, and print what was measured."""
    body = json.loads(sys.argv[1])
    contestants = {
        "ours": lambda _: alikassa.canonical_json(body),
        "json.dumps": lambda _: json.dumps(body, separators=(",", ":")).encode(),
    }
    print(json.dumps(alternate(contestants, ROUNDS, EACH)))


if __name__ == "__main__":
    main()

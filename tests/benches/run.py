"""Measures speed and size of what `make dist` built, each row compared with its peers and its bound.

A run of all rows writes docs/performance.md and its drawing; `run.py B3 B4` measures only these, and writes nothing.
"""

from __future__ import annotations

import argparse
import sys

import environment
import machine
import plot
import report
from environment import ROOT
from results import Row
from table import ROWS

PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    """Measures, prints the table, and writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"one of {', '.join(ROWS)}; default: all")
    chosen = parser.parse_args().rows
    if unknown := set(chosen) - set(ROWS):
        parser.error(f"unknown row: {', '.join(sorted(unknown))}")

    environment.prepare()
    head = machine.description()
    rows: list[Row] = []
    for name in chosen or ROWS:
        print(f"{name} …", file=sys.stderr)
        rows += ROWS[name]()
    print(report.for_terminal(rows))
    if not chosen:
        report.write(PAGE, rows, head)
        PAGE.with_suffix(".svg").write_text(plot.draw(rows))
    return 0 if all(row.verdict.is_success for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

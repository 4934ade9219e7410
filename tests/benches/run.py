"""Speed and size of what `make dist` made, each row against its peers and its bound.

All rows together write docs/performance.md and its picture; `run.py B3 B4` measures these alone, and writes nothing.
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
from rows import ROWS

PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    """Measure, print the table, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"one of {', '.join(ROWS)}; all of them unless given")
    chosen = parser.parse_args().rows
    if unknown := set(chosen) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")

    environment.prepare()
    head = machine.description()
    rows: list[Row] = []
    for name in chosen or ROWS:
        print(f"{name} …", file=sys.stderr)
        rows += ROWS[name]()
    print(report.in_terminal(rows))
    if not chosen:
        report.write(PAGE, rows, head)
        PAGE.with_suffix(".svg").write_text(plot.draw(rows))
    return 0 if all(row.verdict.is_well for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

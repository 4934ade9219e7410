"""The rows as text: in the terminal, and in docs/performance.md."""

from __future__ import annotations

from pathlib import Path

from judge import Bound, Interval, Row

BEGIN = "<!-- written by `make bench` from here -->"
END = "<!-- to here -->"
HEADINGS = ("row", "what", "ours", "peer", "the peer's", "must reach", "", "ratio or figure", "95 % interval")

EXPLANATION = """\
`make bench` wrote this section. A ratio is the peer's time over ours, or its size over ours: above 1 this library is
the faster or the smaller one. Library and peer take turns in one process against one server, round by round. The
interval is that of the median, by resampling the rounds. A row fails when all of its interval is on the wrong side of
the bound; it is `undecided` when the interval contains the bound. Peers load their key once and keep their connections,
except for the documented samples, which do what the provider's pages do. [tests/benches](../tests/benches/README.md)
has the programs.
"""


def in_terminal(rows: list[Row]) -> str:
    """A table for reading along."""
    table = [HEADINGS, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in table)
    return "\n".join(line.rstrip() for line in lines)


def write(page: Path, rows: list[Row], head: dict[str, str]) -> None:
    """Write what is between the two marks anew; the rest of the page is written by hand."""
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{generated(rows, head)}\n{END}{after}")


def generated(rows: list[Row], head: dict[str, str]) -> str:
    """Head, picture and table."""
    facts = "\n".join(f"| {name} | {fact} |" for name, fact in head.items())
    table = "\n".join(f"| {' | '.join(line)} |" for line in [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)])
    picture = "![Each ratio with its interval and its bound](performance.svg)"
    return f"{EXPLANATION}\n| | |\n| --- | --- |\n{facts}\n\n{picture}\n\n{table}\n"


def cells(row: Row) -> tuple[str, ...]:
    """A row as text."""
    figure = f"{number(row.value.middle)}{row.unit}"
    bound = limit(row.bound, row.unit) if row.bound else ""
    verdict = row.verdict.value
    return row.number, row.what, row.ours, row.peer, row.theirs, bound, verdict, figure, between(row.value)


def limit(bound: Bound, unit: str) -> str:
    """A bound as text."""
    return f"{'≥' if bound.is_lower else '≤'} {number(bound.limit)}{unit}"


def between(value: Interval) -> str:
    """An interval as text; nothing for what would be the same each time."""
    return "" if value.low == value.high else f"{number(value.low)} to {number(value.high)}"


def number(value: float) -> str:
    """Three digits or all that stand before the point."""
    for digits, least in ((0, 100), (1, 10)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.2f}"

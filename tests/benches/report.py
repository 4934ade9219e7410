"""Prints the rows in the terminal, and writes them to docs/performance.md."""

from __future__ import annotations

from pathlib import Path

from results import Bound, Interval, Row

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


def for_terminal(rows: list[Row]) -> str:
    """The table with aligned columns."""
    table = [HEADINGS, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in table)
    return "\n".join(line.rstrip() for line in lines)


def write(page: Path, rows: list[Row], head: dict[str, str]) -> None:
    """Replaces what is between the two markers; the rest of the page is written by hand."""
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{generated(rows, head)}\n{END}{after}")


def generated(rows: list[Row], head: dict[str, str]) -> str:
    """Head, drawing and table."""
    facts = "\n".join(f"| {name} | {fact} |" for name, fact in head.items())
    table = "\n".join(f"| {' | '.join(line)} |" for line in [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)])
    picture = "![Each ratio with its interval and its bound](performance.svg)"
    return f"{EXPLANATION}\n| | |\n| --- | --- |\n{facts}\n\n{picture}\n\n{table}\n"


def cells(row: Row) -> tuple[str, ...]:
    """The cells of a row."""
    value = f"{number(row.value.median)}{row.unit}"
    bound = limit(row.bound, row.unit) if row.bound else ""
    verdict = row.verdict.value
    return row.number, row.title, row.ours, row.peer, row.theirs, bound, verdict, value, between(row.value)


def limit(bound: Bound, unit: str) -> str:
    """The text of a bound."""
    return f"{'≥' if bound.is_lower else '≤'} {number(bound.limit)}{unit}"


def between(value: Interval) -> str:
    """The text of an interval. Empty for a value that is the same each time."""
    return "" if value.low == value.high else f"{number(value.low)} to {number(value.high)}"


def number(value: float) -> str:
    """A number with three digits, or with all digits before the decimal point."""
    for digits, least in ((0, 100), (1, 10)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.2f}"

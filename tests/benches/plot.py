"""Draws the ratios as an SVG: a bar per row with its interval and its bound, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from itertools import product

from results import Row, Verdict

WIDTH, LABELS, RIGHT, LINE, TOP = 1000, 440, 60, 22, 40

# Colours with enough contrast on white and on black. Text and lines follow the reader's theme.
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.one { stroke: #57606a }
.whisker { stroke: #24292f; stroke-width: 1.5 }
.bound { stroke: #8250df; stroke-width: 3 }
.pass { fill: #2da44e } .fail { fill: #cf222e } .unclear { fill: #bf8700 } .reported { fill: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .one { stroke: #9198a1 }
  .whisker { stroke: #e6edf3 }
  .bound { stroke: #bc8cff }
}
"""
CLASSES = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.UNDECIDED: "unclear",
    Verdict.TOO_NOISY: "unclear",
    Verdict.REPORTED: "reported",
}


def draw(rows: list[Row]) -> str:
    """The drawing of all rows that are ratios."""
    ratios = [row for row in rows if row.unit == "x"]
    scale = Scale(ratios)
    height = TOP + LINE * len(ratios) + 40
    bars = (part for place, row in enumerate(ratios) for part in bar(row, scale, TOP + place * LINE))
    parts = [*grid(scale, height - 40), *bars, *legend(height - 14)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
    title = "<title>Speed of the library as a multiple of its peers' speed</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *parts, "</svg>\n"])


class Scale:
    """Maps a ratio to its horizontal position."""

    def __init__(self, rows: list[Row]) -> None:
        ends = [end for row in rows for end in (*row.value, row.bound.limit if row.bound else 1, 1)]
        steps = (base * 10.0**power for power, base in product(range(-4, 7), (1, 2, 5)))
        self.ticks = [step for step in steps if min(ends) / 2.5 < step < max(ends) * 2.5]
        self.first, self.last = math.log(self.ticks[0]), math.log(self.ticks[-1])

    def x(self, value: float) -> float:
        """The position of a ratio."""
        fraction = (math.log(value) - self.first) / (self.last - self.first)
        return round(LABELS + fraction * (WIDTH - LABELS - RIGHT), 1)


def grid(scale: Scale, bottom: float) -> Iterator[str]:
    """A line and a label for each tick of the scale."""
    for tick in scale.ticks:
        x = scale.x(tick)
        kind = "one" if tick == 1 else "grid"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{bottom}"/>'
        yield f'<text x="{x}" y="{TOP - 16}" text-anchor="middle">{tick:g}x</text>'


def bar(row: Row, scale: Scale, top: float) -> Iterator[str]:
    """The label, bar, interval and bound of a row."""
    low, median, high = map(scale.x, row.value)
    start, centre = scale.x(1), top + LINE / 2
    label = escape(f"{row.number} {row.title}, against {row.peer}")
    yield f'<text x="{LABELS - 12}" y="{centre + 4}" text-anchor="end">{label}</text>'
    left, width = min(start, median), round(abs(median - start), 1)
    yield f'<rect class="{CLASSES[row.verdict]}" x="{left}" y="{top + 4}" width="{width}" height="{LINE - 8}"/>'
    yield f'<path class="whisker" d="M{low} {centre}H{high}M{low} {centre - 4}v8M{high} {centre - 4}v8"/>'
    if row.bound:
        x = scale.x(row.bound.limit)
        yield f'<line class="bound" x1="{x}" x2="{x}" y1="{top + 2}" y2="{top + LINE - 2}"/>'


def legend(y: float) -> Iterator[str]:
    """The meaning of the colours."""
    names = {"pass": "pass", "fail": "fail", "unclear": "undecided", "reported": "no bound"}
    for place, (kind, name) in enumerate(names.items()):
        x = LABELS + place * 110
        yield f'<rect class="{kind}" x="{x}" y="{y - 10}" width="12" height="12"/><text x="{x + 18}" y="{y}">{name}</text>'
    x = LABELS + len(names) * 110
    yield f'<line class="bound" x1="{x}" x2="{x}" y1="{y - 12}" y2="{y + 4}"/><text x="{x + 8}" y="{y}">bound</text>'

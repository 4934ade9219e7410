"""Intervals, bounds and verdicts of the measurements."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

Times = Mapping[str, Sequence[float]]

RESAMPLES = 2000
TOO_WIDE = 0.20


class Verdict(Enum):
    """The result of a row. A row fails only when its whole interval is on the wrong side of its bound."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNDECIDED = "undecided"
    TOO_NOISY = "too noisy"
    REPORTED = "reported"

    @property
    def is_success(self) -> bool:
        """Whether the run may exit with success."""
        return self not in (Verdict.FAIL, Verdict.TOO_NOISY)


class Interval(NamedTuple):
    """A median and its 95 % interval. All three are equal for a value that is not repeated."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Bound:
    """The limit of a row."""

    limit: float
    is_lower: bool

    def check(self, value: Interval) -> Verdict:
        """Compares an interval with the limit."""
        low, median, high = value
        if low >= self.limit if self.is_lower else high <= self.limit:
            return Verdict.PASS
        if high < self.limit if self.is_lower else low > self.limit:
            return Verdict.FAIL
        half_width = max(high - median, median - low)
        return Verdict.TOO_NOISY if half_width > TOO_WIDE * self.limit else Verdict.UNDECIDED


def at_least(limit: float) -> Bound:
    """The value has to be this or more."""
    return Bound(limit, is_lower=True)


def at_most(limit: float) -> Bound:
    """The value has to be this or less."""
    return Bound(limit, is_lower=False)


@dataclass(frozen=True)
class Row:
    """One line of the table. Without a unit of its own, the value is a ratio of speeds, above 1 if the library is faster."""

    number: str
    title: str
    value: Interval
    bound: Bound | None = None
    unit: str = "x"
    ours: str = ""
    peer: str = ""
    theirs: str = ""

    @property
    def verdict(self) -> Verdict:
        """The result of comparing the value with the bound."""
        return self.bound.check(self.value) if self.bound else Verdict.REPORTED


def exactly(value: float) -> Interval:
    """The interval of a value that is the same each time."""
    return Interval(value, value, value)


def interval(values: Sequence[float]) -> Interval:
    """The interval of a median."""
    return bootstrap(lambda sample: statistics.median(sample(values)))


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Interval:
    """The interval of a ratio of two medians whose values were not measured in pairs."""
    return bootstrap(lambda sample: statistics.median(sample(numerators)) / statistics.median(sample(denominators)))


def bootstrap(statistic: Callable[[Callable[[Sequence[float]], Sequence[float]]], float]) -> Interval:
    """The bootstrap interval of a statistic. The seed is fixed, so that the same values give the same interval."""
    source = random.Random(1)
    resampled = sorted(statistic(lambda values: source.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return Interval(resampled[cut], statistic(lambda values: values), resampled[-cut - 1])


def compare(number: str, title: str, times: Times, bounds: Mapping[str, Bound | None]) -> Iterator[Row]:
    """A row for each peer, with the bound of its ratio."""
    ours = times["ours"]
    for peer, bound in bounds.items():
        value = interval([theirs / mine for mine, theirs in zip(ours, times[peer], strict=True)])
        yield Row(number, title, value, bound, ours=duration(ours), peer=peer, theirs=duration(times[peer]))


def duration(seconds: Sequence[float]) -> str:
    """The median, in a suitable unit."""
    median = statistics.median(seconds)
    return f"{median * 1000:.2f} ms" if median >= 1e-4 else f"{median * 1e6:.1f} µs"

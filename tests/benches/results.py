"""What a measurement says about its bound."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

RESAMPLES = 2000
TOO_WIDE = 0.20


class Verdict(Enum):
    """A row fails only when its whole interval is on the wrong side of its bound."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNDECIDED = "undecided"
    TOO_NOISY = "too noisy"
    REPORTED = "reported"

    @property
    def is_well(self) -> bool:
        """Whether a run with it may end without an error."""
        return self not in (Verdict.FAIL, Verdict.TOO_NOISY)


class Interval(NamedTuple):
    """A median between the ends of its 95 % interval; all three are equal when there was nothing to repeat."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Bound:
    """What must be reached."""

    limit: float
    is_lower: bool

    def judge(self, value: Interval) -> Verdict:
        """Whether it is reached."""
        low, middle, high = value
        if low >= self.limit if self.is_lower else high <= self.limit:
            return Verdict.PASS
        if high < self.limit if self.is_lower else low > self.limit:
            return Verdict.FAIL
        half_width = max(high - middle, middle - low)
        return Verdict.TOO_NOISY if half_width > TOO_WIDE * self.limit else Verdict.UNDECIDED


def at_least(limit: float) -> Bound:
    """No less than this."""
    return Bound(limit, is_lower=True)


def at_most(limit: float) -> Bound:
    """No more than this."""
    return Bound(limit, is_lower=False)


@dataclass(frozen=True)
class Row:
    """One line of the table. The value is a ratio of speeds, over 1 when the library is faster, unless it has another unit."""

    number: str
    what: str
    value: Interval
    bound: Bound | None = None
    unit: str = "x"
    ours: str = ""
    peer: str = ""
    theirs: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the value says about the bound."""
        return self.bound.judge(self.value) if self.bound else Verdict.REPORTED


def exactly(value: float) -> Interval:
    """What would be the same each time."""
    return Interval(value, value, value)


def interval(values: Sequence[float]) -> Interval:
    """The median of what was measured again and again."""
    return resampled(lambda choose: statistics.median(choose(values)))


def ratio(above: Sequence[float], below: Sequence[float]) -> Interval:
    """The ratio of two medians whose values were not measured in pairs."""
    return resampled(lambda choose: statistics.median(choose(above)) / statistics.median(choose(below)))


def resampled(statistic: Callable[[Callable[[Sequence[float]], Sequence[float]]], float]) -> Interval:
    """A statistic between what 95 % of its resamples are between; the same every time for the same values."""
    source = random.Random(1)
    others = sorted(statistic(lambda values: source.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return Interval(others[cut], statistic(lambda values: values), others[-cut - 1])

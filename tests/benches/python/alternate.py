"""Measures several candidates in turn, so that other load on the machine affects them all equally."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TypeVar

Result = TypeVar("Result")


def alternate(
    candidates: Mapping[str, Callable[[int], object]], rounds: int, calls: int | Mapping[str, int]
) -> dict[str, list[float]]:
    """Seconds per call in each round. In each round every candidate makes its calls, in changing order.

    The first round is a warm-up and is not counted. A candidate gets the number of its call, which is unique among its
    calls.
    """
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn, order in enumerate(orders(list(candidates), rounds)):
        for name in order:
            call, size = candidates[name], calls if isinstance(calls, int) else calls[name]
            start = time.perf_counter()
            for n in range(turn * size, (turn + 1) * size):
                call(n)
            times[name].append((time.perf_counter() - start) / size)
    return {name: counted for name, (_, *counted) in times.items()}


async def alternate_async(
    candidates: Mapping[str, Callable[[], Awaitable[Result]]], rounds: int
) -> dict[str, list[Result]]:
    """What each candidate returns in each round, in changing order; the first round is a warm-up and is not counted."""
    results: dict[str, list[Result]] = {name: [] for name in candidates}
    for order in orders(list(candidates), rounds):
        for name in order:
            results[name].append(await candidates[name]())
    return {name: counted for name, (_, *counted) in results.items()}


def orders(names: list[str], rounds: int) -> Iterator[list[str]]:
    """The order of each round, the warm-up included: rotated by one each time, and every second one reversed."""
    for turn in range(rounds + 1):
        first = turn % len(names)
        order = names[first:] + names[:first]
        yield order if turn % 2 == 0 else order[::-1]

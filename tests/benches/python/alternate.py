"""Contestants that take turns, so that whatever else the machine does strikes all alike."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TypeVar

Measured = TypeVar("Measured")


def alternate(
    contestants: Mapping[str, Callable[[int], object]], rounds: int, calls: int | Mapping[str, int]
) -> dict[str, list[float]]:
    """Seconds per call in each round, in which everyone makes its calls, in an order that changes; the first round is not counted.

    A contestant gets the number of its call, which no other of its calls has.
    """
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn, order in enumerate(orders(list(contestants), rounds)):
        for name in order:
            act, each = contestants[name], calls if isinstance(calls, int) else calls[name]
            began = time.perf_counter()
            for n in range(turn * each, (turn + 1) * each):
                act(n)
            times[name].append((time.perf_counter() - began) / each)
    return {name: counted for name, (_, *counted) in times.items()}


async def alternate_flights(
    contestants: Mapping[str, Callable[[], Awaitable[Measured]]], rounds: int
) -> dict[str, list[Measured]]:
    """What each contestant measures of itself in each round, in an order that changes; the first round is not counted."""
    measured: dict[str, list[Measured]] = {name: [] for name in contestants}
    for order in orders(list(contestants), rounds):
        for name in order:
            measured[name].append(await contestants[name]())
    return {name: counted for name, (_, *counted) in measured.items()}


def orders(names: list[str], rounds: int) -> Iterator[list[str]]:
    """The order of each round, and of one to warm up: each time another one begins, and every second time they go backwards."""
    for turn in range(rounds + 1):
        first = turn % len(names)
        order = names[first:] + names[:first]
        yield order if turn % 2 == 0 else order[::-1]

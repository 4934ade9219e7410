"""B5 and B7: many calls at once over TLS from one event loop, to a server that takes its time. Prints as JSON what each flight took
per call, and how late the loop then was with what was due, the 99th percentile, both in seconds.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from alternate import alternate_flights
from ours import connect_async

from peers import aiohttp_session

ROUNDS = 20
CALLS = 2_000
AT_ONCE = 200
TICK = 0.001

Ask = Callable[[int], Awaitable[object]]


async def main() -> None:
    """Measure, and print what was measured."""
    server = json.loads(sys.argv[1])
    async with ours(server) as our_ask, aiohttp_session.connect(server, AT_ONCE) as (call, call_with_threads):
        asks = {"ours": our_ask, "aiohttp": theirs(call), "aiohttp, threads sign": theirs(call_with_threads)}
        contestants = {name: partial(flight, ask, server["payouts"]) for name, ask in asks.items()}
        measured = await alternate_flights(contestants, ROUNDS)

    def each(kind: str) -> dict[str, list[float]]:
        return {name: [flown[kind] for flown in rounds] for name, rounds in measured.items()}

    print(json.dumps({"seconds": each("seconds"), "late": each("late")}))


@asynccontextmanager
async def ours(server: dict[str, Any]) -> AsyncIterator[Ask]:
    """What a user of the library writes."""
    async with connect_async(server, max_connections=AT_ONCE) as client:
        yield lambda order: client.payouts.status(id=order)


def theirs(call: aiohttp_session.Call) -> Ask:
    """The same through a peer, whose answer must be the one asked for."""

    async def ask(order: int) -> None:
        assert (await call("v1/payout/status", {"id": str(order)}))["id"] == order

    return ask


async def flight(ask: Ask, payouts: list[int]) -> dict[str, float]:
    """Seconds per call of one flight, and how late the event loop was meanwhile."""
    late: list[float] = []
    watch = asyncio.create_task(watch_loop(late))
    began = time.perf_counter()
    orders = iter(payouts[:CALLS])
    await asyncio.gather(*(ask_all(ask, orders) for _ in range(AT_ONCE)))
    took = time.perf_counter() - began
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch
    return {"seconds": took / CALLS, "late": statistics.quantiles(late, n=100)[98]}


async def ask_all(ask: Ask, orders: Iterator[int]) -> None:
    """Ask for one order after another, as long as there is one."""
    for order in orders:
        await ask(order)


async def watch_loop(late: list[float]) -> None:
    """Note how late the loop comes back, over and over."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - due)


if __name__ == "__main__":
    asyncio.run(main())

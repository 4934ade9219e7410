"""B5 and B7: many concurrent calls over TLS from one event loop, to a server with a delay. Prints, for each round, the
seconds per call and the 99th percentile of the event loop's delay in seconds, as JSON.
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

from alternate import alternate_async
from ours import connect_async

from peers import aiohttp_session

ROUNDS = 20
CALLS = 2_000
CONCURRENCY = 200
TICK = 0.001

Status = Callable[[int], Awaitable[object]]


async def main() -> None:
    """Measures, and prints the results."""
    server = json.loads(sys.argv[1])
    async with (
        ours(server, CONCURRENCY) as our_status,
        aiohttp_session.connect(server, CONCURRENCY) as (call, call_with_threads),
    ):
        clients = {"ours": our_status, "aiohttp": theirs(call), "aiohttp, threads sign": theirs(call_with_threads)}
        candidates = {name: partial(measure, status, server["payouts"]) for name, status in clients.items()}
        measured = await alternate_async(candidates, ROUNDS)

    def column(key: str) -> dict[str, list[float]]:
        return {name: [result[key] for result in rounds] for name, rounds in measured.items()}

    print(json.dumps({"seconds": column("seconds"), "delay": column("delay")}))


@asynccontextmanager
async def ours(server: dict[str, Any], connections: int) -> AsyncIterator[Status]:
    """The code that a user of the library writes."""
    async with connect_async(server, max_connections=connections) as client:
        yield lambda id: client.payouts.status(id=id)


def theirs(call: aiohttp_session.Call) -> Status:
    """The same with a peer. Its response must be the requested one."""

    async def status(id: int) -> None:
        assert (await call("v1/payout/status", {"id": str(id)}))["id"] == id

    return status


async def measure(status: Status, payouts: list[int]) -> dict[str, float]:
    """Seconds per call, and the event loop's delay during the calls."""
    delays: list[float] = []
    monitor = asyncio.create_task(monitor_loop(delays))
    start = time.perf_counter()
    queue = iter(payouts[:CALLS])
    await asyncio.gather(*(work(status, queue) for _ in range(CONCURRENCY)))
    elapsed = time.perf_counter() - start
    monitor.cancel()
    with suppress(asyncio.CancelledError):
        await monitor
    return {"seconds": elapsed / CALLS, "delay": statistics.quantiles(delays, n=100)[98]}


async def work(status: Status, queue: Iterator[int]) -> None:
    """Requests one status after another until the queue is empty."""
    for id in queue:
        await status(id)


async def monitor_loop(delays: list[float]) -> None:
    """Records how late the loop resumes a sleeping task, until it is cancelled."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        delays.append(time.perf_counter() - due)


if __name__ == "__main__":
    asyncio.run(main())

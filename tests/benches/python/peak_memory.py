"""The peak memory of a process with many calls in flight. Prints its bytes as JSON.

The arguments are the server, `ours` or `aiohttp`, and the number of calls in flight. The server waits before each response,
so that all calls are in flight at once.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys

from concurrent_calls import Status, ours, theirs

from peers import aiohttp_session

ROUNDS = 2
# So many calls start at once, for the server accepts connections one by one.
BURST = 20
PAUSE = 0.01


async def main() -> None:
    """Makes the calls, and prints the result."""
    server, whose, in_flight = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    if whose == "ours":
        async with ours(server, in_flight) as status:
            await calls(status, server["payouts"][0], in_flight)
    else:
        async with aiohttp_session.connect(server, in_flight, remembers_signatures=True) as (call, _):
            await calls(theirs(call), server["payouts"][0], in_flight)
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


async def calls(status: Status, payout: int, in_flight: int) -> None:
    """Requests a status so many times at once, and again over the same connections."""
    for _ in range(ROUNDS):
        async with asyncio.TaskGroup() as group:
            for n in range(in_flight):
                group.create_task(call(status, payout))
                if n % BURST == 0:
                    await asyncio.sleep(PAUSE)


async def call(status: Status, payout: int) -> None:
    """One call, as the coroutine that a task needs."""
    await status(payout)


if __name__ == "__main__":
    asyncio.run(main())

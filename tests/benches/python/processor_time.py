"""The processor time of a status without its signature, at several numbers of calls in flight, to a server with a delay.

The same status is requested again and again, so that we and the peer remember its signature. Prints, for each round, the
seconds of processor time and the context switches of this process per call, as JSON. The second argument is the number of
calls in flight.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from functools import partial

from alternate import alternate_async
from concurrent_calls import Status, ours, theirs

from peers import aiohttp_session

ROUNDS = 12
# The server waits 50 ms before each response.
CALLS_PER_CONNECTION = 10


async def main() -> None:
    """Measures, and prints the results."""
    server, in_flight = json.loads(sys.argv[1]), int(sys.argv[2])
    peer = aiohttp_session.connect(server, in_flight, remembers_signatures=True)
    async with ours(server, in_flight) as our_status, peer as (call, _):
        clients = {"ours": our_status, "aiohttp": theirs(call)}
        candidates = {
            name: partial(measure, status, server["payouts"][0], in_flight) for name, status in clients.items()
        }
        measured = await alternate_async(candidates, ROUNDS)
    columns = {
        key: {name: [each[key] for each in rounds] for name, rounds in measured.items()}
        for key in ("seconds", "switches")
    }
    print(json.dumps(columns))


async def measure(status: Status, payout: int, in_flight: int) -> dict[str, float]:
    """Processor time and context switches per call."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(work(status, payout) for _ in range(in_flight)))
    after = resource.getrusage(resource.RUSAGE_SELF)
    calls = in_flight * CALLS_PER_CONNECTION
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    switches = after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw
    return {"seconds": seconds / calls, "switches": switches / calls}


async def work(status: Status, payout: int) -> None:
    """Requests one status after another."""
    for _ in range(CALLS_PER_CONNECTION):
        await status(payout)


if __name__ == "__main__":
    asyncio.run(main())

"""Four calls from four greenlets, while a fifth counts."""

from gevent import monkey

monkey.patch_all()

import gevent

import alikassa

HUB = gevent.get_hub()


def status(client: alikassa.Client) -> str:
    """A call on a thread of the hub."""
    return HUB.threadpool.apply(client.payouts.status, kwds={"order_id": "6422494"}).payment_status


def count(ticks: list[int]) -> None:
    """Adds a tick every 10 ms."""
    while True:
        ticks.append(0)
        gevent.sleep(0.01)


events: list[alikassa.ClientEvent] = []
with alikassa.Client.from_env(on_event=events.append) as client:
    ticks: list[int] = []
    counting = gevent.spawn(count, ticks)
    calls = [gevent.spawn(status, client) for _ in range(4)]
    gevent.joinall(calls, raise_error=True)
    counting.kill()
    print(*{call.value for call in calls}, len(ticks), end=" ")
print(len(events))

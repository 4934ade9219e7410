"""Four calls from four greenlets, while a fifth counts."""

import eventlet

eventlet.monkey_patch()

from eventlet import tpool

import alikassa


def status(client: alikassa.Client) -> str:
    """A call on a thread of the hub."""
    return tpool.execute(client.payouts.status, order_id="6422494").payment_status


def count(ticks: list[int]) -> None:
    """Adds a tick every 10 ms."""
    while True:
        ticks.append(0)
        eventlet.sleep(0.01)


events: list[alikassa.ClientEvent] = []
with alikassa.Client.from_env(on_event=events.append) as client:
    ticks: list[int] = []
    counting = eventlet.spawn(count, ticks)
    calls = [eventlet.spawn(status, client) for _ in range(4)]
    print(*{call.wait() for call in calls}, len(ticks), end=" ")
    counting.kill()
print(len(events))

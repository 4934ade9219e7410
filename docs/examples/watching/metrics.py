"""Metrics of the calls of a client, and of the creates in its ledger whose outcome nobody knows."""

import time
from collections.abc import Iterator

from alikassa import ClientEvent, Ledger
from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CALLS = Counter("alikassa_calls_total", "Calls that ended, by outcome.", ["operation", "outcome"])
SECONDS = Histogram("alikassa_call_seconds", "Duration of calls, with all attempts.", ["operation"])
NOTIFICATIONS = Counter("alikassa_notifications_total", "Notifications that were verified, by result.", ["result"])
DROPPED = Counter("alikassa_events_dropped_total", "Events that this hook was too slow for.")


def count(event: ClientEvent) -> None:
    """Count an event: `Client(…, on_event=count)`."""
    DROPPED.inc(event.dropped)
    if event.kind == "outcome":
        # What became of a create that failed; the code of another error.
        outcome = event.outcome or event.code or "ok"
        CALLS.labels(event.operation, outcome).inc()
        SECONDS.labels(event.operation).observe((event.total_us or 0) / 1_000_000)
    elif event.kind in ("notification_verified", "notification_refused"):
        NOTIFICATIONS.labels(event.code or "ok").inc()


class UnknownOutcomes(Collector):
    """Reads the ledger for each scrape: `REGISTRY.register(UnknownOutcomes(ledger))`.

    A row that is still `sending` counts too: its process may have died.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def collect(self) -> Iterator[GaugeMetricFamily]:
        created = [row.created_ms for state in ("unknown", "sending") for row in self.ledger.rows(state=state)]
        age = time.time() - min(created) / 1000 if created else 0
        yield GaugeMetricFamily("alikassa_unknown_outcomes", "Creates with an unknown outcome.", len(created))
        yield GaugeMetricFamily(
            "alikassa_unknown_outcome_age_seconds", "Age of the oldest of them; 0 without any.", max(age, 0)
        )

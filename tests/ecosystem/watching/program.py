"""Calls with the hooks of docs/examples/watching, and checks what the real SDKs recorded.

Prints the metrics as Prometheus scrapes them.
"""

import contextlib
import sys
import threading
import urllib.request

import alikassa
from metrics import UnknownOutcomes, count
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import REGISTRY, start_http_server
from spans import Spans

EXPORTER = InMemorySpanExporter()
CARD = "4111111111111111"


def main(base_url: str, query: str) -> None:
    """Call, check the spans, and print the metrics."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
    tracer = provider.get_tracer("shop")
    spans = Spans(tracer, base_url)
    ledger = alikassa.Ledger("payouts.sqlite")

    def both(event: alikassa.ClientEvent) -> None:
        count(event)
        spans(event)

    with alikassa.Client.from_env(ledger=ledger, digest="sha1", on_event=both) as client:

        def pay(name: str) -> None:
            with tracer.start_as_current_span(name):
                client.payouts.create(amount="1.00", number=CARD, order_id=name, service="payment_card_rub")

        threads = [threading.Thread(target=pay, args=(f"paid-{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # The sandbox closes the connection after this payout was made.
        with contextlib.suppress(alikassa.OutcomeUnknownError):
            pay("lost")
        # The first response is a 500, so it is sent again.
        client.account.balance()
        client.notifications.verify(query=query)
    check_spans(EXPORTER.get_finished_spans(), base_url)
    REGISTRY.register(UnknownOutcomes(ledger))
    server, serving = start_http_server(0, "127.0.0.1")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as response:
        print(response.read().decode())
    server.shutdown()
    serving.join()


def check_spans(found: tuple[ReadableSpan, ...], base_url: str) -> None:
    """Each call is in the span of its caller, and each attempt in that of its call."""
    by_id = {span.context.span_id: span for span in found}
    calls = [span for span in found if span.kind == SpanKind.CLIENT]
    assert len(calls) == 6, found
    for call in calls:
        assert call.attributes is not None
        assert call.attributes["http.request.method"] == "POST"
        assert call.attributes["server.address"] in base_url
        assert call.end_time >= call.start_time
    creates = [span for span in calls if span.name == "payouts.create"]
    callers = sorted(by_id[span.parent.span_id].name for span in creates)
    assert callers == ["lost", "paid-0", "paid-1", "paid-2", "paid-3"], callers
    (lost,) = [span for span in creates if span.status.status_code == StatusCode.ERROR]
    assert by_id[lost.parent.span_id].name == "lost"
    assert lost.attributes["error.type"] == "outcome_unknown"
    assert lost.attributes["alikassa.outcome"] == "unknown"
    assert [event.attributes.get("alikassa.state") for event in lost.events] == ["sending", "unknown"]
    (balance,) = [span for span in calls if span.name == "account.balance"]
    assert balance.attributes["http.response.status_code"] == 200
    attempts = [span for span in found if span.parent and span.parent.span_id == balance.context.span_id]
    statuses = [span.attributes["http.response.status_code"] for span in attempts]
    assert statuses == [500, 200], statuses
    assert [span.attributes["http.request.resend_count"] for span in attempts] == [0, 1]
    assert "retry" in [event.name for event in balance.events]
    shown = repr([(span.name, span.attributes, [event.attributes for event in span.events]) for span in found])
    assert CARD not in shown
    assert trace.get_current_span().get_span_context().is_valid is False


if __name__ == "__main__":
    main(*sys.argv[1:])

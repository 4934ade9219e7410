"""A hook that makes a span of every call, with a span of each attempt in it.

The current span of the caller, such as that of a web framework's request, is the parent: the hook
runs in the caller's context.
"""

from urllib.parse import urlsplit

from alikassa import ClientEvent
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

Attributes = dict[str, str | int]


class Spans:
    """The hook of one client: `Client(…, on_event=Spans(tracer, base_url))`."""

    def __init__(self, tracer: Tracer, base_url: str) -> None:
        self.tracer = tracer
        server = urlsplit(base_url)
        self.request: Attributes = {
            "http.request.method": "POST",
            "server.address": server.hostname or "",
            "server.port": server.port or 443,
        }
        self.calls: dict[int, Span] = {}
        self.attempts: dict[int, Span] = {}

    def __call__(self, event: ClientEvent) -> None:
        if event.dropped:
            # The end of any of these may be among the events that were dropped.
            self.calls.clear()
            self.attempts.clear()
        number, time = event.call_id, event.time_ms * 1_000_000
        if number is None:
            return
        if event.kind == "call_started":
            self.calls[number] = self.tracer.start_span(
                event.operation, kind=SpanKind.CLIENT, attributes=self.request, start_time=time
            )
        elif number not in self.calls:
            return
        elif event.kind == "attempt_started":
            inside = set_span_in_context(self.calls[number])
            self.attempts[number] = self.tracer.start_span("attempt", context=inside, start_time=time)
        elif event.kind == "attempt_ended":
            response = {"http.response.status_code": event.http_status} if event.http_status else {}
            # An attempt that the provider refused is a retry or the error of the call.
            self.calls[number].set_attributes(response)
            end(self.attempts.pop(number), event, {**response, "http.request.resend_count": (event.attempt or 1) - 1})
        elif event.kind == "outcome":
            end(self.calls.pop(number), event, {"alikassa.outcome": event.outcome} if event.outcome else {})
        else:
            changes: Attributes = {"alikassa.state": event.to_state} if event.to_state else {}
            self.calls[number].add_event(event.kind, changes, time)


def end(span: Span, event: ClientEvent, attributes: Attributes) -> None:
    """End the span at the time of its last event."""
    span.set_attributes(attributes)
    if event.code:
        span.set_attribute("error.type", event.code)
        span.set_status(Status(StatusCode.ERROR))
    span.end(event.time_ms * 1_000_000)

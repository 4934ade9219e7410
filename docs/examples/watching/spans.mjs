// A hook that makes a span of every call, with a span of each attempt in it.
//
// The current span of the caller, such as that of a web framework's request, is the parent: the hook runs in the
// caller's context.

import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** The hook of one client: `new Client({ …, onEvent: spans(tracer, baseUrl) })`. */
export function spans(tracer, baseUrl) {
  const { hostname, port } = new URL(baseUrl);
  const attributes = {
    'http.request.method': 'POST',
    'server.address': hostname,
    'server.port': Number(port) || 443,
  };
  const calls = new Map();
  const attempts = new Map();

  return (event) => {
    if (event.dropped > 0) {
      // The end of any of these may be among the events that were dropped.
      calls.clear();
      attempts.clear();
    }
    const number = event.call_id;
    if (event.kind === 'call_started') {
      const options = { kind: SpanKind.CLIENT, attributes, startTime: event.time_ms };
      calls.set(number, tracer.startSpan(event.operation, options));
      return;
    }
    const call = calls.get(number);
    if (call === undefined) {
      return;
    }
    switch (event.kind) {
      case 'attempt_started': {
        const inside = trace.setSpan(context.active(), call);
        attempts.set(number, tracer.startSpan('attempt', { startTime: event.time_ms }, inside));
        break;
      }
      case 'attempt_ended': {
        const response = event.http_status === null ? {} : { 'http.response.status_code': event.http_status };
        // An attempt that the provider refused is a retry or the error of the call.
        call.setAttributes(response);
        end(attempts.get(number), event, { ...response, 'http.request.resend_count': event.attempt - 1 });
        attempts.delete(number);
        break;
      }
      case 'outcome':
        end(call, event, event.outcome === null ? {} : { 'alikassa.outcome': event.outcome });
        calls.delete(number);
        break;
      default:
        call.addEvent(event.kind, event.to_state === null ? {} : { 'alikassa.state': event.to_state }, event.time_ms);
    }
  };
}

/** Ends the span at the time of its last event. */
function end(span, event, attributes) {
  span.setAttributes(attributes);
  if (event.code !== null) {
    span.setAttribute('error.type', event.code);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(event.time_ms);
}

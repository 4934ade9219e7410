// Calls with the hooks of docs/examples/watching, and checks what the real SDKs recorded.
//
// Prints the metrics as Prometheus scrapes them. The argument is the query of a notification.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { inspect } from 'node:util';

import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Client, Ledger, OutcomeUnknownError } from 'alikassa';
import { register } from 'prom-client';

import { count, watchLedger } from './metrics.mjs';
import { spans } from './spans.mjs';

const CARD = '4111111111111111';
const [baseUrl, query] = process.argv.slice(2);
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = trace.getTracer('shop');

const ledger = new Ledger('payouts.sqlite');
const makeSpans = spans(tracer, baseUrl);
const onEvent = (event) => {
  count(event);
  makeSpans(event);
};
const client = Client.fromEnv({ ledger, digest: 'sha1', onEvent });

const pay = (order_id) =>
  tracer.startActiveSpan(order_id, async (span) => {
    try {
      await client.payouts.create({ amount: '1.00', number: CARD, order_id, service: 'payment_card_rub' });
    } finally {
      span.end();
    }
  });

await Promise.all(['paid-0', 'paid-1', 'paid-2', 'paid-3'].map(pay));
// The sandbox closes the connection after this payout was made.
await assert.rejects(pay('lost'), OutcomeUnknownError);
// The first response is a 500, so it is sent again.
await client.account.balance();
client.notifications.verify({ query });
await client.close();
checkSpans(exporter.getFinishedSpans());

watchLedger(ledger);
const server = createServer(async (_request, response) => {
  response.setHeader('Content-Type', register.contentType);
  response.end(await register.metrics());
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const scraped = await fetch(`http://127.0.0.1:${server.address().port}/metrics`);
console.log(await scraped.text());
server.close();
server.closeAllConnections();

/** Each call is in the span of its caller, and each attempt in that of its call. */
function checkSpans(found) {
  const byId = new Map(found.map((span) => [span.spanContext().spanId, span]));
  const parent = (span) => byId.get(span.parentSpanContext?.spanId);
  const made = found.filter(({ kind }) => kind === SpanKind.CLIENT);
  assert.equal(made.length, 6);
  for (const { attributes } of made) {
    assert.equal(attributes['http.request.method'], 'POST');
    assert.equal(`https://${attributes['server.address']}:${attributes['server.port']}`, baseUrl);
  }
  const creates = made.filter(({ name }) => name === 'payouts.create');
  const callers = creates.map((span) => parent(span).name).sort();
  assert.deepEqual(callers, ['lost', 'paid-0', 'paid-1', 'paid-2', 'paid-3']);
  const [lost, ...otherFailures] = creates.filter(({ status }) => status.code === SpanStatusCode.ERROR);
  assert.deepEqual(otherFailures, []);
  assert.equal(parent(lost).name, 'lost');
  assert.equal(lost.attributes['error.type'], 'outcome_unknown');
  assert.equal(lost.attributes['alikassa.outcome'], 'unknown');
  assert.deepEqual(lost.events.map(({ attributes }) => attributes['alikassa.state']), ['sending', 'unknown']);
  const balance = made.find(({ name }) => name === 'account.balance');
  assert.equal(balance.attributes['http.response.status_code'], 200);
  assert.deepEqual(balance.events.map(({ name }) => name), ['retry']);
  const attempts = found.filter((span) => parent(span) === balance);
  const attribute = (name) => attempts.map(({ attributes }) => attributes[name]);
  assert.deepEqual(attribute('http.response.status_code'), [500, 200]);
  assert.deepEqual(attribute('http.request.resend_count'), [0, 1]);
  assert.ok(!inspect(found, { depth: 8 }).includes(CARD));
}

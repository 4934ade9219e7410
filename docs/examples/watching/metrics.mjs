// Metrics of the calls of a client, and of the creates in its ledger whose outcome nobody knows.

import { Counter, Gauge, Histogram } from 'prom-client';

const calls = new Counter({
  name: 'alikassa_calls_total',
  help: 'Calls that ended, by outcome.',
  labelNames: ['operation', 'outcome'],
});
const seconds = new Histogram({
  name: 'alikassa_call_seconds',
  help: 'Duration of calls, with all attempts.',
  labelNames: ['operation'],
});
const notifications = new Counter({
  name: 'alikassa_notifications_total',
  help: 'Notifications that were verified, by result.',
  labelNames: ['result'],
});
const dropped = new Counter({
  name: 'alikassa_events_dropped_total',
  help: 'Events that this hook was too slow for.',
});

/** Counts an event: `new Client({ …, onEvent: count })`. */
export function count(event) {
  dropped.inc(event.dropped);
  if (event.kind === 'outcome') {
    // What became of a create that failed; the code of another error.
    const outcome = event.outcome ?? event.code ?? 'ok';
    calls.inc({ operation: event.operation, outcome });
    seconds.observe({ operation: event.operation }, event.total_us / 1_000_000);
  } else if (event.kind === 'notification_verified' || event.kind === 'notification_refused') {
    notifications.inc({ result: event.code ?? 'ok' });
  }
}

/**
 * Reads the ledger for each scrape. A row that is still `sending` counts too: its process may have died.
 */
export function watchLedger(ledger) {
  const age = new Gauge({
    name: 'alikassa_unknown_outcome_age_seconds',
    help: 'Age of the oldest of them; 0 without any.',
  });
  new Gauge({
    name: 'alikassa_unknown_outcomes',
    help: 'Creates with an unknown outcome.',
    async collect() {
      const created = [];
      for (const state of ['unknown', 'sending']) {
        for await (const { created_ms } of ledger.rows({ state })) {
          created.push(created_ms);
        }
      }
      this.set(created.length);
      age.set(created.length === 0 ? 0 : Math.max(0, (Date.now() - Math.min(...created)) / 1000));
    },
  });
}

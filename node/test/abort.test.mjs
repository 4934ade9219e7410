// AbortSignal: aborted before a call starts, in the queue, in flight, and after the end.

import assert from 'node:assert/strict';
import { getEventListeners, getMaxListeners } from 'node:events';
import { beforeEach, test } from 'node:test';

import {
  alikassa,
  consumerFolder,
  failure,
  ledgerPath,
  payoutOf,
  run,
  startSandbox,
} from './support.mjs';

const { CancelledError, Ledger, OutcomeUnknownError } = alikassa;
const sandbox = await startSandbox();
const reason = new Error('no longer needed');

beforeEach(() => sandbox.reset());

test('a call with an aborted signal is not sent', async () => {
  const signal = AbortSignal.abort(reason);
  const client = sandbox.client();
  const error = await failure(client.payouts.status({ order_id: '6422494' }, { signal }));
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'payouts.status');
  assert.equal(error.order_id, '6422494');
  assert.equal(error.toJSON().cause, 'Error: no longer needed');
  assert.deepEqual(await sandbox.log(), []);
});

test('an invalid argument is reported even if the signal is aborted', async () => {
  const error = await failure(sandbox.client().payouts.status({}, { signal: AbortSignal.abort() }));
  assert.equal(error.name, 'InvalidArgumentError');
});

test('a call aborted in the queue is never sent', async () => {
  const client = sandbox.client({ maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 300 });
  const first = client.account.balance();
  await sandbox.faultsApplied();
  const controller = new AbortController();
  const queued = failure(client.payouts.status({ id: '1' }, { signal: controller.signal }));
  controller.abort(reason);

  const error = await queued;
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  assert.equal(error.cause, reason);
  await first;
  await client.close();
  assert.deepEqual(
    (await sandbox.log()).map(({ path }) => path),
    ['/v1/account/balance'],
  );
});

test('a call aborted in flight is rejected at once', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const controller = new AbortController();
  const running = failure(sandbox.client().account.balance({ signal: controller.signal }));
  await sandbox.faultsApplied();
  const before = performance.now();
  controller.abort(reason);

  const error = await running;
  assert.ok(performance.now() - before < 5000);
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, undefined);
  assert.equal(error.cause, reason);
});

test('a timeout signal cancels the call with its TimeoutError as the cause', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const error = await failure(
    sandbox.client().account.balance({ signal: AbortSignal.timeout(50) }),
  );
  assert.equal(error.cause.name, 'TimeoutError');
});

test('a raw request is cancelled by its signal', async () => {
  const options = { cert: 'payout', read: true, signal: AbortSignal.abort(reason) };
  const error = await failure(sandbox.client().request('v1/payout/status', { id: '1' }, options));
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'v1/payout/status');
});

test('calls that share a signal add one listener, which is removed after the last call', async () => {
  const client = sandbox.client();
  const { signal } = new AbortController();
  const good = client.account.balance({ signal });
  const bad = failure(client.payouts.status({ id: 'none' }, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  await bad;
  assert.equal((await good).currency, 'RUB');
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('one signal cancels twenty calls without a leak warning', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000, times: 20 });
  const warnings = [];
  const listen = (warning) => warnings.push(warning);
  process.on('warning', listen);
  const client = sandbox.client();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 20 }, () => failure(client.account.balance({ signal })));
  await sandbox.faultsApplied();
  controller.abort(reason);
  for (const error of await Promise.all(calls)) {
    assert.equal(error.cause, reason);
  }
  process.off('warning', listen);
  assert.deepEqual(warnings, []);
  assert.equal(getMaxListeners(signal), getMaxListeners(new AbortController().signal));
});

test('a finished call leaves the other calls subscribed to its signal', async () => {
  const client = sandbox.client();
  const controller = new AbortController();
  const { signal } = controller;
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const running = failure(client.account.balance({ signal }));
  await sandbox.faultsApplied();
  await client.account.balance({ signal });
  controller.abort(reason);
  assert.equal((await running).cause, reason);
});

test('a create with an aborted signal is never sent', async () => {
  const client = sandbox.client({ ledger: ledgerPath() });
  const signal = AbortSignal.abort(reason);
  const error = await failure(client.payouts.create(payoutOf('B-1'), { signal }));
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'payouts.create');
  assert.equal(error.order_id, 'B-1');
  assert.deepEqual(await sandbox.log(), []);
  assert.deepEqual(await client.ledger.open(), []);
});

test('a signal aborted by a getter of the request cancels the call', async () => {
  // The only connection is busy, so the create waits in the queue.
  const client = sandbox.client({ maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 300 });
  const first = client.account.balance();
  await sandbox.faultsApplied();
  for (const create of [
    (request, options) => client.payouts.create(request, options),
    (request, options) => client.request('v1/payout', request, { cert: 'payout', ...options }),
  ]) {
    const controller = new AbortController();
    const get = () => {
      controller.abort(reason);
      return '79990000000';
    };
    const request = Object.defineProperty(payoutOf('B-1'), 'customer_phone', {
      enumerable: true,
      get,
    });
    const error = await failure(create(request, { signal: controller.signal }));
    assert.ok(error instanceof CancelledError);
    assert.equal(error.outcome, 'not_sent');
  }
  await first;
  assert.equal(await sandbox.sent('/v1/payout'), 0);
});

test('a create aborted in the queue is never sent', async () => {
  const client = sandbox.client({ maxConnections: 1, ledger: ledgerPath() });
  await sandbox.fault({ fault: 'stall', n: 300 });
  const first = client.account.balance();
  await sandbox.faultsApplied();
  const controller = new AbortController();
  const { signal } = controller;
  const queued = failure(client.payouts.create(payoutOf('B-1'), { signal }));
  controller.abort(reason);
  const error = await queued;
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  assert.equal(error.cause, reason);
  await first;
  await client.close();
  assert.equal(await sandbox.sent('/v1/payout'), 0);
  assert.deepEqual(await client.ledger.open(), []);
});

test('a create aborted before its first byte is never sent', async () => {
  const client = sandbox.client({ ledger: ledgerPath() });
  // The digest is not known yet, so a read detects it first.
  await sandbox.fault({ fault: 'stall', n: 300, match: { path: 'v1/account/balance' } });
  const controller = new AbortController();
  const { signal } = controller;
  const running = failure(client.payouts.create(payoutOf('B-1'), { signal }));
  await sandbox.faultsApplied();
  controller.abort(reason);
  const error = await running;
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  await client.close();
  assert.equal(await sandbox.sent('/v1/payout'), 0);
  assert.deepEqual(await client.ledger.open(), []);
});

test('a create aborted in flight is rejected as unknown at once, and the ledger records its outcome', async () => {
  const client = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  await sandbox.fault({ fault: 'stall', n: 700, match: { path: 'v1/payout' } });
  const controller = new AbortController();
  const { signal } = controller;
  const running = failure(client.payouts.create(payoutOf('B-1'), { signal }));
  await sandbox.faultsApplied();
  const before = performance.now();
  controller.abort(reason);
  const error = await running;
  assert.ok(performance.now() - before < 500);

  assert.ok(error instanceof OutcomeUnknownError);
  assert.equal(error.outcome, 'unknown');
  assert.equal(error.phase, 'receive');
  assert.equal(error.operation, 'payouts.create');
  assert.equal(error.order_id, 'B-1');
  assert.ok(error.cause instanceof CancelledError);
  assert.equal(error.cause.cause, reason);
  assert.equal(error.toJSON().cause.cause, 'Error: no longer needed');

  const [sending] = await client.ledger.open();
  assert.equal(sending.state, 'sending');
  await client.close();
  const [row] = await client.ledger.open();
  assert.equal(row.state, 'accepted');
  assert.equal(row.id, 100000537);
  assert.equal(await sandbox.sent('/v1/payout'), 1);
});

/** A signal that is not an AbortSignal. */
function signalOf(methods) {
  const target = new EventTarget();
  return {
    aborted: false,
    abort: () => target.dispatchEvent(new Event('abort')),
    addEventListener: (name, listener) => target.addEventListener(name, listener),
    removeEventListener: (name, listener) => target.removeEventListener(name, listener),
    ...methods,
  };
}

function throwReason() {
  throw reason;
}

test('an error that the signal throws on subscription propagates, and nothing is sent', async () => {
  const client = sandbox.client({ ledger: ledgerPath() });
  const withoutListeners = signalOf({ addEventListener: throwReason });
  const withoutState = Object.defineProperty(signalOf(), 'aborted', { get: throwReason });
  for (const signal of [withoutListeners, withoutState]) {
    assert.equal(await failure(client.payouts.create(payoutOf('B-1'), { signal })), reason);
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(await sandbox.log(), []);
  assert.deepEqual(await client.ledger.open(), []);
});

test('an error that the signal throws after a create was sent does not replace the outcome', async () => {
  const client = sandbox.client({ digest: 'sha1' });
  const withoutRemoval = signalOf({ removeEventListener: throwReason });
  const created = await client.payouts.create(payoutOf('B-1'), { signal: withoutRemoval });
  assert.equal(created.payment_status, 'wait');

  await sandbox.fault({ fault: 'stall', n: 300, match: { path: 'v1/payout' } });
  const signal = Object.defineProperty(signalOf(), 'reason', { get: throwReason });
  const running = failure(client.payouts.create(payoutOf('B-2'), { signal }));
  await sandbox.faultsApplied();
  signal.abort();
  const error = await running;
  assert.ok(error instanceof OutcomeUnknownError, error.stack);
  assert.equal(error.cause.cause, reason);
});

/** A script that aborts a create in flight and waits for nothing else. */
const abortCreate = `
  const { Client } = require('alikassa');
  const { options, request } = DATA;
  const controller = new AbortController();
  const client = new Client(options);
  client.payouts.create(request, { signal: controller.signal }).catch(({ name }) => console.log(name));
  setTimeout(() => controller.abort(), 300);`;

for (const [where, wrap] of [
  ['process', (source) => source],
  [
    'worker',
    (source) => `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(source)}, { eval: true });
      worker.on('exit', () => console.log('exit'));`,
  ],
]) {
  test(`a ${where} exits after its aborted create has been recorded in the ledger`, async () => {
    const folder = await consumerFolder();
    const path = ledgerPath();
    await sandbox.fault({ fault: 'stall', n: 1200, match: { path: 'v1/payout' } });
    const options = { ...sandbox.options, digest: 'sha1', ledger: path };
    const data = JSON.stringify({ options, request: payoutOf('B-1') });
    const argv = ['-e', wrap(abortCreate.replace('DATA', data))];
    const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: folder });
    const expected = where === 'worker' ? 'OutcomeUnknownError\nexit\n' : 'OutcomeUnknownError\n';
    assert.deepEqual({ code, stdout }, { code: 0, stdout: expected }, stderr);
    const [row] = await new Ledger(path).open();
    assert.equal(row.state, 'accepted');
  });
}

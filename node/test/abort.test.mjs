// AbortSignal: before a call begins, in the queue, on its way, and after its end.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { beforeEach, test } from 'node:test';

import { alikassa, failure, startSandbox } from './support.mjs';

const { CancelledError } = alikassa;
const sandbox = await startSandbox();
const reason = new Error('not wanted any more');

beforeEach(() => sandbox.reset());

test('an aborted signal: nothing is sent', async () => {
  const signal = AbortSignal.abort(reason);
  const client = sandbox.client();
  const error = await failure(client.payouts.status({ order_id: '6422494' }, { signal }));
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, 'not_sent');
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'payouts.status');
  assert.equal(error.order_id, '6422494');
  assert.equal(error.toJSON().cause, 'Error: not wanted any more');
  assert.deepEqual(await sandbox.log(), []);
});

test('an aborted signal does not hide a bad argument', async () => {
  const error = await failure(sandbox.client().payouts.status({}, { signal: AbortSignal.abort() }));
  assert.equal(error.name, 'InvalidArgumentError');
});

test('in the queue: the call is never sent', async () => {
  const client = sandbox.client({ maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 300 });
  const first = client.account.balance();
  await sandbox.struck();
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

test('on its way: the promise is rejected at once', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const controller = new AbortController();
  const running = failure(sandbox.client().account.balance({ signal: controller.signal }));
  await sandbox.struck();
  const before = performance.now();
  controller.abort(reason);

  const error = await running;
  assert.ok(performance.now() - before < 5000);
  assert.ok(error instanceof CancelledError);
  assert.equal(error.outcome, undefined);
  assert.equal(error.cause, reason);
});

test('a signal that times out is a reason like any other', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const error = await failure(
    sandbox.client().account.balance({ signal: AbortSignal.timeout(50) }),
  );
  assert.equal(error.cause.name, 'TimeoutError');
});

test('a raw request is cancelled in the same way', async () => {
  const options = { cert: 'payout', read: true, signal: AbortSignal.abort(reason) };
  const error = await failure(sandbox.client().request('v1/payout/status', { id: '1' }, options));
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'v1/payout/status');
});

test('after its end no call listens', async () => {
  const client = sandbox.client();
  const { signal } = new AbortController();
  const good = client.account.balance({ signal });
  const bad = failure(client.payouts.status({ id: 'none' }, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 2);
  await Promise.all([good, bad]);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('one signal ends any number of calls, without a warning', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000, times: 20 });
  const warnings = [];
  const listen = (warning) => warnings.push(warning);
  process.on('warning', listen);
  const client = sandbox.client();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 20 }, () => failure(client.account.balance({ signal })));
  await sandbox.struck();
  controller.abort(reason);
  for (const error of await Promise.all(calls)) {
    assert.equal(error.cause, reason);
  }
  process.off('warning', listen);
  assert.deepEqual(warnings, []);
});

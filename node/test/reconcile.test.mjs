// Reconciling the open rows of a ledger, at once and row by row.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import { alikassa, collect, failure, ledgerPath, payoutOf, startSandbox } from './support.mjs';

const { ApiError, AuthenticationError, ConfigurationError, InvalidArgumentError } = alikassa;
const { LedgerRow, Reconciled } = alikassa;
const sandbox = await startSandbox();
const path = '/v1/payout/status';
const FIRST_ID = 100000537;
const ORDERS = ['L-0', 'L-1', 'L-2', 'L-3', 'L-4', 'L-5'];

/** A client whose ledger has open rows. */
let client;

beforeEach(async () => {
  await sandbox.reset();
  client = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  for (const order_id of ORDERS) {
    await client.payouts.create(payoutOf(order_id));
  }
});

const orderIds = (settled) => settled.map(({ row }) => row.order_id);

/** Sets a fault for the request about one row. */
const fault = (number, fields) => sandbox.fault({ ...fields, match: { path, order_id: String(FIRST_ID + number) } });

/** A later iteration has every row, once the earlier one has given its rows back. */
async function assertSeesAllAgain() {
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await collect(client.iterReconcile())).length === ORDERS.length) {
      return;
    }
    await sleep(100);
  }
  assert.fail('rows are missing');
}

test('rows come as they settle, with several requests in flight', async () => {
  await fault(0, { fault: 'stall', n: 700 });
  const settled = await collect(client.iterReconcile());
  assert.deepEqual([...orderIds(settled)].sort(), ORDERS);
  assert.equal(orderIds(settled).at(-1), 'L-0');
  assert.equal(await sandbox.sent(path), ORDERS.length);
  const [one] = settled;
  assert.ok(one instanceof Reconciled && Object.isFrozen(one) && one.row instanceof LedgerRow);
  assert.deepEqual(Object.keys(one), ['row', 'error', 'other_id']);
  assert.equal(inspect(one), `Reconciled ${inspect({ row: one.row, error: null, other_id: null })}`);
});

test('the list is sorted, and onProgress counts the rows', async () => {
  await fault(0, { fault: 'stall', n: 700 });
  await sandbox.settle({ order_id: 'L-1', status: 'paid' });
  const counts = [];
  const onProgress = (...count) => counts.push(count);
  const rows = await client.reconcile({ concurrency: 3, onProgress });
  assert.deepEqual(rows.map(({ order_id }) => order_id), ORDERS);
  assert.equal(rows[1].payment_status, 'paid');
  assert.deepEqual(counts, ORDERS.map((_, index) => [index + 1, 0]));
});

test('an error about one row comes with it, and the other rows follow', async () => {
  await fault(0, { fault: 'http', status: 400, times: 2 });
  const counts = [];
  const error = await failure(client.reconcile({ onProgress: (...count) => counts.push(count) }));
  assert.ok(error instanceof ApiError, error.stack);
  assert.equal(error.operation, 'reconcile');
  assert.deepEqual(counts.at(-1), [ORDERS.length, 1]);
  const settled = await collect(client.iterReconcile());
  assert.deepEqual([...orderIds(settled)].sort(), ORDERS);
  const [failed, ...others] = settled.filter((one) => one.error !== null);
  assert.deepEqual([failed.row.order_id, failed.error.code, others.length], ['L-0', error.code, 0]);
  assert.match(inspect(failed), new RegExp(`error: '${error.name}'`));
});

test('another id with the order_id of a row is told', async () => {
  await fault(0, { fault: 'http', status: 404, body: { message: 'no' } });
  const body = { payment_status: 'fail', id: 7, order_id: 'L-0', amount: '1.00' };
  await sandbox.fault({ fault: 'http', status: 200, body, match: { path, order_id: 'L-0' } });
  const settled = await collect(client.iterReconcile());
  const others = settled.filter(({ other_id }) => other_id !== null);
  assert.deepEqual(others.map(({ row, other_id }) => [row.order_id, other_id]), [['L-0', 7]]);
});

test('an error about every row ends it at once', async () => {
  await sandbox.fault({ fault: 'http', status: 401, times: -1, match: { path } });
  for (const work of [client.reconcile({ concurrency: 1 }), collect(client.iterReconcile({ concurrency: 1 }))]) {
    const error = await failure(work);
    assert.ok(error instanceof AuthenticationError, error.stack);
    assert.equal(error.operation, 'reconcile');
  }
  assert.ok((await sandbox.sent(path)) <= 2);
});

test('invalid options and a client without a ledger are refused', async () => {
  for (const [options, field, reason] of [
    [{ concurrency: 0 }, 'concurrency', 'out_of_range'],
    [{ concurrency: 4097 }, 'concurrency', 'out_of_range'],
    [{ rate: 0 }, 'rate', 'out_of_range'],
    [{ rate: '1' }, 'rate', 'type'],
    [{ deadline: 0 }, 'deadline', 'out_of_range'],
    [{ ids: [] }, 'ids', 'unknown'],
  ]) {
    const iterated = async () => client.iterReconcile(options);
    for (const work of [client.reconcile(options), iterated()]) {
      const error = await failure(work);
      assert.ok(error instanceof InvalidArgumentError, error.stack);
      assert.deepEqual([error.field, error.reason, error.operation], [field, reason, 'reconcile']);
    }
  }
  assert.equal((await failure(client.reconcile({ onProgress: 1 }))).reason, 'type');
  assert.throws(() => client.iterReconcile({ onProgress() {} }), { field: 'onProgress', reason: 'unknown' });
  assert.throws(() => sandbox.client().iterReconcile(), ConfigurationError);
  assert.equal(await sandbox.sent(path), 0);
});

test('an error thrown by onProgress ends it and propagates unchanged', async () => {
  const error = new RangeError('enough');
  const onProgress = () => {
    throw error;
  };
  assert.equal(await failure(client.reconcile({ concurrency: 1, onProgress })), error);
  await assertSeesAllAgain();
});

for (const how of ['break', 'return', 'abort']) {
  test(`${how} cancels the requests in flight, and the next reconcile has all rows`, async () => {
    for (let number = 1; number < ORDERS.length; number += 1) {
      await fault(number, { fault: 'stall', n: 15_000 });
    }
    const controller = new AbortController();
    const started = performance.now();
    const results = client.iterReconcile({ signal: controller.signal });
    assert.equal((await results.next()).value.row.order_id, 'L-0');
    await sandbox.faultsApplied();
    if (how === 'break') {
      const waiting = results.next();
      await results[Symbol.asyncDispose]();
      assert.deepEqual(await waiting, { done: true, value: undefined });
    } else if (how === 'return') {
      assert.deepEqual(await results.return(), { done: true, value: undefined });
    } else {
      const waiting = failure(results.next());
      const reason = new Error('no longer needed');
      controller.abort(reason);
      const error = await waiting;
      assert.deepEqual([error.name, error.cause, error.operation], ['CancelledError', reason, 'reconcile']);
    }
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    await assertSeesAllAgain();
    assert.ok(performance.now() - started < 10_000);
  });
}

test('an aborted reconcile is rejected, and an aborted signal sends nothing', async () => {
  await sandbox.fault({ fault: 'stall', n: 15_000, times: ORDERS.length, match: { path } });
  const controller = new AbortController();
  const waiting = failure(client.reconcile({ signal: controller.signal }));
  await sandbox.faultsApplied();
  controller.abort();
  assert.equal((await waiting).name, 'CancelledError');
  const sent = await sandbox.sent(path);
  assert.equal((await failure(client.reconcile({ signal: controller.signal }))).name, 'CancelledError');
  assert.equal(await sandbox.sent(path), sent);
});

test('the event loop turns meanwhile', async () => {
  await sandbox.fault({ fault: 'stall', n: 300, times: -1, match: { path } });
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  assert.equal((await client.reconcile({ rate: 100 })).length, ORDERS.length);
  clearInterval(timer);
  assert.ok(ticks > 10, `the event loop turned ${ticks} times`);
});

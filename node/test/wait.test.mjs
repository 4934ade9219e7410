// Repeated status requests: wait with its updates, and resolve for a create without a response.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import {
  alikassa,
  consumerFolder,
  failure,
  ledgerPath,
  paymentOf,
  payoutOf,
  run,
  startSandbox,
} from './support.mjs';

const { InvalidArgumentError, OutcomeUnknownError, Payment, Payout, Resolution } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client({ digest: 'sha1' });
const fast = { interval: 20, deadline: 5000 };

beforeEach(() => sandbox.reset());

test('wait passes each status to onUpdate and returns the final one', async () => {
  await sandbox.addRule({ status: 'paid', after_reads: 3 });
  for (const [calls, kind, request] of [
    [client.payments, Payment, paymentOf('W-1')],
    [client.payouts, Payout, payoutOf('W-1')],
  ]) {
    const { id } = await calls.create(request);
    const updates = [];
    const status = await calls.wait({ id }, { ...fast, onUpdate: (update) => updates.push(update) });
    assert.ok(status instanceof kind);
    assert.equal(status.payment_status, 'paid');
    assert.ok(updates.every((update) => update instanceof kind && update.id === id));
    assert.deepEqual(
      updates.map(({ payment_status }) => payment_status),
      ['wait', 'wait', 'paid'],
    );
  }
});

test('wait works without onUpdate, and with an order_id', async () => {
  assert.equal((await client.payouts.wait({ order_id: '6422494' })).payment_status, 'paid');
  assert.equal((await client.payouts.wait({ order_id: '6422494' }, { onUpdate: null })).id, 100000536);
});

test('wait returns the last status at the deadline, and does not block the event loop', async () => {
  await client.payouts.create(payoutOf('W-1'));
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  const updates = [];
  const onUpdate = ({ payment_status }) => updates.push(payment_status);
  const options = { interval: 50, deadline: 400, onUpdate };
  const status = await client.payouts.wait({ order_id: 'W-1' }, options);
  clearInterval(timer);
  assert.equal(status.payment_status, 'wait');
  assert.equal(status.is_final, false);
  assert.ok(updates.length > 2, `${updates.length} updates`);
  assert.ok(ticks > 10, `the event loop turned ${ticks} times`);
});

for (const thrown of [new RangeError('enough'), 'a text', undefined, Symbol('enough')]) {
  test(`an error thrown by onUpdate ends the wait and propagates unchanged: ${inspect(thrown).split('\n')[0]}`, async () => {
    await client.payouts.create(payoutOf('W-1'));
    let calls = 0;
    const onUpdate = () => {
      calls += 1;
      throw thrown;
    };
    const waiting = client.payouts.wait({ order_id: 'W-1' }, { ...fast, onUpdate });
    const outcome = await waiting.then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    assert.ok('error' in outcome);
    assert.equal(outcome.error, thrown);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(calls, 1);
    assert.equal(await sandbox.sent('/v1/payout/status'), 1);
  });
}

test('onUpdate runs in the async context of its own wait', async () => {
  const caller = new AsyncLocalStorage();
  const updatesOf = (name) =>
    caller.run(name, async () => {
      const seen = [];
      const onUpdate = () => seen.push(caller.getStore());
      await client.payouts.wait({ order_id: '6422494' }, { onUpdate });
      return seen;
    });
  const names = ['alice', 'bob', 'carol'];
  assert.deepEqual(await Promise.all(names.map(updatesOf)), [['alice'], ['bob'], ['carol']]);
});

test('an aborted wait ends at once and calls onUpdate no more', async () => {
  await client.payouts.create(payoutOf('W-1'));
  const controller = new AbortController();
  const reason = new Error('no longer needed');
  const updates = [];
  const onUpdate = (update) => {
    updates.push(update);
    controller.abort(reason);
  };
  const options = { ...fast, onUpdate, signal: controller.signal };
  const error = await failure(client.payouts.wait({ order_id: 'W-1' }, options));
  assert.equal(error.name, 'CancelledError');
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'payouts.wait');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(updates.length, 1);
});

test('an update that arrives before the abort but is not delivered yet is dropped', async () => {
  const controller = new AbortController();
  const updates = [];
  const onUpdate = (update) => updates.push(update);
  const options = { onUpdate, signal: controller.signal };
  const waiting = failure(client.payouts.wait({ order_id: '6422494' }, options));
  const until = performance.now() + 500;
  while (performance.now() < until);
  controller.abort();
  assert.equal((await waiting).name, 'CancelledError');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(updates, []);
});

test('invalid arguments of wait and resolve are refused', async () => {
  const order = { order_id: 'W-1' };
  const cases = [
    [() => client.payouts.wait(order, { interval: 5 }), 'interval', 'out_of_range'],
    [() => client.payouts.wait(order, { interval: '20' }), 'interval', 'type'],
    [() => client.payouts.wait(order, { onUpdate: 'x' }), 'onUpdate', 'type'],
    [() => client.payouts.wait(order, { amount: '1' }), 'amount', 'unknown'],
    [() => client.payouts.wait(order, 5), 'options', 'type'],
    [() => client.payouts.wait({}), 'id', 'exactly_one'],
    [() => client.payouts.resolve(), 'order_id', 'required'],
    [() => client.payouts.resolve(1), 'order_id', 'type'],
    [() => client.payouts.resolve('W-1', { amount: 0.5 }), 'amount', 'float'],
    [() => client.payouts.resolve('W-1', { amount: 'x' }), 'amount', 'format'],
    [() => client.payouts.resolve('W-1', { interval: 20 }), 'interval', 'unknown'],
    [() => client.payouts.resolve('W-1', 5), 'options', 'type'],
  ];
  for (const [call, field, reason] of cases) {
    const error = await failure(call);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
    assert.match(error.operation, /^payouts\.(wait|resolve)$/);
    assert.equal(error.outcome, undefined);
  }
  assert.deepEqual(await sandbox.log(), []);
});

test('resolve finds a payout by the amount in the ledger', async () => {
  const recording = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  await sandbox.fault({ fault: 'close_after_act' });
  const error = await failure(recording.payouts.create(payoutOf('W-1')));
  assert.ok(error instanceof OutcomeUnknownError);

  const resolution = await recording.payouts.resolve('W-1');
  assert.ok(resolution instanceof Resolution);
  assert.equal(resolution.found, true);
  assert.equal(resolution.matched_by, 'amount');
  assert.ok(resolution.status instanceof Payout);
  assert.equal(resolution.status.order_id, 'W-1');
  assert.ok(Object.isFrozen(resolution));
  assert.match(inspect(resolution), /^Resolution \{\s+found: true,\s+status: Payout \{[^}]*id: 100000537/);
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(resolution))), [
    'found',
    'status',
    'matched_by',
    'other_id',
  ]);
  const [row] = await recording.ledger.open();
  assert.equal(row.state, 'accepted');

  const differs = await failure(recording.payouts.resolve('W-1', { amount: '11' }));
  assert.deepEqual([differs.field, differs.reason], ['amount', 'differs']);
});

test('resolve tells another id with the order_id', async () => {
  const recording = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  await recording.payouts.create(payoutOf('W-1'));
  const rows = await recording.ledger.open();
  const { order_id, amount } = rows[0];
  for (const other of [100000538, 2n ** 62n]) {
    // Written by hand: JSON.stringify does not write a bigint.
    const body = `{"payment_status":"fail","id":${other},"order_id":"${order_id}","amount":"${amount}"}`;
    const match = { path: 'v1/payout/status' };
    await sandbox.fault({ fault: 'http', status: 200, body, match });
    const resolution = await recording.payouts.resolve('W-1', { deadline: 500 });
    const { found, matched_by, other_id } = resolution;
    assert.deepEqual({ found, matched_by, other_id }, { found: false, matched_by: null, other_id: other });
    assert.match(inspect(resolution), new RegExp(`other_id: ${other}`));
  }
  assert.deepEqual(await recording.ledger.open(), rows);
});

test('without a ledger resolve compares the amount option', async () => {
  await client.payments.create(paymentOf('W-1'));
  const { found, matched_by, status } = await client.payments.resolve('W-1', { amount: '500' });
  assert.deepEqual({ found, matched_by }, { found: true, matched_by: 'amount' });
  assert.ok(status instanceof Payment);
  assert.equal((await client.payments.resolve('W-1')).matched_by, 'order_id');

  const other = await client.payments.resolve('W-1', { amount: '501', deadline: 500 });
  assert.deepEqual([other.found, other.matched_by], [false, null]);
  assert.ok(other.status instanceof Payment);
  const none = await client.payments.resolve('W-2', { amount: '501', deadline: 500 });
  assert.deepEqual({ ...none }, { found: false, status: null, matched_by: null, other_id: null });
});

test('a wait keeps the process alive, and an aborted wait does not', async () => {
  const folder = await consumerFolder();
  const script = (options) => `
    const { Client } = require('alikassa');
    const client = new Client(${JSON.stringify({ ...sandbox.options, digest: 'sha1' })});
    client.payouts.wait({ order_id: 'W-1' }, ${options}).then(
      ({ payment_status }) => console.log(payment_status),
      ({ name }) => console.log(name),
    );`;
  await client.payouts.create(payoutOf('W-1'));
  const listening = '{ interval: 50, deadline: 600, onUpdate() {} }';
  const waited = await run(process.execPath, ['-e', script(listening)], { cwd: folder });
  assert.deepEqual([waited.code, waited.stdout], [0, 'wait\n'], waited.stderr);

  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const before = performance.now();
  const aborted = '{ onUpdate() {}, signal: AbortSignal.timeout(300) }';
  const ended = await run(process.execPath, ['-e', script(aborted)], { cwd: folder });
  assert.deepEqual([ended.code, ended.stdout], [0, 'CancelledError\n'], ended.stderr);
  assert.ok(performance.now() - before < 8000);
});

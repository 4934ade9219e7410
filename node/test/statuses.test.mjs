// The statuses of many orders: results, pace of the requests, and errors of the caller's code.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import {
  alikassa,
  collect,
  collectWarnings,
  endlessOrders,
  failure,
  native,
  pending,
  queue,
  startSandbox,
} from './support.mjs';

const { InvalidArgumentError, NotFoundError, Payment, Payout, StatusResult } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client({ digest: 'sha1' });
const path = '/v1/payout/status';
const PAID = 100000536;

beforeEach(() => sandbox.reset());

/** Asserts that no further request arrives at the sandbox. */
async function assertQuiet() {
  // Requests in flight still arrive.
  await sleep(300);
  const before = await sandbox.sent(path);
  await sleep(300);
  assert.equal(await sandbox.sent(path), before, 'requests are still sent');
}

test('each order has one result, with the key it was passed by and its status or error', async () => {
  const ids = ['1', PAID, 2, 3n, String(PAID), BigInt(PAID)];
  const results = await collect(client.payouts.statuses({ ids }));
  assert.deepEqual(new Set(results.map(({ id }) => id)), new Set(ids));
  assert.equal(results.length, ids.length);
  for (const result of results) {
    assert.ok(result instanceof StatusResult && Object.isFrozen(result));
    assert.equal(result.order_id, null);
    if (String(result.id) === String(PAID)) {
      assert.ok(result.status instanceof Payout);
      assert.equal(result.status.payment_status, 'paid');
      assert.equal(result.error, null);
    } else {
      assert.equal(result.status, null);
      assert.ok(result.error instanceof NotFoundError);
      assert.equal(result.error.operation, 'payouts.status');
    }
  }
  assert.equal((await sandbox.log()).length, ids.length);
});

test('orders can be passed by order_id, in any iterable', async () => {
  const order_ids = ['1756900030', 'A-2'];
  async function* later() {
    for (const order_id of order_ids) {
      await sleep(10);
      yield order_id;
    }
  }
  for (const given of [order_ids, new Set(order_ids), order_ids.values(), later()]) {
    const results = await collect(client.payments.statuses({ order_ids: given }));
    const [known, unknown] = results.sort((one, other) => (one.order_id < other.order_id ? -1 : 1));
    assert.deepEqual([known.id, known.order_id, known.error], [null, '1756900030', null]);
    assert.ok(known.status instanceof Payment);
    assert.deepEqual([unknown.order_id, unknown.status, unknown.error.code], ['A-2', null, 'not_found']);
    assert.equal(unknown.error.order_id, 'A-2');
  }
  assert.deepEqual(await collect(client.payments.statuses({ ids: [] })), []);
});

test('inspect shows the order and its status or error name; JSON has everything', async () => {
  const [known] = await collect(client.payouts.statuses({ ids: [BigInt(PAID)] }));
  assert.equal(inspect(known), `StatusResult { id: ${PAID}n, payment_status: 'paid' }`);
  assert.equal(JSON.parse(JSON.stringify(known)).id, String(PAID));
  assert.equal(JSON.parse(JSON.stringify(known)).status.payment_status, 'paid');
  const [unknown] = await collect(client.payouts.statuses({ order_ids: ['B-1'] }));
  assert.equal(inspect(unknown), `StatusResult { order_id: 'B-1', error: 'NotFoundError' }`);
  assert.equal(JSON.parse(JSON.stringify(unknown)).error.code, 'not_found');
  const [refused] = await collect(client.payouts.statuses({ ids: [{ number: '4111111111111111' }] }));
  assert.equal(inspect(refused), `StatusResult { id: 'object', error: 'InvalidArgumentError' }`);
});

test('an invalid order has a result with its error, is not sent, and does not stop the others', async () => {
  const invalid = [
    [null, 'type'],
    [undefined, 'type'],
    [true, 'type'],
    [1.5, 'float'],
    [NaN, 'float'],
    [2n ** 64n, 'out_of_range'],
    [{ id: 1 }, 'type'],
    [['1'], 'type'],
    [Symbol('1'), 'type'],
    [() => '1', 'type'],
    ['\ud800', 'lone_surrogate'],
    ['', 'empty'],
    ['1'.repeat(129), 'too_long'],
  ];
  const ids = [PAID, ...invalid.map(([id]) => id), PAID];
  const results = await collect(client.payouts.statuses({ ids }));
  assert.equal(results.length, ids.length);
  assert.equal(results.filter(({ status }) => status?.payment_status === 'paid').length, 2);
  for (const [id, reason] of invalid) {
    const found = results.filter((result) => Object.is(result.id, id ?? null));
    const { error, status } = found[0];
    assert.equal(status, null);
    assert.equal(error.reason, reason);
    assert.ok(error instanceof InvalidArgumentError, inspect(error));
    assert.deepEqual([error.field, error.operation], ['id', 'payouts.status']);
  }
  assert.equal((await sandbox.log()).length, 2);
  const [{ order_id, error }] = await collect(client.payouts.statuses({ order_ids: [5] }));
  assert.deepEqual([order_id, error.field, error.reason], [5, 'order_id', 'type']);
});

test('invalid arguments are refused at once, before a request', async () => {
  const cases = [
    [undefined, undefined, 'ids', 'exactly_one'],
    [{}, undefined, 'ids', 'exactly_one'],
    [{ ids: [], order_ids: [] }, undefined, 'ids', 'exactly_one'],
    [5, undefined, 'orders', 'type'],
    [['1'], undefined, 'orders', 'type'],
    [{ id: '1' }, undefined, 'id', 'unknown'],
    [{ ids: '1' }, undefined, 'ids', 'type'],
    [{ ids: 1 }, undefined, 'ids', 'type'],
    [{ ids: {} }, undefined, 'ids', 'type'],
    [{ order_ids: 'B-1' }, undefined, 'order_ids', 'type'],
    ...[0, -1, 4097, 2 ** 40].map((value) => [{ ids: [1] }, { concurrency: value }, 'concurrency', 'out_of_range']),
    ...[true, 1.5, NaN, '1', 1n].map((value) => [{ ids: [1] }, { concurrency: value }, 'concurrency', 'type']),
    ...[0, -1, NaN, Infinity].map((value) => [{ ids: [1] }, { rate: value }, 'rate', 'out_of_range']),
    ...[true, '1', 1n].map((value) => [{ ids: [1] }, { rate: value }, 'rate', 'type']),
    [{ ids: [1] }, { onProgress: 5 }, 'onProgress', 'type'],
    [{ ids: [1] }, { signal: 5 }, 'signal', 'type'],
    [{ ids: [1] }, { timeout: '5' }, 'timeout', 'type'],
    [{ ids: [1] }, { parallel: 5 }, 'parallel', 'unknown'],
    [{ ids: [1] }, 5, 'options', 'type'],
  ];
  for (const [orders, options, field, reason] of cases) {
    let refused;
    try {
      client.payouts.statuses(orders, options);
    } catch (error) {
      refused = error;
    }
    assert.ok(refused instanceof InvalidArgumentError, inspect([orders, options, refused]));
    const { operation } = refused;
    assert.deepEqual([refused.field, refused.reason, operation], [field, reason, 'payouts.statuses']);
  }
  assert.deepEqual(await sandbox.log(), []);
  const absent = { concurrency: null, rate: null, onProgress: null, signal: null, timeout: null };
  assert.equal((await collect(client.payouts.statuses({ ids: [1], order_ids: null }, absent))).length, 1);
});

test('at most `concurrency` orders are taken ahead, and none before the first result is requested', async () => {
  await sandbox.fault({ fault: 'stall', n: 30, times: 100 });
  const orders = endlessOrders();
  const results = client.payouts.statuses({ ids: orders }, { concurrency: 3 });
  await sleep(50);
  assert.equal(orders.taken, 0);
  for (let count = 1; count <= 10; count += 1) {
    await results.next();
    assert.ok(orders.taken <= count + 3, `${orders.taken} orders taken for ${count} results`);
  }
  const { taken } = orders;
  await sleep(200);
  assert.equal(orders.taken, taken, 'orders are taken although no result is requested');
  assert.deepEqual(await results.return(), { done: true, value: undefined });
  assert.equal(orders.ended, 1);
  assert.ok((await sandbox.sent(path)) <= 13);
});

test('rate limits the requests per second, and does not block the event loop', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  const started = performance.now();
  await collect(client.payouts.statuses({ ids: [1, 2, 3, 4, 5, 6] }, { rate: 20 }));
  clearInterval(timer);
  const took = performance.now() - started;
  assert.ok(took >= 245 && took < 2000, `${took} ms`);
  assert.ok(ticks > 10, `the event loop turned ${ticks} times`);
});

test('onProgress is called before each result', async () => {
  const events = [];
  const onProgress = (done, failed) => events.push([done, failed]);
  for await (const { error } of client.payouts.statuses({ ids: [PAID, PAID, ''] }, { onProgress })) {
    events.push(error === null);
  }
  const failures = events.filter((_, at) => at % 2 === 1).map((succeeded) => !succeeded);
  const expected = failures.map((_, at) => [at + 1, failures.slice(0, at + 1).filter(Boolean).length]);
  assert.deepEqual(events.filter((_, at) => at % 2 === 0), expected);
  assert.deepEqual(expected.at(-1), [3, 1]);
});

for (const thrown of [new RangeError('enough'), undefined]) {
  test(`an error thrown by onProgress ends the iteration and propagates unchanged: ${thrown}`, async () => {
    const orders = endlessOrders();
    const onProgress = (done) => {
      if (done === 2) {
        throw thrown;
      }
    };
    const ended = await collect(client.payouts.statuses({ ids: orders }, { onProgress })).then(
      () => 'no error',
      (error) => ({ error }),
    );
    assert.deepEqual(ended, { error: thrown });
    assert.equal(orders.ended, 1);
    await assertQuiet();
  });
}

for (const [kind, failing] of [
  ['iterable', (error) => (function* () { yield 1; throw error; })()],
  ['async iterable', (error) => (async function* () { yield 1; throw error; })()],
  ['iterable without an iterator', (error) => ({ [Symbol.iterator]: () => { throw error; } })],
  ['iterator whose return must not be called', (error) => ({
    [Symbol.iterator]: () => ({ next: () => { throw error; }, return: () => assert.fail('return was called') }),
  })],
]) {
  test(`an error thrown by an ${kind} ends the iteration and propagates unchanged`, async () => {
    const error = new RangeError('no more orders');
    await sandbox.fault({ fault: 'stall', n: 5000 });
    const started = performance.now();
    assert.equal(await failure(collect(client.payouts.statuses({ ids: failing(error) }))), error);
    assert.ok(performance.now() - started < 2000);
  });
}

test('a result is yielded while the next order is awaited', async () => {
  let resolveNext;
  const orders = {
    async *[Symbol.asyncIterator]() {
      yield PAID;
      yield await new Promise((resolve) => (resolveNext = resolve));
    },
  };
  const results = client.payouts.statuses({ ids: orders });
  assert.equal((await results.next()).value.id, PAID);
  const second = results.next();
  await sleep(50);
  resolveNext(1);
  assert.equal((await second).value.id, 1);
  assert.deepEqual(await results.next(), { done: true, value: undefined });
});

test('a result that is ready before the wait for it is not lost', async () => {
  const { handle } = native.clientOpen(sandbox.options).ok;
  const opened = native.statusesOpen(handle, 'payouts', { ids: [] }, undefined, () => true).ok;
  native.statusesSubmit(opened.handle, 1, '', () => 's0;');
  assert.deepEqual(await pending(native.statusesReady(queue, opened.handle).ok), { ok: undefined });
  assert.equal(native.statusesNextEvent(opened.handle, false).ok.event, 'ready');
});

test('endless invalid orders do not block the event loop', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 5);
  const signal = AbortSignal.timeout(300);
  const error = await failure(collect(client.payouts.statuses({ ids: endlessOrders(() => '') }, { signal })));
  clearInterval(timer);
  assert.equal(error.name, 'CancelledError');
  assert.ok(ticks > 5, `the event loop turned ${ticks} times`);
});

test('notices are emitted as warnings during the iteration', async () => {
  await sandbox.acceptDigest('sha256');
  const texts = collectWarnings();
  const results = sandbox.client().payouts.statuses({ ids: [PAID, PAID] });
  await results.next();
  await sleep(10);
  assert.match(texts.join(), /SHA-256/);
  await results.return();
});

test('timeout and deadline apply to each request', async () => {
  await sandbox.fault({ fault: 'stall', n: 300, match: { path } });
  const options = { concurrency: 1, timeout: 150 };
  const results = await collect(client.payouts.statuses({ ids: [PAID, PAID, PAID] }, options));
  assert.deepEqual(
    results.map(({ error, status }) => error?.phase ?? status.payment_status),
    ['receive', 'paid', 'paid'],
  );
  await sandbox.fault({ fault: 'stall', n: 300, match: { path } });
  const [{ error }] = await collect(client.payouts.statuses({ ids: [PAID] }, { deadline: 150 }));
  assert.equal(error.code, 'deadline_exceeded');
});

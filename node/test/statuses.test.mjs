// The statuses of many orders: what is told, what is taken ahead, and every way to end early.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import {
  alikassa,
  collectWarnings,
  consumerFolder,
  failure,
  native,
  pending,
  queue,
  run,
  startSandbox,
} from './support.mjs';

const { ConfigurationError, InvalidArgumentError, NotFoundError, Payment, Payout, StatusResult } =
  alikassa;
const sandbox = await startSandbox();
const client = sandbox.client({ digest: 'sha1' });
const path = '/v1/payout/status';
const PAID = 100000536;

beforeEach(() => sandbox.reset());

async function all(results) {
  const list = [];
  for await (const result of results) {
    list.push(result);
  }
  return list;
}

/** Orders without end, which know how many were taken and whether they were ended. */
function endless(id = (n) => PAID + n) {
  const orders = {
    taken: 0,
    ended: 0,
    *[Symbol.iterator]() {
      try {
        for (;;) {
          yield id(orders.taken++);
        }
      } finally {
        orders.ended += 1;
      }
    },
  };
  return orders;
}

/** Whether no further question arrives at the sandbox. */
async function assertQuiet() {
  // What is on its way already still arrives.
  await sleep(300);
  const before = await sandbox.sent(path);
  await sleep(300);
  assert.equal(await sandbox.sent(path), before, 'questions are still asked');
}

test('each order is told once, as it was named, with its status or its error', async () => {
  const ids = ['1', PAID, 2, 3n, String(PAID), BigInt(PAID)];
  const results = await all(client.payouts.statuses({ ids }));
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

test('orders are named by order_id too, and come from anything that can be iterated', async () => {
  const order_ids = ['1756900030', 'A-2'];
  async function* later() {
    for (const order_id of order_ids) {
      await sleep(10);
      yield order_id;
    }
  }
  for (const given of [order_ids, new Set(order_ids), order_ids.values(), later()]) {
    const results = await all(client.payments.statuses({ order_ids: given }));
    const [known, unknown] = results.sort((one, other) => (one.order_id < other.order_id ? -1 : 1));
    assert.deepEqual([known.id, known.order_id, known.error], [null, '1756900030', null]);
    assert.ok(known.status instanceof Payment);
    assert.deepEqual([unknown.order_id, unknown.status, unknown.error.code], ['A-2', null, 'not_found']);
    assert.equal(unknown.error.order_id, 'A-2');
  }
  assert.deepEqual(await all(client.payments.statuses({ ids: [] })), []);
});

test('logs and JSON of a result', async () => {
  const [known] = await all(client.payouts.statuses({ ids: [BigInt(PAID)] }));
  assert.equal(inspect(known), `StatusResult { id: ${PAID}n, payment_status: 'paid' }`);
  assert.equal(JSON.parse(JSON.stringify(known)).id, String(PAID));
  assert.equal(JSON.parse(JSON.stringify(known)).status.payment_status, 'paid');
  const [unknown] = await all(client.payouts.statuses({ order_ids: ['B-1'] }));
  assert.equal(inspect(unknown), `StatusResult { order_id: 'B-1', error: 'NotFoundError' }`);
  assert.equal(JSON.parse(JSON.stringify(unknown)).error.code, 'not_found');
  const [refused] = await all(client.payouts.statuses({ ids: [{ number: '4111111111111111' }] }));
  assert.equal(inspect(refused), `StatusResult { id: 'object', error: 'InvalidArgumentError' }`);
});

test('an order that cannot be is told like any other, unsent, and the others go on', async () => {
  const wrong = [
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
  const ids = [PAID, ...wrong.map(([id]) => id), PAID];
  const results = await all(client.payouts.statuses({ ids }));
  assert.equal(results.length, ids.length);
  assert.equal(results.filter(({ status }) => status?.payment_status === 'paid').length, 2);
  for (const [id, reason] of wrong) {
    const named = results.filter((result) => Object.is(result.id, id ?? null));
    const { error, status } = named[0];
    assert.equal(status, null);
    assert.equal(error.reason, reason);
    assert.ok(error instanceof InvalidArgumentError, inspect(error));
    assert.deepEqual([error.field, error.operation], ['id', 'payouts.status']);
  }
  assert.equal((await sandbox.log()).length, 2);
  const [{ order_id, error }] = await all(client.payouts.statuses({ order_ids: [5] }));
  assert.deepEqual([order_id, error.field, error.reason], [5, 'order_id', 'type']);
});

test('orders and options that cannot be are refused at once, unsent', async () => {
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
    [{ ids: [1] }, { onProgress: 5 }, 'on_progress', 'type'],
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
  const nothing = { concurrency: null, rate: null, onProgress: null, signal: null, timeout: null };
  assert.equal((await all(client.payouts.statuses({ ids: [1], order_ids: null }, nothing))).length, 1);
});

test('no more orders are taken ahead than are asked at once, and none before the first result is wanted', async () => {
  await sandbox.fault({ fault: 'stall', n: 30, times: 100 });
  const orders = endless();
  const results = client.payouts.statuses({ ids: orders }, { concurrency: 3 });
  await sleep(50);
  assert.equal(orders.taken, 0);
  for (let told = 1; told <= 10; told += 1) {
    await results.next();
    assert.ok(orders.taken <= told + 3, `${orders.taken} taken when ${told} were told`);
  }
  const { taken } = orders;
  await sleep(200);
  assert.equal(orders.taken, taken, 'orders are taken while nobody wants a result');
  assert.deepEqual(await results.return(), { done: true, value: undefined });
  assert.equal(orders.ended, 1);
  assert.ok((await sandbox.sent(path)) <= 13);
});

test('a rate bounds the questions of a second, and the event loop is free meanwhile', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  const started = performance.now();
  await all(client.payouts.statuses({ ids: [1, 2, 3, 4, 5, 6] }, { rate: 20 }));
  clearInterval(timer);
  const took = performance.now() - started;
  assert.ok(took >= 245 && took < 2000, `${took} ms`);
  assert.ok(ticks > 10, `the event loop turned ${ticks} times`);
});

test('onProgress is told before each result', async () => {
  const events = [];
  const onProgress = (done, failed) => events.push([done, failed]);
  for await (const { error } of client.payouts.statuses({ ids: [PAID, PAID, ''] }, { onProgress })) {
    events.push(error === null);
  }
  const failures = events.filter((_, at) => at % 2 === 1).map((answered) => !answered);
  const expected = failures.map((_, at) => [at + 1, failures.slice(0, at + 1).filter(Boolean).length]);
  assert.deepEqual(events.filter((_, at) => at % 2 === 0), expected);
  assert.deepEqual(expected.at(-1), [3, 1]);
});

for (const thrown of [new RangeError('enough'), undefined]) {
  test(`what onProgress throws comes out as it is, and ends everything: ${thrown}`, async () => {
    const orders = endless();
    const onProgress = (done) => {
      if (done === 2) {
        throw thrown;
      }
    };
    const ended = await all(client.payouts.statuses({ ids: orders }, { onProgress })).then(
      () => 'the end',
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
  ['iterable without a first order', (error) => ({ [Symbol.iterator]: () => { throw error; } })],
  ['iterator that cannot end', (error) => ({
    [Symbol.iterator]: () => ({ next: () => { throw error; }, return: () => assert.fail('it has ended') }),
  })],
]) {
  test(`what an ${kind} throws comes out as it is, and ends everything`, async () => {
    const error = new RangeError('no more');
    await sandbox.fault({ fault: 'stall', n: 5000 });
    const started = performance.now();
    assert.equal(await failure(all(client.payouts.statuses({ ids: failing(error) }))), error);
    assert.ok(performance.now() - started < 2000);
  });
}

test('an answer is told while the next order is awaited', async () => {
  let more;
  const orders = {
    async *[Symbol.asyncIterator]() {
      yield PAID;
      yield await new Promise((resolve) => (more = resolve));
    },
  };
  const results = client.payouts.statuses({ ids: orders });
  assert.equal((await results.next()).value.id, PAID);
  const second = results.next();
  await sleep(50);
  more(1);
  assert.equal((await second).value.id, 1);
  assert.deepEqual(await results.next(), { done: true, value: undefined });
});

test('an answer that comes before anybody waits for it is not lost', async () => {
  const { handle } = native.clientOpen(sandbox.options).ok;
  const opened = native.statusesOpen(handle, 'payouts', { ids: [] }, undefined, () => true).ok;
  native.statusesSubmit(opened.handle, 1, '', () => 's0;');
  assert.deepEqual(await pending(native.statusesReady(queue, opened.handle).ok), { ok: undefined });
  assert.equal(native.statusesNextEvent(opened.handle, false).ok.event, 'ready');
});

test('leaving the loop gives up what is on its way', async () => {
  const narrow = sandbox.client({ digest: 'sha1', maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 100, times: 50 });
  const orders = endless();
  for await (const { id } of narrow.payouts.statuses({ ids: orders })) {
    assert.equal(id, PAID);
    break;
  }
  assert.deepEqual([orders.taken, orders.ended], [16, 1]);
  await sleep(700);
  const seen = await sandbox.sent(path);
  assert.ok(seen <= 3, `${seen} questions`);
});

for (const [what, orders] of [
  ['an answer', () => [1, 2]],
  ['an order', () => (async function* () { await new Promise(() => {}); })()],
]) {
  test(`return ends a wait for ${what} at once`, async () => {
    await sandbox.fault({ fault: 'stall', n: 5000, times: 2 });
    const results = client.payouts.statuses({ ids: orders() });
    const started = performance.now();
    const waiting = results.next();
    await sleep(50);
    assert.deepEqual(await results.return(), { done: true, value: undefined });
    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.ok(performance.now() - started < 1000);
    const unused = client.payouts.statuses({ ids: orders() });
    await unused[Symbol.asyncDispose]();
    assert.equal((await unused.next()).done, true);
  });
}

test('an abort ends everything with its reason', async () => {
  await sandbox.fault({ fault: 'stall', n: 5000, times: 16 });
  const controller = new AbortController();
  const reason = new Error('not wanted any more');
  const options = { signal: controller.signal };
  const orders = endless();
  const waiting = failure(all(client.payouts.statuses({ ids: orders }, options)));
  await sandbox.struck();
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  const started = performance.now();
  controller.abort(reason);
  const error = await waiting;
  assert.ok(performance.now() - started < 1000);
  assert.equal(error.name, 'CancelledError');
  assert.equal(error.cause, reason);
  assert.equal(error.operation, 'payouts.statuses');
  assert.equal(orders.ended, 1);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);

  await sandbox.reset();
  const late = await failure(all(client.payouts.statuses({ ids: [PAID] }, options)));
  assert.equal(late.cause, reason);
  assert.deepEqual(await sandbox.log(), []);
});

test('when the client is closed every order is still told', async () => {
  const closing = sandbox.client({ digest: 'sha1', maxConnections: 2 });
  await sandbox.fault({ fault: 'stall', n: 300, times: 2 });
  const ids = Array.from({ length: 40 }, (_, n) => PAID - n);
  const results = closing.payouts.statuses({ ids });
  const first = results.next();
  await sandbox.struck();
  await closing.close();
  const told = [(await first).value, ...(await all(results))];
  assert.deepEqual(new Set(told.map(({ id }) => id)), new Set(ids));
  assert.equal(told.length, ids.length);
  assert.equal(told.find(({ id }) => id === PAID).status.payment_status, 'paid');
  const closed = told.filter(({ error }) => error instanceof ConfigurationError);
  assert.equal(closed.length, ids.length - 2);
  assert.ok(closed.every(({ error }) => error.outcome === 'not_sent'));
});

test('orders without end that are refused unsent leave the event loop free', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 5);
  const signal = AbortSignal.timeout(300);
  const error = await failure(all(client.payouts.statuses({ ids: endless(() => '') }, { signal })));
  clearInterval(timer);
  assert.equal(error.name, 'CancelledError');
  assert.ok(ticks > 5, `the event loop turned ${ticks} times`);
});

test('notices are warnings while the results come', async () => {
  await sandbox.accept('sha256');
  const texts = collectWarnings();
  const results = sandbox.client().payouts.statuses({ ids: [PAID, PAID] });
  await results.next();
  await sleep(10);
  assert.match(texts.join(), /SHA-256/);
  await results.return();
});

test('memory does not grow with the number of orders', async () => {
  const folder = await consumerFolder();
  const source = `
    (async () => {
      const { Client } = require('alikassa');
      const client = new Client(${JSON.stringify({ ...sandbox.options, digest: 'sha1' })});
      const ids = function* (count, id) { for (let n = 0; n < count; n += 1) yield id(n); };
      const used = () => { gc(); return process.memoryUsage().heapUsed; };
      const { signal } = new AbortController();
      for (const [count, id] of [[20_000, () => ''], [1_000, (n) => n + 1]]) {
        let [told, before] = [0, 0];
        for await (const _ of client.payouts.statuses({ ids: ids(count, id) }, { signal })) {
          told += 1;
          if (told === count / 4) before = used();
          if (told === count) console.log(used() - before < 300_000);
        }
      }
    })();`;
  const argv = ['--expose-gc', '-e', source];
  const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: folder });
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'true\ntrue\n' }, stderr);
});

/** Runs a script that has a client with one connection, in a process of its own that should end soon by itself. */
async function ends(source, ...flags) {
  const folder = await consumerFolder();
  const options = JSON.stringify({ ...sandbox.options, digest: 'sha1', maxConnections: 1 });
  const begin = `
    const client = new (require('alikassa').Client)(${options});
    const ids = (function* () { for (let n = 1; ; n += 1) yield n; })();
    const results = client.payouts.statuses({ ids });`;
  const started = performance.now();
  const argv = [...flags, '-e', begin + source];
  const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: folder });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.ok(performance.now() - started < 8000);
  return stdout;
}

for (const [how, source] of [
  ['left', 'results.next().then(() => results.return())'],
  ['left while it waits', 'results.next(); setTimeout(() => results.return(), 300)'],
  ['forgotten', 'results.next()'],
  ['never begun', ''],
  [
    'waiting for an order that never comes',
    `client.payouts.statuses({ ids: (async function* () { await new Promise(() => {}); })() }).next()`,
  ],
]) {
  test(`a process ends although its statuses are ${how}`, async () => {
    const stall = { fault: 'stall', times: 50 };
    if (how === 'left while it waits') {
      await sandbox.fault({ ...stall, n: 20_000 });
    } else {
      await sandbox.fault({ ...stall, n: 50 });
    }
    await ends(source);
  });
}

test('what is forgotten and collected asks nothing more', async () => {
  await sandbox.fault({ fault: 'stall', n: 100, times: 50 });
  await ends(
    `let forgotten = results;
    (async () => {
      await client.payouts.statuses({ ids }).next();
      for (let n = 0; n < 5; n += 1) { await new Promise((resolve) => setTimeout(resolve, 10)); gc(); }
      setTimeout(() => {}, 1500);
    })();`,
    '--expose-gc',
  );
  const seen = await sandbox.sent(path);
  assert.ok(seen < 8, `${seen} questions`);
});

test('timers that stand still, as those of a test may, do not hold up the questions', async () => {
  const told = await ends(`
    globalThis.setTimeout = () => {};
    (async () => {
      for await (const _ of client.payouts.statuses({ ids: [1, 2, 3] }, { rate: 20 })) console.log('told');
    })();`);
  assert.equal(told, 'told\n'.repeat(3));
});

test('timeout and deadline are for each question', async () => {
  await sandbox.fault({ fault: 'stall', n: 300, match: { path } });
  const options = { concurrency: 1, timeout: 150 };
  const results = await all(client.payouts.statuses({ ids: [PAID, PAID, PAID] }, options));
  assert.deepEqual(
    results.map(({ error, status }) => error?.phase ?? status.payment_status),
    ['receive', 'paid', 'paid'],
  );
  await sandbox.fault({ fault: 'stall', n: 300, match: { path } });
  const [{ error }] = await all(client.payouts.statuses({ ids: [PAID] }, { deadline: 150 }));
  assert.equal(error.code, 'deadline_exceeded');
});

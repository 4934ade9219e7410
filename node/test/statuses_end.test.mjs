// Every way to end the statuses of many orders early, and their cost in memory.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  alikassa,
  collect,
  consumerFolder,
  endlessOrders,
  failure,
  run,
  startSandbox,
} from './support.mjs';

const { ConfigurationError } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client({ digest: 'sha1' });
const path = '/v1/payout/status';
const PAID = 100000536;

beforeEach(() => sandbox.reset());

test('leaving the loop cancels the requests in flight', async () => {
  const narrow = sandbox.client({ digest: 'sha1', maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 100, times: 50 });
  const orders = endlessOrders();
  for await (const { id } of narrow.payouts.statuses({ ids: orders })) {
    assert.equal(id, PAID);
    break;
  }
  assert.deepEqual([orders.taken, orders.ended], [16, 1]);
  await sleep(700);
  const seen = await sandbox.sent(path);
  assert.ok(seen <= 3, `${seen} requests`);
});

for (const [awaited, orders] of [
  ['a result', () => [1, 2]],
  ['an order', () => (async function* () { await new Promise(() => {}); })()],
]) {
  test(`return ends a wait for ${awaited} at once`, async () => {
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

test('an abort ends the iteration with the reason of the signal', async () => {
  await sandbox.fault({ fault: 'stall', n: 5000, times: 16 });
  const controller = new AbortController();
  const reason = new Error('no longer needed');
  const options = { signal: controller.signal };
  const orders = endlessOrders();
  const waiting = failure(collect(client.payouts.statuses({ ids: orders }, options)));
  await sandbox.faultsApplied();
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
  const late = await failure(collect(client.payouts.statuses({ ids: [PAID] }, options)));
  assert.equal(late.cause, reason);
  assert.deepEqual(await sandbox.log(), []);
});

test('every order still has a result when the client is closed', async () => {
  const closing = sandbox.client({ digest: 'sha1', maxConnections: 2 });
  await sandbox.fault({ fault: 'stall', n: 1000, times: 2 });
  const ids = Array.from({ length: 40 }, (_, n) => PAID - n);
  const results = closing.payouts.statuses({ ids });
  const first = results.next();
  await sandbox.faultsApplied();
  await closing.close();
  const all = [(await first).value, ...(await collect(results))];
  assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(ids));
  assert.equal(all.length, ids.length);
  assert.equal(all.find(({ id }) => id === PAID).status.payment_status, 'paid');
  const closed = all.filter(({ error }) => error instanceof ConfigurationError);
  assert.equal(closed.length, ids.length - 2);
  assert.ok(closed.every(({ error }) => error.outcome === 'not_sent'));
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
        let [results, before] = [0, 0];
        for await (const _ of client.payouts.statuses({ ids: ids(count, id) }, { signal })) {
          results += 1;
          if (results === count / 4) before = used();
          if (results === count) console.log(used() - before < 300_000);
        }
      }
    })();`;
  const argv = ['--expose-gc', '-e', source];
  const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: folder });
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'true\ntrue\n' }, stderr);
});

/** Runs a script with a one-connection client in a process that must soon exit by itself. */
async function exits(source, ...flags) {
  const folder = await consumerFolder();
  const options = JSON.stringify({ ...sandbox.options, digest: 'sha1', maxConnections: 1 });
  const prelude = `
    const client = new (require('alikassa').Client)(${options});
    const ids = (function* () { for (let n = 1; ; n += 1) yield n; })();
    const results = client.payouts.statuses({ ids });`;
  const started = performance.now();
  const argv = [...flags, '-e', prelude + source];
  const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: folder });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.ok(performance.now() - started < 8000);
  return stdout;
}

for (const [state, source] of [
  ['returned', 'results.next().then(() => results.return())'],
  ['returned during a wait', 'results.next(); setTimeout(() => results.return(), 300)'],
  ['abandoned', 'results.next()'],
  ['never started', ''],
  [
    'waiting for an order that never arrives',
    `client.payouts.statuses({ ids: (async function* () { await new Promise(() => {}); })() }).next()`,
  ],
]) {
  test(`the process exits when an iteration is ${state}`, async () => {
    const stall = { fault: 'stall', times: 50 };
    if (state === 'returned during a wait') {
      await sandbox.fault({ ...stall, n: 20_000 });
    } else {
      await sandbox.fault({ ...stall, n: 50 });
    }
    await exits(source);
  });
}

test('an iteration that is abandoned and garbage collected sends no more requests', async () => {
  await sandbox.fault({ fault: 'stall', n: 100, times: 50 });
  await exits(
    `let abandoned = results;
    (async () => {
      await client.payouts.statuses({ ids }).next();
      for (let n = 0; n < 5; n += 1) { await new Promise((resolve) => setTimeout(resolve, 10)); gc(); }
      setTimeout(() => {}, 1500);
    })();`,
    '--expose-gc',
  );
  const seen = await sandbox.sent(path);
  assert.ok(seen < 8, `${seen} requests`);
});

test('a mocked global setTimeout does not stop the requests', async () => {
  const stdout = await exits(`
    globalThis.setTimeout = () => {};
    (async () => {
      for await (const _ of client.payouts.statuses({ ids: [1, 2, 3] }, { rate: 20 })) console.log('result');
    })();`);
  assert.equal(stdout, 'result\n'.repeat(3));
});

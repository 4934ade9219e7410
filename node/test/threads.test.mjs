// Worker threads, and Node's own thread pool, which calls must not occupy.

import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { native, pending, queue, run, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
const fixture = (name) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

test('eight workers load the package, make a call, and exit', async () => {
  const balances = Array.from({ length: 8 }, async () => {
    const worker = new Worker(fixture('worker.mjs'), { workerData: sandbox.options });
    const messages = [];
    worker.on('message', (message) => messages.push(message));
    const code = await new Promise((resolve, reject) => {
      worker.on('exit', resolve);
      worker.on('error', reject);
    });
    return [code, ...messages];
  });
  for (const ended of await Promise.all(balances)) {
    assert.deepEqual(ended, [0, 'started', '93.84000000']);
  }
});

for (const [activity, worker] of [
  ['a call', 'worker.mjs'],
  ['a stream of statuses', 'status_stream.mjs'],
]) {
  test(`the process survives workers terminated during ${activity}`, async () => {
    await sandbox.reset();
    // Responses arrive before, during and after the termination.
    for (let n = 0; n < 60; n += 3) {
      await sandbox.fault({ fault: 'stall', n, times: 3 });
    }
    const argv = [fixture('terminate.mjs'), JSON.stringify(sandbox.options), fixture(worker)];
    const { code, signal, stdout, stderr } = await run(process.execPath, argv);
    assert.deepEqual(
      { code, signal, stdout },
      { code: 0, signal: null, stdout: '93.84000000\n' },
      stderr,
    );
  });
}

test('the process survives workers terminated during an update of a wait', async () => {
  await sandbox.reset();
  const argv = [fixture('terminate_in_update.mjs'), JSON.stringify(sandbox.options)];
  const { code, signal, stdout, stderr } = await run(process.execPath, argv);
  assert.deepEqual(
    { code, signal, stdout },
    { code: 0, signal: null, stdout: '93.84000000\n' },
    stderr,
  );
});

test('a hundred calls in flight block neither the event loop nor fs nor dns', async () => {
  await sandbox.reset();
  await sandbox.fault({ fault: 'stall', n: 3000, times: 100 });
  const client = sandbox.client({ baseUrl: sandbox.ready.url, maxConnections: 100 });
  let finished = 0;
  const calls = Array.from({ length: 100 }, async () => {
    await client.account.balance();
    finished += 1;
  });
  await sandbox.faultsApplied();

  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([readFile(fixture('worker.mjs')), lookup('localhost')]);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(timer);
  assert.equal(finished, 0, 'the calls finished before fs and dns');
  assert.ok(ticks >= 10, `the event loop turned ${ticks} times in 200 ms`);
  await Promise.all(calls);
});

test('completions that arrive together are settled a few per turn of the event loop', async () => {
  let turn = 0;
  let turning = setImmediate(function count() {
    turn += 1;
    turning = setImmediate(count);
  });
  const turns = [];
  const many = Array.from({ length: 64 }, () => pending(native.testLostPromise(queue).ok));
  await Promise.all(many.map((promise) => promise.then(() => turns.push(turn))));
  clearImmediate(turning);
  const most = Math.max(...turns.map((turn) => turns.filter((other) => other === turn).length));
  assert.ok(most <= 16, `${most} promises were settled in one turn`);
});

test('a completion without a pending promise does not stop the queue', async () => {
  native.testLostPromise(queue);
  const { error } = await pending(native.testLostPromise(queue).ok);
  assert.equal(error.class, 'InternalError');
});

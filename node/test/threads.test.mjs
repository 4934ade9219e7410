// Worker threads, and Node's own threads, which calls must leave alone.

import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { native, pending, queue, run, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
const fixture = (name) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

test('eight workers load the package, call, and end', async () => {
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

for (const [what, worker] of [
  ['a call', 'worker.mjs'],
  ['many statuses', 'status_stream.mjs'],
]) {
  test(`workers terminated in the middle of ${what} leave the process alive`, async () => {
    await sandbox.reset();
    // Answers come before, while and after the workers end.
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

test('workers terminated while a wait tells them something leave the process alive', async () => {
  await sandbox.reset();
  const argv = [fixture('terminate_in_update.mjs'), JSON.stringify(sandbox.options)];
  const { code, signal, stdout, stderr } = await run(process.execPath, argv);
  assert.deepEqual(
    { code, signal, stdout },
    { code: 0, signal: null, stdout: '93.84000000\n' },
    stderr,
  );
});

test('a hundred calls on their way block neither the event loop nor fs nor dns', async () => {
  await sandbox.reset();
  await sandbox.fault({ fault: 'stall', n: 3000, times: 100 });
  const client = sandbox.client({ baseUrl: sandbox.place.url, maxConnections: 100 });
  let answered = 0;
  const calls = Array.from({ length: 100 }, async () => {
    await client.account.balance();
    answered += 1;
  });
  await sandbox.struck();

  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([readFile(fixture('worker.mjs')), lookup('localhost')]);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(timer);
  assert.equal(answered, 0, 'the calls were answered before fs and dns were');
  assert.ok(ticks >= 10, `the event loop turned ${ticks} times in 200 ms`);
  await Promise.all(calls);
});

test('what comes at once is settled a few at a time, and the event loop turns between', async () => {
  let turn = 0;
  let turning = setImmediate(function count() {
    turn += 1;
    turning = setImmediate(count);
  });
  const settledIn = [];
  const many = Array.from({ length: 64 }, () => pending(native.testLostPromise(queue).ok));
  await Promise.all(many.map((promise) => promise.then(() => settledIn.push(turn))));
  clearImmediate(turning);
  const most = Math.max(...settledIn.map((turn) => settledIn.filter((other) => other === turn).length));
  assert.ok(most <= 16, `${most} were settled in a turn`);
});

test('what is settled and promised to nobody keeps nothing from those who wait', async () => {
  native.testLostPromise(queue);
  const { error } = await pending(native.testLostPromise(queue).ok);
  assert.equal(error.class, 'InternalError');
});

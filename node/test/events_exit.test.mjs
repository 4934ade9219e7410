// The events of worker threads, and of a process that ends.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { consumerFolder, run, startSandbox } from './support.mjs';

const READ = ['call_started', 'attempt_started', 'attempt_ended', 'outcome'];

const sandbox = await startSandbox();
const folder = await consumerFolder();
const fixture = (name) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

beforeEach(() => sandbox.reset());

/** Runs a script in a separate process: `open` opens a client, `print` is a hook. */
function script(source) {
  const prelude = `
    const { Client } = require('alikassa');
    const print = ({ kind }) => console.log(kind);
    const open = (onEvent) => new Client({ ...${JSON.stringify(sandbox.options)}, digest: 'sha1', onEvent });
  `;
  return run(process.execPath, ['-e', prelude + source], { cwd: folder });
}

test('workers receive the events of their own clients', async () => {
  const received = Array.from({ length: 4 }, async () => {
    const options = { ...sandbox.options, digest: 'sha1' };
    const worker = new Worker(fixture('observed_worker.mjs'), { workerData: options });
    const messages = [];
    worker.on('message', (message) => messages.push(message));
    const code = await new Promise((resolve, reject) => {
      worker.on('exit', resolve);
      worker.on('error', reject);
    });
    return [code, ...messages];
  });
  for (const messages of await Promise.all(received)) {
    assert.deepEqual(messages, [0, 'started', ...READ]);
  }
});

test('a worker whose hook hangs delays the events of no other thread', async () => {
  const workerData = { ...sandbox.options, hangs: true };
  const worker = new Worker(fixture('observed_worker.mjs'), { workerData });
  await new Promise((resolve) => worker.on('message', (message) => message === 'call_started' && resolve()));
  const events = [];
  const client = sandbox.client({ digest: 'sha1', onEvent: ({ kind }) => events.push(kind) });
  await client.account.balance();
  await client.close();
  await worker.terminate();
  assert.deepEqual(events, READ);
});

test('the process survives workers terminated while they have events', async () => {
  const argv = [fixture('terminate.mjs'), JSON.stringify(sandbox.options), fixture('observed_worker.mjs')];
  const { code, signal, stdout, stderr } = await run(process.execPath, argv);
  assert.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: '93.84000000\n' }, stderr);
});

test('what is left is delivered by close, before the process exits', async () => {
  const { code, stdout, stderr } = await script(`
    const client = open(print);
    client.account.balance().then(() => client.close()).then(() => process.exit(3));
  `);
  assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: `${READ.join('\n')}\n`, stderr: '' });
});

test('a process exits while it has events', async () => {
  const { code, stderr } = await script('open(print).account.balance(); setTimeout(() => process.exit(3), 100);');
  assert.deepEqual({ code, stderr }, { code: 3, stderr: '' });
});

test('a process that exits in its hook ends in order', async () => {
  const { code, stderr } = await script(`
    open(() => process.exit(4)).account.balance();
    setInterval(() => {}, 1000);
  `);
  assert.deepEqual({ code, stderr }, { code: 4, stderr: '' });
});

test('a hook does not keep the process alive', async () => {
  const { code, stderr } = await script('open(print).account.balance();');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

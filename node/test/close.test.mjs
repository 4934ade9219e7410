// Closing a client, and the exit of a process that has one.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { consumerFolder, failure, payoutOf, run, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
const folder = await consumerFolder();

beforeEach(() => sandbox.reset());

/** Runs a script with a client of the sandbox in a separate process. */
function script(source) {
  const client = `const client = new (require('alikassa').Client)(${JSON.stringify(sandbox.options)});`;
  return run(process.execPath, ['-e', client + source], { cwd: folder });
}

test('a closed client refuses calls without sending them', async () => {
  const client = sandbox.client();
  await client.account.balance();
  assert.equal(await client.close(), undefined);
  const error = await failure(client.account.balance());
  assert.equal(error.name, 'ConfigurationError');
  assert.equal(error.outcome, 'not_sent');
  assert.equal((await sandbox.log()).length, 1);
  await client.close();
});

test('close rejects queued calls, waits for calls in flight, and does not block the event loop', async () => {
  const client = sandbox.client({ maxConnections: 1 });
  await sandbox.fault({ fault: 'stall', n: 500 });
  const running = client.account.balance();
  await sandbox.faultsApplied();
  const queued = failure(client.payouts.status({ id: '1' }));

  const ended = [];
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  const closing = client.close().then(() => ended.push('close'));
  const error = await queued;
  ended.push('queued');
  assert.equal(error.name, 'ConfigurationError');
  assert.equal(error.outcome, 'not_sent');
  assert.equal((await running).currency, 'RUB');
  await closing;
  clearInterval(timer);
  assert.deepEqual(ended, ['queued', 'close']);
  assert.ok(ticks > 5, `the event loop turned ${ticks} times`);
  assert.equal((await sandbox.log()).length, 1);
});

test('`await using` closes the client', async () => {
  const client = sandbox.client();
  await client[Symbol.asyncDispose]();
  assert.equal((await failure(client.account.balance())).name, 'ConfigurationError');
});

test('a pending call keeps the process alive', async () => {
  await sandbox.fault({ fault: 'stall', n: 700 });
  const { code, stdout } = await script(
    'client.account.balance().then(({ currency }) => console.log(currency));',
  );
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'RUB\n' });
});

test('a pending close keeps the process alive', async () => {
  await sandbox.fault({ fault: 'stall', n: 700 });
  const { code, stdout } = await script(
    `client.account.balance(); setTimeout(() => client.close().then(() => console.log('closed')), 300);`,
  );
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'closed\n' });
});

test('an idle client does not keep the process alive', async () => {
  const before = performance.now();
  const { code } = await script('client.account.balance();');
  assert.equal(code, 0);
  // Idle threads of the pool stay for ten seconds.
  assert.ok(performance.now() - before < 8000);
});

test('a cancelled call does not keep the process alive', async () => {
  await sandbox.fault({ fault: 'stall', n: 20_000 });
  const before = performance.now();
  const { code, stdout } = await script(
    `client.account.balance({ signal: AbortSignal.timeout(300) }).catch(({ name }) => console.log(name));`,
  );
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'CancelledError\n' });
  assert.ok(performance.now() - before < 8000);
});

test('process.exit during calls exits cleanly', async () => {
  await sandbox.fault({ fault: 'stall', n: 5000, times: 8 });
  const { code, stderr } = await script(
    'for (let i = 0; i < 8; i += 1) client.account.balance(); setTimeout(() => process.exit(3), 200);',
  );
  assert.deepEqual({ code, stderr }, { code: 3, stderr: '' });
});

test('at the limit of threads nothing is sent, and the client closes', { skip: process.platform !== 'linux' }, async () => {
  // Root gives up its rights, because the limit does not apply to it.
  const { code, stdout, stderr } = await script(`
    const { execFileSync } = require('node:child_process');
    const options = ${JSON.stringify({ ...sandbox.options, baseUrl: 'https://host.invalid', proxy: 'none' })};
    const limited = new (require('alikassa').Client)({ ...options, digest: 'sha1', maxRetries: 0 });
    execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1:1']);
    if (process.getuid() === 0) {
      process.setgroups([]);
      process.setgid(65534);
      process.setuid(65534);
    }
    limited.payouts.create(${JSON.stringify(payoutOf('1'))}).catch(async (error) => {
      console.log(error.name, error.phase, error.outcome);
      await limited.close();
      console.log('closed');
    });
  `);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'TransportError dns not_sent\nclosed\n', stderr: '' });
});

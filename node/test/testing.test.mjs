// The testing module for merchants: how it finds, starts, controls and stops the sandbox.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';

import {
  alikassa,
  consumerFolder,
  failure,
  packageFolder,
  paymentOf,
  payoutOf,
  root,
  run,
  sandboxBinary as executable,
} from './support.mjs';

const { SandboxError, startSandbox } = createRequire(import.meta.url)(`${packageFolder}/src/testing.js`);
const order_id = '1756900030';
const sandbox = await startSandbox({ executable });
after(() => sandbox.close());

beforeEach(() => sandbox.reset());

/** A program that is not a sandbox, in a folder removed after the tests. */
function program(script, name = 'program') {
  const folder = mkdtempSync(join(tmpdir(), 'alikassa-program-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function children(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Waits until the condition holds. */
async function until(condition) {
  for (const end = Date.now() + 30_000; !(await condition()); ) {
    assert.ok(Date.now() < end, `${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The error message of a program in a consumer's folder that starts a sandbox. */
async function startError(options, { cwd, env }) {
  const script = `
    require('alikassa/testing').startSandbox(${JSON.stringify(options)}).catch((error) => console.log(error.message));`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd, env });
  return stdout;
}

test('the sandbox is found by argument, environment variable, package and PATH', async () => {
  const cwd = await consumerFolder();
  const failing = (name) => program(`echo ${name} >&2; exit 1`, 'alikassa-sandbox');
  const env = { PATH: `${dirname(failing('path'))}:/usr/bin:/bin`, ALIKASSA_SANDBOX: '' };
  assert.match(await startError({}, { cwd, env }), /^alikassa-sandbox did not start: .*: path\n$/);

  const installed = join(cwd, 'node_modules/alikassa-sandbox');
  mkdirSync(installed);
  const manifest = { name: 'alikassa-sandbox', bin: { 'alikassa-sandbox': 'binary' } };
  writeFileSync(join(installed, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(installed, 'binary'), '#!/bin/sh\necho package >&2; exit 1\n', { mode: 0o755 });
  assert.match(await startError({}, { cwd, env }), /\/binary did not start: .*: package\n$/);

  const named = { ...env, ALIKASSA_SANDBOX: failing('variable') };
  assert.match(await startError({}, { cwd, env: named }), /: variable\n$/);
  const argument = { executable: failing('argument') };
  assert.match(await startError(argument, { cwd, env: named }), /: argument\n$/);
});

test('the error for a missing sandbox names what to install', async () => {
  const message = await startError({}, { cwd: await consumerFolder(), env: { PATH: tmpdir() } });
  assert.match(message, /`npm install --save-dev alikassa-sandbox`,/);
});

for (const [script, reason, startTimeout] of [
  ["echo 'no memory' >&2; exit 3", 'it exited with status 3: no memory'],
  ['exit 0', 'it exited with status 0'],
  ['kill -9 $$', 'it exited with status SIGKILL'],
  ['echo hello; exec sleep 60', 'unexpected output "hello\\n"'],
  ["echo '[]'; exec sleep 60", 'unexpected output "[]\\n"'],
  ["echo 'null'; exec sleep 60", 'unexpected output "null\\n"'],
  ['printf x; exec sleep 60', 'no line of output within 500 ms', 500],
  ['exec sleep 60', 'no line of output within 500 ms', 500],
]) {
  test(`a program that is not a sandbox fails to start: ${script}`, async () => {
    const path = program(script);
    const error = await failure(startSandbox({ executable: path, startTimeout }));
    assert.ok(error instanceof SandboxError);
    assert.equal(error.name, 'SandboxError');
    assert.equal(error.message, `${path} did not start: ${reason}`);
    assert.equal((await children(process.pid)).length, 1);
  });
}

test('a program that cannot be run is a SandboxError', async () => {
  const error = await failure(startSandbox({ executable: '/nowhere/none' }));
  assert.ok(error instanceof SandboxError);
  assert.match(error.message, /^\/nowhere\/none cannot be run: .*ENOENT/);
});

test('options are passed to the sandbox', async () => {
  const options = { balance: '100.50', digest: 'sha256', duplicates: 'allow', settle: 'cancel', settleAfterMs: 0 };
  const other = await startSandbox({ executable, startTimeout: null, ...options });
  after(() => other.close());
  const client = other.client({ digest: 'sha256' });
  assert.equal(Number((await client.account.balance()).balance), 100.5);
  await client.payments.create(paymentOf('A-1'));
  await client.payments.create(paymentOf('A-1'));
  const { payments, digest } = await other.state();
  const statuses = payments.map((payment) => payment.payment_status);
  assert.deepEqual(statuses, ['paid', 'cancel', 'cancel']);
  assert.equal(digest, 'sha256');
  const error = await failure(startSandbox({ executable, balance: 'x' }));
  assert.match(error.message, /did not start: it exited with status 2: error: invalid value 'x'/);
});

test('clients connect to the sandbox over TLS and are closed with it', async () => {
  const other = await startSandbox({ executable });
  const client = other.client();
  assert.equal((await client.account.balance()).balance, '93.84000000');
  assert.ok(JSON.stringify(other.client({ baseUrl: other.url })).includes(other.url));
  const { base_url } = other.client({ baseUrl: undefined, caFile: null }).toJSON();
  assert.equal(base_url, other.tls_url);
  Object.assign(process.env, other.env);
  const third = alikassa.Client.fromEnv({ baseUrl: undefined, caFile: null });
  assert.equal((await third.account.balance()).balance, '93.84000000');
  const { query } = await other.forge({ order_id });
  assert.equal(third.notifications.verify({ query }).order_id, order_id);
  assert.ok((await other.log()).every((entry) => entry.tls));
  await other.close();
  assert.match((await failure(client.account.balance())).message, /closed/);
});

test('close does not wait for a stalled response', async () => {
  const other = await startSandbox({ executable });
  await other.fault('stall');
  const call = failure(other.client({ maxRetries: 0 }).account.balance());
  await until(async () => (await other.log()).length === 1);
  const before = Date.now();
  await other.close();
  assert.ok(Date.now() - before < 5000);
  assert.equal((await call).code, 'transport');
});

test('FaultKind has every fault of the sandbox', async () => {
  const [, declared] = /export type FaultKind =([^;]+);/.exec(readFileSync(join(root, 'node/testing.d.ts'), 'utf8'));
  const [, table] = readFileSync(join(root, 'tests/sandbox/README.md'), 'utf8').split('| `fault` | acts');
  const faults = [...declared.matchAll(/'(\w+)'/g)].map(([, fault]) => fault);
  assert.deepEqual(faults, [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, fault]) => fault));
  for (const fault of faults) {
    await sandbox.fault(fault, { n: 1, status: 500, headers: { a: 'b' }, body: '', times: null });
  }
  assert.equal((await sandbox.state()).pending_faults, faults.length);
  await sandbox.reset();
  assert.equal((await sandbox.state()).pending_faults, 0);
});

test('a fault applies to the requests that match', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  const response = { status: 503, body: { message: 'Later' } };
  await sandbox.fault('http', { path: 'v1/payout/status', order_id: '6422494', times: 2, ...response });
  assert.ok((await client.payouts.status({ id: 100000536 })).is_final);
  assert.ok((await client.payments.status({ order_id })).is_final);
  for (let time = 0; time < 2; time += 1) {
    assert.match((await failure(client.payouts.status({ order_id: '6422494' }))).message, /Later/);
  }
  assert.ok((await client.payouts.status({ order_id: '6422494' })).is_final);
  await sandbox.fault('html_502', { path: 'v1/payout', act: true });
  assert.equal((await failure(client.payouts.create(payoutOf('B-1')))).code, 'outcome_unknown');
  assert.ok((await client.payouts.resolve('B-1', { amount: '10.00' })).found);
});

test('settle and rules set the statuses of payments and payouts', async () => {
  const client = sandbox.client();
  await sandbox.rule('fail', { path: 'v1/payout', order_id: 'B-1', after_reads: 1 });
  await sandbox.rule('cancel', { path: 'v1/payout', after_ms: 0 });
  await client.payments.create(paymentOf('A-1'));
  await client.payouts.create(payoutOf('B-1'));
  await client.payouts.create(payoutOf('B-2'));
  await sandbox.settle('A-1', 'paid', { kind: 'payment', payment_amount: '9.50', hold_amount: '1' });
  const paid = await client.payments.status({ order_id: 'A-1' });
  assert.equal(paid.payment_status, 'paid');
  assert.equal(Number(paid.payment_amount), 9.5);
  assert.equal((await client.payouts.status({ order_id: 'B-1' })).payment_status, 'fail');
  assert.equal((await client.payouts.status({ order_id: 'B-2' })).payment_status, 'cancel');
  const error = await failure(sandbox.settle('A-1', 'fail'));
  assert.ok(error instanceof SandboxError);
  assert.match(error.message, /final already/);
});

test('balance sets the balance', async () => {
  await sandbox.balance('100000.50');
  assert.equal(Number((await sandbox.client().account.balance()).balance), 100_000.5);
});

test('forged notifications and redirects are validly signed unless an option says otherwise', async () => {
  const client = sandbox.client();
  const options = { order_id, status: 'wait', fields: 12, card_brand: 'MIR', digest: 'sha256', extra: { a: 'b' } };
  const event = client.notifications.verify({ query: (await sandbox.forge(options)).query });
  const { payment_status, card_brand, digest, unsigned } = event;
  assert.deepEqual([payment_status, card_brand, digest, unsigned], ['wait', 'MIR', 'sha256', { a: 'b' }]);
  const { json } = await sandbox.forge({ id: 112412553 });
  assert.equal(client.notifications.verify({ body: json }).order_id, order_id);
  for (const signature of ['flipped', 'other_key', 'other_body', 'missing', 'truncated']) {
    const { query } = await sandbox.forge({ order_id, signature });
    const error = await failure(() => client.notifications.verify({ query }));
    assert.ok(error instanceof alikassa.NotificationError, signature);
  }
  const { form } = await sandbox.redirect({ order_id });
  assert.equal(client.redirects.verify({ body: form }).order_id, order_id);
  assert.equal((await sandbox.redirect({ order_id, signature: 'missing' })).sign, null);
  assert.deepEqual(await sandbox.notifications(), []);
});

test('notify delivers a notification', async () => {
  let server;
  const received = new Promise((resolve) => {
    server = createServer((request, response) => resolve([request.url, response.writeHead(204).end()]));
  });
  after(() => server.close());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const number = await sandbox.notify(`http://127.0.0.1:${server.address().port}/hook`, { order_id, delay_ms: 1 });
  const [query] = (await received)[0].split('?').slice(1);
  assert.equal(sandbox.client().notifications.verify({ query }).order_id, order_id);
  await until(async () => (await sandbox.notifications())[0].attempts.length > 0);
  const [{ id, attempts }] = await sandbox.notifications();
  assert.deepEqual([id, attempts[0].status], [number, 204]);
});

test('the log has the requests sent', async () => {
  await sandbox.client().payouts.create(payoutOf('B-1'));
  const { path, certificate, body } = (await sandbox.log()).at(-1);
  assert.deepEqual([path, certificate], ['/v1/payout', 'payout']);
  assert.equal(JSON.parse(Buffer.from(body, 'base64')).order_id, 'B-1');
  await sandbox.reset();
  assert.deepEqual(await sandbox.log(), []);
});

test('two sandboxes share no state', async () => {
  const other = await startSandbox({ executable });
  after(() => other.close());
  await sandbox.balance('1.00');
  assert.equal((await other.client().account.balance()).balance, '93.84000000');
  const stranger = other.client({ payoutCert: sandbox.payout_cert });
  assert.ok((await failure(stranger.account.balance())) instanceof alikassa.AuthenticationError);
});

test('a closed sandbox leaves no process and no folder', async () => {
  const before = await children(process.pid);
  const other = await startSandbox({ executable });
  const folder = dirname(other.ca_file);
  assert.ok(existsSync(folder));
  assert.equal((await children(process.pid)).length, before.length + 1);
  await Promise.all([other.close(), other[Symbol.asyncDispose]()]);
  await other.close();
  assert.deepEqual(await children(process.pid), before);
  assert.ok(!existsSync(folder));
  const error = await failure(other.reset());
  assert.ok(error instanceof SandboxError);
  assert.match(error.message, /does not respond/);
});

test('a sandbox that ignores SIGTERM is killed', async () => {
  const before = await children(process.pid);
  const line = JSON.stringify({ ...sandbox, version: alikassa.version });
  const script = `trap '' TERM\necho '${line}'\nwhile :; do sleep 0.1; done`;
  const stubborn = await startSandbox({ executable: program(script) });
  assert.equal(stubborn.url, sandbox.url);
  await stubborn.close();
  assert.deepEqual(await children(process.pid), before);
});

for (const [end, rest] of [
  ['returns', ''],
  ['exits', 'process.exit(0);'],
  ['is killed', "process.kill(process.pid, 'SIGKILL');"],
  ['fails', "throw new Error('x');"],
]) {
  test(`the sandbox exits when its process ${end}`, async () => {
    const script = `
      require('alikassa/testing').startSandbox(${JSON.stringify({ executable })}).then((sandbox) => {
        const [pid] = require('fs').readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ');
        require('fs').writeSync(1, pid + ' ' + sandbox.ca_file);
        ${rest}
      });`;
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: await consumerFolder() });
    const [pid, ca_file] = stdout.split(' ');
    assert.ok(ca_file, stdout);
    await until(() => !existsSync(`/proc/${pid}`) && !existsSync(dirname(ca_file)));
  });
}

test('import finds the names that require finds, which testing.d.ts declares', async () => {
  const cwd = await consumerFolder();
  const script = `import * as all from 'alikassa/testing'; console.log(Object.keys(all).sort().join());`;
  writeFileSync(join(cwd, 'names.mjs'), script);
  const { stdout } = await run(process.execPath, ['names.mjs'], { cwd });
  const types = readFileSync(join(root, 'node/testing.d.ts'), 'utf8');
  const declared = [...types.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), ['SandboxError', 'startSandbox']);
  assert.match(stdout, /^SandboxError,default,(module.exports,)?startSandbox\n$/);
});

test('a program of another version is refused', async () => {
  const names = ['url', 'tls_url', 'ca_file', 'account', 'payment_cert', 'payout_cert'];
  const more = ['notification_cert', 'notification_private_cert'];
  const ready = Object.fromEntries([...names, ...more].map((name) => [name, 'x']));
  for (const [version, shown] of [['0.0.9', '0.0.9'], [undefined, 'older']]) {
    const path = program(`echo '${JSON.stringify({ ...ready, version })}'; exec cat`);
    const error = await failure(startSandbox({ executable: path }));
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, new RegExp(`alikassa-sandbox ${shown}, and this is alikassa ${alikassa.version}`));
    assert.match(error.message, /npm install --save-dev alikassa-sandbox@/);
  }
});

test('a service is used over its URL', async () => {
  const child = spawn(executable, ['--host', 'sandbox.test', '--settle', 'never', '--json', '--until-eof']);
  const [line] = await once(child.stdout, 'data');
  const url = JSON.parse(line).url.replace('sandbox.test', '127.0.0.1');
  const service = await startSandbox({ executable: `${url}/` });
  assert.equal(service.url, url);
  assert.equal((await service.client().account.balance()).currency, 'RUB');
  assert.equal((await service.log()).length, 1);
  const refused = await failure(startSandbox({ executable: url, balance: '5' }));
  assert.match(refused.message, /runs already/);
  const folder = dirname(service.ca_file);
  await service.close();
  assert.ok(!existsSync(folder));
  child.kill();
});

test('a service of another kind is refused', async () => {
  const connection = { version: alikassa.version, account: 'x', tls_port: 1, files: {} };
  for (const [status, content, reason] of [
    [200, { ...connection, version: '0.0.9' }, /is alikassa-sandbox 0\.0\.9, and this is/],
    [404, { message: 'Unknown control route' }, /is alikassa-sandbox older, and this is/],
    [200, { x: 1 }, /is not a sandbox/],
    [200, { ...connection, files: null }, /is not a sandbox/],
    [500, {}, /is not a sandbox/],
    [502, '<html>', /is not a sandbox: it responds with HTTP 502/],
    [200, { ...connection, files: { '../x': '' } }, /it names the file/],
  ]) {
    const server = createServer((_, response) => {
      response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const error = await failure(startSandbox({ executable: `http://127.0.0.1:${server.address().port}` }));
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, reason);
    server.close();
  }
});

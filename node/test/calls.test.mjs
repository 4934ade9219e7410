// Reads and raw requests, over TLS, from ES modules and CommonJS.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';

import {
  alikassa,
  camelCase,
  collectWarnings,
  consumerFolder,
  failure,
  payoutOf,
  run,
  startSandbox,
  vectors,
} from './support.mjs';

const { AccountInfo, AccountMethod, Balance, Payment, PaymentStatus, Payout, Reply } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client();
const { records } = vectors('records.json');
const { operations } = vectors('operations.json');
const steps = vectors('scenarios.json').scenarios.flatMap((scenario) => scenario.steps);

test('a payment, a payout and the balance are read over TLS', async () => {
  const payment = await client.payments.status({ order_id: '1756900030' });
  assert.ok(payment instanceof Payment);
  assert.equal(payment.id, 112412553);
  assert.equal(payment.payment_status, PaymentStatus.PAID);
  assert.equal(payment.amount, '10.000000000');
  assert.equal(payment.is_final, true);

  const payout = await client.payouts.status({ id: '100000536' });
  assert.ok(payout instanceof Payout);
  assert.equal(payout.order_id, '6422494');
  assert.equal(payout.is_partial_payment, false);
  assert.equal(payout.card_mask, null);

  const balance = await client.account.balance();
  assert.ok(balance instanceof Balance);
  assert.equal(balance.balance, '93.84000000');
  assert.equal(balance.is_final, undefined);

  const log = (await sandbox.log()).slice(-3);
  assert.deepEqual(
    log.map(({ tls, path }) => [tls, path]),
    [
      [true, '/v1/payment/status'],
      [true, '/v1/payout/status'],
      [true, '/v1/account/balance'],
    ],
  );
  assert.equal(log[0].headers['user-agent'], `alikassa-node/${alikassa.version}`);
});

test('an id may be a string, a number or a bigint', async () => {
  for (const id of ['100000536', 100000536, 100000536n]) {
    assert.equal((await client.payouts.status({ id })).id, 100000536);
  }
});

test('null and undefined fields and options are absent', async () => {
  const order = { id: undefined, order_id: '6422494' };
  const options = { signal: undefined, timeout: null, deadline: undefined };
  assert.equal((await client.payouts.status(order, options)).id, 100000536);
  assert.equal((await client.payouts.status({ ...order, id: null }, null)).id, 100000536);
});

test('the package works with import and require', async () => {
  const folder = await consumerFolder();
  const script = `
    const { payments, payouts, account } = new Client(${JSON.stringify(sandbox.options)});
    const responses = await Promise.all([
      payments.status({ order_id: '1756900030' }),
      payouts.status({ id: '100000536' }),
      account.balance(),
    ]);
    console.log(responses.map(({ amount, balance }) => amount ?? balance).join());`;
  const forms = {
    'consumer.mjs': `import { Client } from 'alikassa'; ${script}`,
    'consumer.cjs': `const { Client } = require('alikassa'); (async () => { ${script} })();`,
    'both.mjs': `
      import { createRequire } from 'node:module';
      import { Client, NotFoundError } from 'alikassa';
      const required = createRequire(import.meta.url)('alikassa');
      if (required.NotFoundError !== NotFoundError) throw new Error('two classes with the same name');
      ${script}`,
  };
  for (const [name, source] of Object.entries(forms)) {
    await writeFile(join(folder, name), source);
    const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder });
    assert.equal(stdout, '10.000000000,300.00,93.84000000\n', `${name}: ${stderr}`);
  }
});

test('a raw request returns the bytes and their JSON', async () => {
  const data = { id: '100000536' };
  const reply = await client.request('v1/payout/status', data, { cert: 'payout', read: true });
  assert.ok(reply instanceof Reply);
  assert.equal(reply.status, 200);
  assert.ok(Buffer.isBuffer(reply.body));
  assert.deepEqual(reply.json(), JSON.parse(reply.body));
  assert.equal(inspect(reply), 'Reply { status: 200 }');
});

test('no digit of a response is lost', async () => {
  const body =
    '{"payment_status":"paid","id":9007199254740993,"amount":1.50,"new":{"a":9007199254740993,' +
    '"b":0.10,"c":[1,-0,1e3,true,null,"x"],"__proto__":{"polluted":1}}}';
  await sandbox.fault({ fault: 'http', status: 200, body, times: 2 });

  const payout = await client.payouts.status({ id: '9007199254740993' });
  assert.equal(payout.id, 9007199254740993n);
  assert.equal(payout.amount, '1.50');
  assert.equal(JSON.parse(JSON.stringify(payout)).id, '9007199254740993');
  const unknown = payout.other.new;
  assert.deepEqual(Object.keys(unknown), ['a', 'b', 'c', '__proto__']);
  assert.equal(unknown.a, 9007199254740993n);
  assert.equal(unknown.b, '0.10');
  assert.deepEqual(unknown.c, [1, '-0', '1e3', true, null, 'x']);
  assert.equal(unknown.polluted, undefined);
  assert.equal(payout.raw.toString(), body);

  const options = { cert: 'payout', read: true };
  const json = (await client.request('v1/payout/status', {}, options)).json();
  assert.equal(json.id, 9007199254740993n);
  assert.equal(json.amount, '1.50');
});

test('json() of a raw reply that is not JSON throws a ProtocolError', async () => {
  await sandbox.fault({ fault: 'http', status: 200, body: 'no' });
  const reply = await client.request('v1/x', {}, { cert: 'payout', read: true });
  assert.equal(reply.body.toString(), 'no');
  assert.equal((await failure(() => reply.json())).name, 'ProtocolError');
});

test('account.info returns the permissions and methods', async () => {
  const info = await client.account.info();
  assert.ok(info instanceof AccountInfo);
  assert.equal(info.is_allowed_payout, true);
  const [method] = info.payments;
  assert.ok(method instanceof AccountMethod);
  assert.equal(typeof method.service_code, 'string');
  assert.ok(Object.isFrozen(info.payments) && Object.isFrozen(method));
  assert.deepEqual(JSON.parse(JSON.stringify(info)).payments[0], { ...method });
});

test('a record has the fields of tests/vectors/records.json, and inspect shows only the loggable ones', async () => {
  const sandbox = await startSandbox();
  const client = sandbox.client();
  const { form } = await sandbox.redirect({ order_id: '1756900030' });
  const { query } = await sandbox.notification({ order_id: '1756900030', fields: 12 });
  const replies = [client.notifications.verify({ query }), client.redirects.verify({ body: form })];
  for (const { name } of operations) {
    const [resource, verb] = name.split('.');
    const { input } = steps.find(({ call, ok }) => call === name && ok);
    replies.push(await client[resource][camelCase(verb)](...(input ? [input] : [])));
  }
  replies.push(await client.payouts.create(payoutOf('B-1'), { dryRun: true }));
  const all = new Map(replies.flatMap(withParts).map((record) => [record.constructor.name, record]));
  for (const [name, { fields, loggable }] of Object.entries(records)) {
    const record = all.get(name);
    const names = fields.map((field) => field.name);
    assert.deepEqual(Object.keys(record), names);
    assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(record))), names);
    const shown = Object.fromEntries(
      Object.entries(record).filter(([field]) => loggable.includes(field)),
    );
    assert.notDeepEqual(shown, {}, `inspect shows nothing of a ${name}`);
    assert.equal(inspect(record, { depth: 9 }), `${name} ${inspect(shown, { depth: 9 })}`);
    assert.ok(Object.isFrozen(record));
  }
});

// A record and the records in its fields.
function withParts(record) {
  const parts = Object.values(record).flat();
  return [record, ...parts.filter((part) => part?.constructor.name in records).flatMap(withParts)];
}

test('inspect shows the records in a list, and a request for less depth is kept', async () => {
  const history = await client.payments.history();
  assert.match(inspect(history), /^History \{\s+data: \[\s+HistoryPayment \{[^}]*\bid: 112412553,/);
  assert.match(inspect({ page: { history } }, { depth: 0 }), /^\{ page: \[Object\] \}$/);
  const info = await client.account.info();
  assert.match(inspect(info), /payouts: \[\s+AccountMethod \{\s+method: '[a-z_]+',/);
});

test('inspect shows the currency and the balance of a Balance, and nothing else', async () => {
  const balance = await client.account.balance();
  assert.equal(inspect(balance), `Balance { currency: 'RUB', balance: '${balance.balance}' }`);
});

test('a notice of the library is emitted as a warning', async () => {
  const warnings = collectWarnings();
  await sandbox.acceptDigest('sha256');
  await sandbox.client().account.balance();
  await new Promise(setImmediate);
  await sandbox.reset();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /accepts SHA-256 with the payout certificate/);
});

test('fromEnv reads the environment, and explicit options override it', async () => {
  const { tls_url, ca_file, account, payout_cert } = sandbox.ready;
  const env = {
    ...process.env,
    ALIKASSA_ACCOUNT: account,
    ALIKASSA_PAYOUT_CERT: payout_cert,
    ALIKASSA_BASE_URL: tls_url,
    ALIKASSA_CA_FILE: ca_file,
  };
  const folder = await consumerFolder();
  const script = `require('alikassa').Client.fromEnv().account.balance().then(({ balance }) => console.log(balance))`;
  const argv = ['-e', script];
  const { stdout, stderr } = await run(process.execPath, argv, { cwd: folder, env });
  assert.equal(stdout, '93.84000000\n', stderr);

  const refused = `try { require('alikassa').Client.fromEnv({ digest: 'md5' }) } catch (error) { console.log(error.field) }`;
  assert.equal((await run(process.execPath, ['-e', refused], { cwd: folder, env })).stdout, 'digest\n');

  const { ALIKASSA_PAYOUT_CERT: _, ...keys } = env;
  keys.ALIKASSA_PAYOUT_KEY = readFileSync(join(payout_cert, 'private.pem'), 'utf8').replaceAll('\n', '\\n');
  keys.ALIKASSA_PAYOUT_PASSWORD = readFileSync(join(payout_cert, 'password.txt'), 'utf8');
  keys.ALIKASSA_LEDGER = join(folder, 'ledger.sqlite');
  assert.equal((await run(process.execPath, argv, { cwd: folder, env: keys })).stdout, '93.84000000\n');
  const path = `console.log(require('alikassa').Client.fromEnv().ledger.location)`;
  const ledger = await run(process.execPath, ['-e', path], { cwd: folder, env: keys });
  assert.equal(ledger.stdout, `${keys.ALIKASSA_LEDGER}\n`);
  const both = await run(process.execPath, argv, { cwd: folder, env: { ...env, ...keys, ALIKASSA_PAYOUT_CERT: payout_cert } });
  assert.match(both.stderr, /ConfigurationError: ALIKASSA_PAYOUT_CERT and ALIKASSA_PAYOUT_KEY are both set/);

  delete env.ALIKASSA_ACCOUNT;
  const without = await run(process.execPath, argv, { cwd: folder, env });
  assert.match(without.stderr, /ConfigurationError: set ALIKASSA_ACCOUNT/);
  const given = `console.log(require('alikassa').Client.fromEnv({ account: 'x' }).account !== undefined)`;
  assert.equal((await run(process.execPath, ['-e', given], { cwd: folder, env })).stdout, 'true\n');
});

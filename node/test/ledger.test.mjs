// The ledger: at most one request per order, and its release by the merchant.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import {
  alikassa,
  collectWarnings,
  consumerFolder,
  failure,
  ledgerPath,
  native,
  payoutOf,
  pending,
  queue,
  run,
  startSandbox,
  vectors,
} from './support.mjs';

const { Client, DuplicateOrderError, InvalidArgumentError, Ledger, LedgerError, LedgerRow } =
  alikassa;
const sandbox = await startSandbox();
const recording = (ledger, options) => sandbox.client({ digest: 'sha1', ledger, ...options });
const { account } = sandbox.ready;

beforeEach(() => sandbox.reset());

test('a create is recorded with the fields of tests/vectors/records.json', async () => {
  const ledger = new Ledger(ledgerPath());
  const client = recording(ledger);
  assert.equal(client.ledger, ledger);
  await client.payouts.create(payoutOf('L-1', { amount: '10.50' }));

  const [row, ...others] = await ledger.open();
  assert.deepEqual(others, []);
  assert.ok(row instanceof LedgerRow);
  assert.deepEqual(Object.keys(row), vectors('records.json').ledger_row);
  const { created_ms, updated_ms, ...fields } = row;
  assert.ok(Date.now() - created_ms < 60_000 && updated_ms >= created_ms);
  assert.deepEqual(fields, {
    account,
    operation: 'payouts.create',
    order_id: 'L-1',
    state: 'accepted',
    amount: '10.50',
    service: 'payment_card_rub',
    id: 100000537,
    id_source: 'create',
    payment_status: 'wait',
    reason: null,
  });
  assert.ok(Object.isFrozen(row));
  assert.deepEqual(JSON.parse(JSON.stringify(row)), { ...row });
  const { operation, order_id, state, amount, id, payment_status } = row;
  const shown = { operation, order_id, state, amount, id, payment_status };
  assert.equal(inspect(row), `LedgerRow ${inspect(shown)}`);
});

test('an id beyond the safe integers is a bigint, and a string in JSON', async () => {
  const client = recording(ledgerPath());
  const body = '{"id":9007199254740993,"payment_status":"wait"}';
  await sandbox.fault({ fault: 'http', status: 200, body });
  await client.payouts.create(payoutOf('L-1'));
  const [row] = await client.ledger.open();
  assert.equal(row.id, 9007199254740993n);
  assert.equal(JSON.parse(JSON.stringify(row)).id, '9007199254740993');
  const error = await failure(client.payouts.create(payoutOf('L-1')));
  assert.equal(JSON.parse(JSON.stringify(error)).previous.id, '9007199254740993');
});

test('the ledger option takes null, a Ledger, or the path of a new file', async () => {
  assert.equal(sandbox.client().ledger, null);
  assert.equal(sandbox.client({ ledger: null }).ledger, null);
  const path = ledgerPath();
  const { ledger } = recording(path);
  assert.ok(ledger instanceof Ledger);
  assert.equal(ledger.location, path);
  assert.equal(inspect(ledger), `Ledger { location: '${path}' }`);
  assert.deepEqual(JSON.parse(JSON.stringify(ledger)), { location: path });
  assert.ok(new Ledger('creates.sqlite').location.startsWith('/'));
});

test('an invalid ledger or signatureCache is refused', async () => {
  for (const [make, field, reason] of [
    [() => new Ledger(), 'location', 'type'],
    [() => new Ledger(''), 'ledger', 'empty'],
    [() => new Client({ account, ledger: 1 }), 'ledger', 'type'],
    [() => new Client({ account, ledger: {} }), 'ledger', 'type'],
    [() => new Client({ account, ledger: '' }), 'ledger', 'empty'],
    [() => new Client({ account, signatureCache: '1' }), 'signatureCache', 'type'],
    [() => new Client({ account, signatureCache: 1e7 }), 'signatureCache', 'out_of_range'],
  ]) {
    const error = await failure(make);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
  assert.ok(new Client({ account, signatureCache: 0 }));
});

test('a recorded order is not sent again', async () => {
  const client = recording(ledgerPath());
  await client.payouts.create(payoutOf('L-1'));
  for (const [request, same_body] of [
    [payoutOf('L-1'), true],
    [payoutOf('L-1', { amount: '11.00' }), false],
  ]) {
    const error = await failure(client.payouts.create(request));
    assert.ok(error instanceof DuplicateOrderError, error.stack);
    assert.equal(error.outcome, 'created');
    assert.equal(error.operation, 'payouts.create');
    assert.equal(error.same_body, same_body);
    assert.ok(error.previous instanceof LedgerRow);
    assert.ok(Object.isFrozen(error.previous));
    assert.equal(error.previous.state, 'accepted');
    assert.equal(error.previous.amount, '10.00');
    const data = error.toJSON();
    assert.deepEqual(structuredClone(data), data);
    assert.equal(data.previous.order_id, 'L-1');
    assert.equal(data.same_body, same_body);
    assert.match(inspect(error), /previous: LedgerRow \{/);
    assert.doesNotMatch(inspect(error) + JSON.stringify(error), /4111111111111111/);
  }
  assert.equal(await sandbox.sent('/v1/payout'), 1);
});

test('a DuplicateOrderError can be constructed for tests', () => {
  const previous = { order_id: 'L-1', state: 'unknown' };
  const error = new DuplicateOrderError('twice', { previous, same_body: true });
  assert.deepEqual(error.toJSON(), {
    name: 'DuplicateOrderError',
    message: 'twice',
    code: 'duplicate_order',
    attempts: 0,
    previous,
    same_body: true,
  });
});

test('of 64 concurrent creates of one order, one is sent', async () => {
  const client = recording(ledgerPath());
  const creates = Array.from({ length: 64 }, () => client.payouts.create(payoutOf('L-1')));
  const ended = await Promise.allSettled(creates);
  const refused = ended.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  assert.equal(refused.length, 63);
  assert.ok(refused.every((error) => error instanceof DuplicateOrderError), inspect(refused[0]));
  assert.equal(await sandbox.sent('/v1/payout'), 1);
});

test('of two processes that share a ledger and create one order, one sends it', async () => {
  const folder = await consumerFolder();
  const options = { ...sandbox.options, digest: 'sha1', ledger: ledgerPath() };
  const script = `
    const { Client } = require('alikassa');
    const client = new Client(${JSON.stringify(options)});
    client.payouts.create(${JSON.stringify(payoutOf('L-1'))}).then(
      ({ id }) => console.log(id),
      ({ name }) => console.log(name),
    );`;
  const both = [1, 2].map(() => run(process.execPath, ['-e', script], { cwd: folder }));
  const printed = (await Promise.all(both)).map(({ stdout }) => stdout);
  assert.deepEqual(printed.sort(), ['100000537\n', 'DuplicateOrderError\n']);
  assert.equal(await sandbox.sent('/v1/payout'), 1);
});

test('get returns the row of an order, of one account if several have it', async () => {
  const { ledger, payouts } = recording(ledgerPath());
  assert.equal(await ledger.get('payouts.create', 'L-1'), null);
  await payouts.create(payoutOf('L-1'));
  const row = await ledger.get('payouts.create', 'L-1');
  assert.ok(row instanceof LedgerRow);
  assert.deepEqual([row], await ledger.open());
  assert.equal(await ledger.get('payments.create', 'L-1'), null);

  const another = '00000000-0000-4000-8000-000000000000';
  const nowhere = { account: another, baseUrl: 'http://127.0.0.1:1', maxRetries: 0 };
  await failure(recording(ledger, nowhere).payouts.create(payoutOf('L-1')));
  assert.deepEqual(await ledger.get('payouts.create', 'L-1', { account }), row);
  const { state } = await ledger.get('payouts.create', 'L-1', { account: another });
  assert.equal(state, 'not_sent');
  for (const [argv, field, reason] of [
    [['payouts.create', 'L-1'], 'account', 'required'],
    [['payouts.create', 1], 'order_id', 'type'],
    [[undefined, 'L-1'], 'operation', 'type'],
    [['payouts.create', 'L-1', { account: 1 }], 'account', 'type'],
    [['payouts.create', 'L-1', { since: 1 }], 'since', 'unknown'],
  ]) {
    const error = await failure(ledger.get(...argv));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
});

test('a restored copy sends creates only after resume', async () => {
  const { ledger, payouts } = recording(ledgerPath());
  await payouts.create(payoutOf('L-1'));
  const path = join(dirname(ledger.location), 'copy.sqlite');
  assert.equal(await ledger.backup(path), undefined);
  await payouts.create(payoutOf('L-2'));
  const restored = recording(path);
  assert.deepEqual((await restored.reconcile()).map(({ order_id }) => order_id), ['L-1']);
  const refused = await failure(restored.payouts.create(payoutOf('L-2')));
  assert.ok(refused instanceof LedgerError, refused.stack);
  assert.equal(refused.outcome, 'not_sent');
  assert.match(refused.message, /resume/);
  for (const [call, field, reason] of [
    [() => ledger.backup(path), 'path', 'unusable'],
    [() => ledger.backup(), 'path', 'type'],
    [() => restored.ledger.resume(' '), 'reason', 'empty'],
    [() => restored.ledger.resume(), 'reason', 'type'],
  ]) {
    const error = await failure(call());
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
  assert.equal(await restored.ledger.resume('every order since is known'), undefined);
  await restored.payouts.create(payoutOf('L-3'));
  assert.equal(await sandbox.sent('/v1/payout'), 3);
});

test('a released order can be sent again', async () => {
  const client = recording(ledgerPath());
  const { ledger } = client;
  await sandbox.fault({ fault: 'close_after_read', match: { path: 'v1/payout' } });
  const unknown = await failure(client.payouts.create(payoutOf('L-1')));
  assert.equal(unknown.outcome, 'unknown');
  const refused = await failure(client.payouts.create(payoutOf('L-1')));
  assert.equal(refused.previous.state, 'unknown');

  assert.equal(await ledger.release('payouts.create', 'L-1', 'support says no', { account }), undefined);
  assert.deepEqual(await ledger.open(), []);
  await client.payouts.create(payoutOf('L-1'));
  assert.equal(await sandbox.sent('/v1/payout'), 2);
});

test('an invalid release is refused', async () => {
  const ledger = new Ledger(ledgerPath());
  for (const [argv, field, reason] of [
    [['payouts.create', 'L-1', 'why'], 'order_id', 'unknown'],
    [['payouts.create', 'L-1', ' '], 'reason', 'empty'],
    [['payouts.create', 'L-1'], 'reason', 'type'],
    [['payouts.create', 1, 'why'], 'order_id', 'type'],
    [[undefined, 'L-1', 'why'], 'operation', 'type'],
    [['payouts.create', 'L-1', 'why', { account: 1 }], 'account', 'type'],
    [['payouts.create', 'L-1', 'why', { deadline: 1 }], 'deadline', 'unknown'],
  ]) {
    const error = await failure(ledger.release(...argv));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
});

test('reconcile requests the status of every open row and records it', async () => {
  const client = recording(ledgerPath());
  await sandbox.fault({ fault: 'close_after_act', match: { order_id: 'L-1' } });
  await sandbox.fault({ fault: 'close_after_read', match: { order_id: 'L-2' } });
  for (const order_id of ['L-1', 'L-2']) {
    await failure(client.payouts.create(payoutOf(order_id)));
  }
  const rows = await client.reconcile({ deadline: 5000 });
  assert.ok(rows.every((row) => row instanceof LedgerRow));
  assert.deepEqual(
    rows.map(({ order_id, state, id }) => [order_id, state, id]),
    [
      ['L-1', 'accepted', 100000537],
      ['L-2', 'unknown', null],
    ],
  );
  assert.equal(await sandbox.sent('/v1/payout'), 2);

  const without = await failure(sandbox.client().reconcile());
  assert.equal(without.name, 'ConfigurationError');
  assert.equal(without.operation, 'reconcile');
});

test('no create is sent when the ledger is corrupt, missing or locked', async () => {
  const corrupt = ledgerPath();
  writeFileSync(corrupt, 'this is no database, only a text that is long enough to be read as one');
  const missing = join(dirname(corrupt), 'no/such/folder/creates.sqlite');
  const locked = ledgerPath();
  await lock(locked);
  for (const path of [corrupt, missing, locked]) {
    const client = recording(path);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const error = await failure(client.payouts.create(payoutOf('L-1'), { deadline: 500 }));
    clearInterval(timer);
    assert.ok(error instanceof LedgerError, error.stack);
    assert.equal(error.code, 'ledger');
    assert.equal(error.outcome, 'not_sent');
    assert.equal(error.order_id, 'L-1');
    assert.ok(error.message.includes(path));
    if (path === locked) {
      assert.ok(ticks > 10, `the event loop turned ${ticks} times`);
    } else {
      assert.ok((await failure(client.ledger.open())) instanceof LedgerError);
      const release = client.ledger.release('payouts.create', 'L-1', 'why');
      assert.ok((await failure(release)) instanceof LedgerError);
      assert.ok((await failure(client.reconcile())) instanceof LedgerError);
    }
  }
  assert.deepEqual(await sandbox.log(), []);
});

test('a ledger that fails after the response emits a warning, and the create succeeds', async () => {
  const warnings = collectWarnings();
  const client = recording(ledgerPath());
  await sandbox.fault({ fault: 'stall', n: 500, match: { path: 'v1/payout' } });
  const creating = client.payouts.create(payoutOf('L-1'));
  await sandbox.faultsApplied();
  rmSync(dirname(client.ledger.location), { recursive: true });
  assert.equal((await creating).id, 100000537);
  await new Promise(setImmediate);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /the order's row stays open/);
});

test('a panic in disk work is an InternalError', async () => {
  const { error } = await pending(native.testPanicOnSpawnedThread(queue).ok);
  assert.equal(error.class, 'InternalError');
  assert.match(error.message, /a panic requested by a test/);
});

test('disk work keeps the process alive', async () => {
  const folder = await consumerFolder();
  const script = `
    const { Ledger } = require('alikassa');
    new Ledger(${JSON.stringify(ledgerPath())}).open().then(({ length }) => console.log(length));`;
  const { code, stdout } = await run(process.execPath, ['-e', script], { cwd: folder });
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '0\n' });
});

/** Locks the ledger from another process until the tests end. */
async function lock(path) {
  await new Ledger(path).open();
  const program = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()`;
  const child = spawn('python3', ['-c', program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  after(() => child.kill());
  await once(child.stdout, 'data');
}

// The package in another realm than the native addon, as Jest loads it: what it returns is of that
// realm.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';

import { collect, failure, ledgerPath, packageFolder, paymentOf, payoutOf, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
const requireBuiltIn = createRequire(import.meta.url);
// As jest-environment-node, which passes the main realm's bytes and signals on.
const context = vm.createContext({ AbortController, Buffer, Uint8Array, process });
const realm = vm.runInContext('({ Array, Error, Map, Object, TypeError })', context);
const { Client, Ledger } = load(join(packageFolder, 'src/index.js'));

/** A module of the package, run in the realm. */
function load(file, loaded = new Map()) {
  if (file.endsWith('.node')) {
    return requireBuiltIn(file);
  }
  if (!loaded.has(file)) {
    const module = { exports: {} };
    loaded.set(file, module);
    const required = (name) => (name.startsWith('.') ? load(resolve(dirname(file), name), loaded) : requireBuiltIn(name));
    vm.compileFunction(readFileSync(file, 'utf8'), ['module', 'exports', 'require'], {
      filename: file,
      parsingContext: context,
    })(module, module.exports, required);
  }
  return loaded.get(file).exports;
}

function openClient() {
  return new Client({ ...sandbox.options, ledger: ledgerPath() });
}

/** Asserts that every array and object in a value descends from this realm's Object. */
function assertLocal(value, path) {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) {
    return;
  }
  assert.ok(value instanceof realm.Object, `${path} is of another realm`);
  assert.equal(Array.isArray(value), value instanceof realm.Array, `${path} is an array of another realm`);
  for (const name of Object.getOwnPropertyNames(value)) {
    assertLocal(value[name], `${path}.${name}`);
  }
}

test('replies, their parts and their other fields are of the realm', async () => {
  const client = openClient();
  const { id } = await client.payouts.create(payoutOf('realm-1'));
  await client.payments.create(paymentOf('realm-2'));
  assertLocal(await client.payouts.status({ id }), 'payout');
  assertLocal(await client.payments.history(), 'history');
  assertLocal(await client.account.info(), 'info');
  assertLocal(await client.payouts.resolve('realm-1'), 'resolution');
  for (const payment of await collect(client.payments.iterHistory())) {
    assertLocal(payment, 'iterHistory');
  }
  for (const result of await collect(client.payouts.statuses({ ids: [id, '1'] }))) {
    assertLocal(result, 'statuses');
  }
  const reply = await client.request('v1/payment/history', {}, { cert: 'payment', read: true });
  assertLocal(reply.json(), 'json');
  assertLocal(client.toJSON(), 'client.toJSON()');
  await client.close();
});

test('rows of the ledger are of the realm', async () => {
  const client = openClient();
  await client.payouts.create(payoutOf('realm-3'));
  const { ledger } = client;
  assert.ok(ledger instanceof Ledger);
  assert.equal((await ledger.open()).length, 1);
  assertLocal(await ledger.open(), 'open');
  assertLocal(await ledger.rows(), 'rows');
  assertLocal(await ledger.events(), 'events');
  for (const event of await collect(ledger.events())) {
    assertLocal(event, 'event');
  }
  assertLocal(await client.reconcile(), 'reconcile');
  await client.close();
});

test('errors are of the realm', async () => {
  const client = openClient();
  const refused = await failure(client.payouts.create(payoutOf('realm-4', { amount: '5000.00' })));
  const unknown = await failure(client.payouts.status({ id: '1' }));
  const mistaken = await failure(() => new Client({ ...sandbox.options, payoutCert: 1 }));
  for (const error of [refused, unknown, mistaken]) {
    assert.ok(error instanceof realm.Error);
    assertLocal(error, error.name);
  }
  await client.close();
});

test('notifications are of the realm, and bytes, maps and objects of any realm are taken', async () => {
  const client = openClient();
  await client.payouts.create(payoutOf('realm-5'));
  const { form } = await sandbox.notification({ order_id: 'realm-5', url: null, extra: { later: '1' } });
  const bytes = vm.runInNewContext('(text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))')(form);
  assert.ok(!(bytes instanceof Uint8Array));
  for (const body of [bytes, bytes.buffer, Buffer.from(form)]) {
    assertLocal(client.notifications.verify({ body }), 'notification');
  }
  const map = vm.runInNewContext('new Map([["order_id", "realm-5"]])');
  const reply = await client.request('v1/payout/status', map, { cert: 'payout', read: true });
  assert.equal(reply.json().order_id, 'realm-5');
  await client.close();
});

// Notifications and redirects: verified in every form, and noted in the ledger.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import { alikassa, failure, ledgerPath, payoutOf, startSandbox } from './support.mjs';

const { Client, InvalidArgumentError, Ledger, LedgerError, Notification, Redirect, VerifyingKey } =
  alikassa;
const sandbox = await startSandbox();
const client = sandbox.client();
const { account, notification_cert } = sandbox.ready;
const order_id = '1756900030';

beforeEach(() => sandbox.reset());

test('a notification is verified in every form, and has the signed fields', async () => {
  const extra = { new_field: 'x/y' };
  const { query, form, json, signed_text } = await sandbox.notification({ order_id, extra });
  const fields = Object.fromEntries(new URLSearchParams(query));
  const contentType = 'application/json; charset=utf-8';
  for (const delivery of [
    { query },
    { query: `?${query}`, body: null, contentType: undefined, fields: undefined },
    { body: form },
    { body: Buffer.from(form), contentType: 'application/x-www-form-urlencoded' },
    { body: Buffer.from(json) },
    { body: new Uint8Array(Buffer.from(json)), contentType },
    { body: new Uint8Array(Buffer.from(json)).buffer, contentType },
    { body: new DataView(new Uint8Array(Buffer.from(`..${form}`)).buffer, 2) },
    { fields },
    { fields: new Map(Object.entries(fields)) },
    { fields: { ...JSON.parse(json), missing: undefined } },
  ]) {
    const event = client.notifications.verify(delivery);
    assert.ok(event instanceof Notification);
    assert.equal(event.type, 'payment');
    assert.equal(event.id, 112412553);
    assert.equal(event.order_id, order_id);
    assert.equal(event.payment_status, 'paid');
    assert.equal(event.is_partial_payment, false);
    assert.equal(event.account, account);
    assert.equal(event.card_brand, null);
    assert.equal(event.is_final, true);
    assert.equal(event.variant, 'f11-default');
    assert.equal(event.digest, 'sha1');
    assert.deepEqual(event.unsigned, extra);
    assert.equal(event.other, undefined);
    assert.equal(event.raw.toString(), signed_text);
    assert.ok(Object.isFrozen(event));
    assert.equal(JSON.parse(JSON.stringify(event)).unsigned, undefined);
    assert.doesNotMatch(inspect(event), /new_field|sign|f11/);
  }
  assert.deepEqual(await sandbox.log(), []);
});

test('a notification has the variant and the digest of its signature', async () => {
  const options = { order_id, fields: 12, encoding: 'slashes', digest: 'sha256', desc: 'a/b' };
  const { query } = await sandbox.notification(options);
  const event = client.notifications.verify({ query }, { digest: 'sha256' });
  assert.deepEqual([event.variant, event.digest], ['f12-slashes', 'sha256']);
  assert.equal(event.card_brand, 'VISA');
  assert.equal(event.desc, 'a/b');

  const wait = await sandbox.notification({ order_id, status: 'wait' });
  assert.equal(client.notifications.verify({ query: wait.query }).is_final, false);
});

test('a notification that the provider did not sign for this account is refused', async () => {
  const cases = [
    [{ signature: 'flipped' }, {}, 'SignatureMismatchError', 'signature_mismatch'],
    [{ signature: 'other_key' }, {}, 'SignatureMismatchError', 'signature_mismatch'],
    [{ signature: 'other_body' }, {}, 'SignatureMismatchError', 'signature_mismatch'],
    [{}, { digest: 'sha256' }, 'SignatureMismatchError', 'signature_mismatch'],
    [{ signature: 'missing' }, {}, 'MalformedNotificationError', 'malformed_notification'],
    [{ account: 'another' }, {}, 'AccountMismatchError', 'account_mismatch'],
  ];
  for (const [signed, options, name, code] of cases) {
    const { query } = await sandbox.notification({ order_id, ...signed });
    const error = await failure(() => client.notifications.verify({ query }, options));
    assert.ok(error instanceof alikassa[name], error.stack);
    assert.ok(error instanceof alikassa.NotificationError);
    assert.equal(error.code, code);
    assert.equal(error.operation, 'notifications.verify');
    assert.equal(error.outcome, undefined);
  }
  const { query } = await sandbox.notification({ order_id });
  const error = await failure(() => client.notifications.verify({ query: `${query}&id=1` }));
  assert.equal(error.name, 'MalformedNotificationError');
});

test('a redirect is verified in every form', async () => {
  const { form, uuid } = await sandbox.redirect({ order_id });
  for (const delivery of [
    { body: `${form}&new_field=x` },
    { query: `${form}&new_field=x` },
    { fields: { ...Object.fromEntries(new URLSearchParams(form)), new_field: 'x' } },
  ]) {
    const redirect = client.redirects.verify(delivery);
    assert.ok(redirect instanceof Redirect);
    assert.deepEqual({ ...redirect }, { order_id, uuid });
    assert.equal(redirect.digest, 'sha1');
    assert.deepEqual(redirect.unsigned, { new_field: 'x' });
    assert.equal(redirect.is_final, undefined);
    assert.equal(redirect.variant, undefined);
  }
  const forged = await sandbox.redirect({ order_id, signature: 'flipped' });
  const error = await failure(() => client.redirects.verify({ body: forged.form }));
  assert.equal(error.name, 'SignatureMismatchError');
  assert.equal(error.operation, 'redirects.verify');
});

test('verify refuses anything but exactly one form of payload', async () => {
  const cases = [
    [[], 'query', 'exactly_one'],
    [[null], 'query', 'exactly_one'],
    [[{}], 'query', 'exactly_one'],
    [[{ query: 'a=1', body: 'a=1' }], 'query', 'exactly_one'],
    [[{ query: 'a=1', fields: {} }], 'query', 'exactly_one'],
    [[{ query: 'a=1', contentType: 'x' }], 'contentType', 'needs_body'],
    [[{ body: '{}', contentType: 1 }], 'contentType', 'type'],
    [[{ query: 1 }], 'query', 'type'],
    [[{ body: {} }], 'body', 'type'],
    [[{ fields: 'a=1' }], 'fields', 'not_an_object'],
    [[{ fields: new URLSearchParams('a=1') }], 'fields', 'not_an_object'],
    [[{ fields: { amount: 0.5 } }], 'fields.amount', 'float'],
    [[{ querystring: 'a=1' }], 'querystring', 'unknown'],
    [['a=1'], 'delivery', 'type'],
    [[{ query: 'a=1' }, { digest: 'md5' }], 'digest', 'digest'],
    [[{ query: 'a=1' }, { signal: null, deadline: 1 }], 'deadline', 'unknown'],
  ];
  for (const name of ['notifications', 'redirects']) {
    for (const [argv, field, reason] of cases) {
      const error = await failure(() => client[name].verify(...argv));
      assert.ok(error instanceof InvalidArgumentError, error.stack);
      assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
      assert.equal(error.operation, `${name}.verify`);
    }
  }
});

test('notificationCert takes a folder, a key or a list; without it verify fails', async () => {
  const { query } = await sandbox.notification({ order_id });
  const key = VerifyingKey.load(notification_cert);
  for (const notificationCert of [notification_cert, key, [key], [sandbox.ready.payout_cert, key]]) {
    const verifying = new Client({ account, notificationCert });
    assert.equal(verifying.notifications.verify({ query }).order_id, order_id);
  }
  const other = new Client({ account, notificationCert: sandbox.ready.payout_cert });
  const mismatch = await failure(() => other.notifications.verify({ query }));
  assert.equal(mismatch.name, 'SignatureMismatchError');
  for (const notificationCert of [undefined, null, []]) {
    const error = await failure(() =>
      new Client({ account, notificationCert }).notifications.verify({ query }),
    );
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /set notificationCert/);
  }
  for (const [notificationCert, field] of [
    [1, 'notificationCert'],
    [{}, 'notificationCert'],
    [[key, null], 'notificationCert[1]'],
  ]) {
    const error = await failure(() => new Client({ account, notificationCert }));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason: 'type' });
  }
  const missing = await failure(() => new Client({ account, notificationCert: 'no/such/folder' }));
  assert.equal(missing.reason, 'not_found');
});

test('note returns new, seen or stale', async () => {
  const recording = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  const { ledger } = recording;
  await recording.payouts.create(payoutOf('N-1'));
  const event = async (options) => {
    const { query } = await sandbox.notification({ order_id: 'N-1', ...options });
    return recording.notifications.verify({ query });
  };
  assert.equal(await ledger.note(await event({})), 'new');
  assert.equal(await ledger.note(await event({})), 'seen');
  const wait = await event({});
  await sandbox.settle({ order_id: 'N-1', status: 'paid' });
  assert.equal((await ledger.open()).length, 1);
  const paid = await event({});
  assert.equal(await ledger.note(paid), 'new');
  assert.deepEqual(await ledger.open(), []);
  assert.equal(await ledger.note(paid), 'seen');
  assert.equal(await ledger.note(wait), 'seen');
  assert.equal(await ledger.note(await event({ status: 'fail' })), 'stale');
  assert.equal(await new Ledger(ledger.location).note(paid), 'seen');
});

test('note tells another id than that of the row', async () => {
  const recording = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  const { ledger } = recording;
  // The response has another id than the payout that the sandbox makes.
  const created = { fault: 'http', act: true, status: 200, body: { id: 7, payment_status: 'wait' } };
  await sandbox.fault({ ...created, match: { path: 'v1/payout' } });
  await recording.payouts.create(payoutOf('N-1'));
  const rows = await ledger.open();
  assert.deepEqual(rows.map(({ id }) => id), [7]);
  const { query } = await sandbox.notification({ order_id: 'N-1', status: 'fail' });
  const failed = recording.notifications.verify({ query });
  assert.equal(await ledger.note(failed), 'other');
  assert.equal(await ledger.note(failed), 'other');
  assert.deepEqual(await ledger.open(), rows);
});

test('note takes only verified notifications', async () => {
  const ledger = new Ledger(ledgerPath());
  const { form } = await sandbox.redirect({ order_id });
  const { query } = await sandbox.notification({ order_id });
  const event = client.notifications.verify({ query });
  for (const other of [undefined, {}, { ...event }, client.redirects.verify({ body: form })]) {
    const error = await failure(ledger.note(other));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual([error.field, error.reason], ['event', 'type']);
  }
  rmSync(dirname(ledger.location), { recursive: true });
  assert.ok((await failure(ledger.note(event))) instanceof LedgerError);
});

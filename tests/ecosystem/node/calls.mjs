// Every kind of call of the package, so that another runtime has to have all that it needs.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';

import { CancelledError, DuplicateOrderError, NotFoundError, SigningKey, VerifyingKey, canonicalJson } from 'alikassa';
import { startSandbox } from 'alikassa/testing';

const sandbox = await startSandbox();
const client = sandbox.client({ ledger: `${mkdtempSync(`${tmpdir()}/calls-`)}/creates.sqlite` });
const order = { amount: '1.00', number: '4111111111111111', order_id: 'B-1', service: 'payment_card_rub' };

// Creates, their outcome, and the ledger.
const created = await client.payouts.create({ ...order, extra: { card_holder: 'NAME' } });
await assert.rejects(client.payouts.create(order), DuplicateOrderError);
assert.equal((await client.payouts.resolve('B-1')).found, true);
assert.deepEqual((await client.ledger.open()).map(({ state }) => state), ['accepted']);
await sandbox.settle('B-1', 'paid');

// Waits, streams and iterations.
const updates = [];
const onUpdate = ({ payment_status }) => updates.push(payment_status);
assert.equal((await client.payouts.wait({ id: created.id }, { interval: 50, onUpdate })).is_final, true);
assert.deepEqual(updates, ['paid']);
const results = [];
for await (const { status, error } of client.payouts.statuses({ order_ids: ['B-1', 'B-404'] })) {
  results.push(error === null ? status.payment_status : error.code);
}
assert.deepEqual(results.sort(), ['not_found', 'paid']);
for await (const result of client.payouts.statuses({ order_ids: ['B-1', 'B-1', 'B-1'] })) {
  assert.equal(result.order_id, 'B-1');
  break;
}
const history = [];
for await (const { order_id } of client.payments.iterHistory()) history.push(order_id);
assert.deepEqual(history, ['1756900030']);

// Raw requests and their bodies.
const read = { cert: 'payout', read: true };
for (const body of [new Map([['order_id', 'B-1']]), Object.assign(Object.create(null), { order_id: 'B-1' })]) {
  assert.equal((await client.request('v1/payout/status', body, read)).json().payment_status, 'paid');
}
assert.equal(canonicalJson({ a: [1, 2n, null] }).toString(), '{"a":[1,2,null]}');

// Keys and notifications, with bytes of each type.
const [pem, password] = ['private.pem', 'password.txt'].map((name) => readFileSync(`${sandbox.payout_cert}/${name}`));
const key = SigningKey.fromPem(new Uint8Array(pem).buffer, password);
assert.equal(key.sign('x'), SigningKey.load(sandbox.payout_cert).sign(Buffer.from('x')));
const verifying = VerifyingKey.load(sandbox.notification_cert);
const keyed = sandbox.client({ payoutCert: key, notificationCert: [verifying] });
assert.equal((await keyed.account.balance()).currency, 'RUB');
assert.throws(() => new SigningKey({}), TypeError);
const { form } = await sandbox.forge({ order_id: 'B-1' });
const bytes = new TextEncoder().encode(form);
for (const body of [form, bytes, bytes.buffer, Buffer.from(form)]) {
  assert.equal(keyed.notifications.verify({ body }).payment_status, 'paid');
}
assert.equal(await client.ledger.note(client.notifications.verify({ body: form })), 'new');

// Errors, the abort of a call, and what is shown.
const error = await client.payouts.status({ id: '1' }).catch((error) => error);
assert.ok(error instanceof NotFoundError && error instanceof Error);
assert.equal(JSON.parse(JSON.stringify(error)).code, 'not_found');
const aborted = client.account.balance({ signal: AbortSignal.abort(new Error('mine')) });
await assert.rejects(aborted, (error) => error instanceof CancelledError && error.cause.message === 'mine');
assert.match(inspect(created), /^CreatedPayout \{\s+payment_status: 'wait'/);
assert.match(inspect(client), /^Client \{\s+account: /);

await client.close();
await keyed.close();
await sandbox.close();
console.log('every call works');

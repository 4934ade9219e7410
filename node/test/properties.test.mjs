// Properties: random examples from a fixed seed; ALIKASSA_EXAMPLES sets their number.

import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';

import fc from 'fast-check';

import { alikassa, failure, root } from './support.mjs';

const { AliKassaError, Client, InternalError, InvalidArgumentError, SigningKey } = alikassa;
const { SignatureMismatchError, TransportError, VerifyingKey, canonicalJson } = alikassa;

const account = '93d5df06-996c-48c3-9847-348d6b580b80';
const folder = join(root, 'tests/vectors/keys/rsa2048');
const key = SigningKey.load(folder);
const publicKey = VerifyingKey.load(folder);
const provider = crypto.createPrivateKey({
  key: readFileSync(join(folder, 'private.pem')),
  passphrase: readFileSync(join(folder, 'password.txt')),
});

const numRuns = Number(process.env.ALIKASSA_EXAMPLES ?? 100);
const parameters = { seed: 1, numRuns, includeErrorInReport: true };

/** A server that must not receive a connection. */
const listener = createServer(() => (connections += 1)).listen(0, '127.0.0.1');
let connections = 0;
await once(listener, 'listening');
after(() => listener.close());

/** A client of the server on this port. */
function clientOf(port) {
  return new Client({
    account,
    paymentCert: key,
    payoutCert: key,
    notificationCert: publicKey,
    baseUrl: `http://127.0.0.1:${port}`,
    digest: 'sha1',
    maxRetries: 0,
    deadline: 5000,
  });
}
const silent = clientOf(listener.address().port);
// Nothing listens on port 1, so a valid call fails when it connects.
const refused = clientOf(1);

// Half of the characters have their own escape in JSON.
const characters = fc.oneof(
  fc.constantFrom(...'/"\\\b\f\n\r\t\0\x1f\x7f\u2028'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const texts = fc.string({ unit: characters, maxLength: 20 });
// In an error's path an empty key is invisible, and a bracket looks like the index of a list.
const keys = texts.filter((text) => text && !text.startsWith('['));
const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  texts,
);
const odd = [undefined, () => 1, Symbol('x'), new Date(0), new Set([1]), Buffer.from('x'), /x/, new Error('x')];
const unsendable = fc.oneof(
  fc.double({ noInteger: true }),
  fc.constantFrom(-0, 2 ** 53, -(2 ** 53), 1e300, 2n ** 63n, -(2n ** 63n) - 1n, 2n ** 200n),
  fc.tuple(texts, texts).map(([before, behind]) => `${before}\ud800${behind}`),
  fc.constantFrom(...odd),
);

/** Leaves, and lists, objects and Maps of them. */
function nested(leaves) {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaves,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      fc.uniqueArray(fc.tuple(keys, tie('value')), { maxLength: 4, selector: ([name]) => name }).map((pairs) => new Map(pairs)),
    ),
  }));
  return value;
}

const bodies = (leaves) => fc.dictionary(keys, nested(leaves), { maxKeys: 6 });

/** Why a leaf cannot be sent, or null. */
function reasonOf(value) {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? null : 'float';
    case 'bigint':
      return value >= -(2n ** 63n) && value < 2n ** 63n ? null : 'out_of_range';
    case 'string':
      return value.isWellFormed?.() ?? !/\p{Surrogate}/u.test(value) ? null : 'lone_surrogate';
    case 'boolean':
      return null;
    default:
      return value === null ? null : 'type';
  }
}

/** The path of the first value that cannot be sent, and the reason. */
function refusalOf(value, path = '') {
  const members = membersOf(value);
  if (!members) {
    const reason = reasonOf(value);
    return reason && { reason, field: path };
  }
  for (const [name, item] of members) {
    const step = Array.isArray(value) ? `[${name}]` : (path && '.') + Array.from(name).slice(0, 64).join('');
    const refusal = refusalOf(item, path + step);
    if (refusal) {
      return refusal;
    }
  }
  return null;
}

/** The keys and values of a list, a Map or a plain object. */
function membersOf(value) {
  if (value instanceof Map || Array.isArray(value)) {
    return [...value.entries()];
  }
  const prototype = value && typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  return prototype === null || prototype === Object.prototype ? Object.entries(value) : undefined;
}

/** The value as PHP's json_encode encodes it by default. */
function php(value) {
  const members = membersOf(value);
  if (!members) {
    return typeof value === 'string' ? phpText(value) : String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(php).join(',')}]`;
  }
  return `{${members.map(([name, item]) => `${phpText(name)}:${php(item)}`).join(',')}}`;
}

function phpText(text) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, escaped);
}

const holds = (name, ...property) =>
  test(name, () => fc.assert(fc.property(...property), parameters));
const holdsAsync = (name, ...property) =>
  test(name, () => fc.assert(fc.asyncProperty(...property), parameters));

holds('a valid body is encoded as PHP encodes it', bodies(scalars), (body) => {
  const expected = Object.keys(body).length ? php(body) : '[]';
  assert.equal(canonicalJson(body).toString('latin1'), expected);
});

holds('the error for an invalid body has the path and reason of its first invalid value', bodies(fc.oneof(scalars, unsendable)), (body) => {
  const refusal = refusalOf(body);
  if (!refusal) {
    canonicalJson(body);
    return;
  }
  assert.throws(() => canonicalJson(body), (error) => {
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ reason: error.reason, field: error.field }, refusal);
    return true;
  });
});

holdsAsync('an invalid request is never sent', bodies(scalars), nested(unsendable), keys, async (body, value, name) => {
  fc.pre(refusalOf(value));
  const given = value !== undefined;
  for (const send of [
    () => silent.request('v1/card', new Map([...Object.entries(body), [name, value]]), { cert: 'payment' }),
    () => silent.payouts.status({ id: value }),
    () => silent.payouts.create({ amount: '1.00', number: '4111111111111111', order_id: value, service: 's' }),
    () => silent.payments.create({ amount: value, order_id: 'A-1', service: 's', customer_ip: '127.0.0.1' }),
  ]) {
    const error = await failure(send);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.notEqual(error.outcome, 'unknown');
    assert.ok(error.reason !== 'required' || !given, error.stack);
  }
  assert.equal(connections, 0);
});

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 });
const amounts = fc.oneof(
  digits,
  fc.tuple(digits, digits).map((parts) => parts.join('.')),
  fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.integer({ min: 0, max: 99 })).map(([whole, cents]) => `${whole}.${cents}`),
  fc.string({ unit: fc.constantFrom(...'0123456789.-+eE, _\u0661'), maxLength: 8 }),
  fc.constantFrom('0.00', '0.01', '999999999.99', '1000000000', '999999999999999999.9', '1000000000000000000', '1\n'),
);

holdsAsync('exactly the amounts of the grammar are valid', amounts, async (amount) => {
  const payment = () => refused.payments.create({ amount, order_id: 'A-1', service: 's', customer_ip: '127.0.0.1' });
  const payout = () => refused.payouts.create({ amount, number: '4111111111111111', order_id: 'A-1', service: 's' });
  for (const [create, grammar] of [
    [payment, /^(0|[1-9]\d{0,8})(\.\d{1,2})?$/],
    [payout, /^(0|[1-9]\d{0,17})(\.\d{1,2})?$/],
  ]) {
    const accepted = grammar.test(amount) && /[1-9]/.test(amount);
    const error = await failure(create);
    assert.equal(error.outcome, 'not_sent');
    assert.ok(error instanceof (accepted ? TransportError : InvalidArgumentError), error.stack);
    assert.equal(error.field, accepted ? undefined : 'amount');
  }
});

const digests = fc.constantFrom('sha1', 'sha256');
const positions = fc.nat();

holds('a signature verifies its own bytes and no others', fc.uint8Array(), digests, positions, (bytes, digest, position) => {
  const signature = key.sign(bytes, { digest });
  assert.equal(signature, crypto.sign(digest, bytes, provider).toString('base64'));
  assert.equal(publicKey.verify(bytes, signature), digest);
  const forged = flipped(Buffer.from(signature, 'base64'), position).toString('base64');
  assert.throws(() => publicKey.verify(bytes, forged), SignatureMismatchError);
  const other = flipped(Buffer.from([...bytes, 1]), position);
  assert.throws(() => publicKey.verify(other, signature), SignatureMismatchError);
});

/** The bytes with one bit flipped. */
function flipped(bytes, position) {
  const bit = position % (bytes.length * 8);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return bytes;
}

const cents = fc.nat().map((amount) => (amount / 100).toFixed(2));
const notifications = fc.record({
  type: texts,
  id: fc.maxSafeNat(),
  order_id: texts,
  payment_status: texts.filter(Boolean),
  amount: cents,
  payment_amount: cents,
  commission_amount: cents,
  is_partial_payment: fc.constantFrom('true', 'false'),
  account: fc.constant(account),
  service: texts,
  desc: texts,
}, { noNullPrototype: true });

holds('a verified notification has exactly the signed fields', notifications, digests, (fields, digest) => {
  const text = php(fields);
  const sign = crypto.sign(digest, Buffer.from(text), provider).toString('base64');
  const received = { ...fields, sign };
  const query = new URLSearchParams(received).toString();
  const contentType = 'application/json';
  const deliveries = [{ query }, { body: query }, { body: JSON.stringify(received), contentType }, { fields: received }];
  for (const delivery of deliveries) {
    const event = refused.notifications.verify(delivery, { digest: 'auto' });
    assert.equal(event.raw.toString(), text);
    assert.equal(event.digest, digest);
    assert.deepEqual(event.unsigned, {});
    const shown = Object.fromEntries(Object.keys(fields).map((name) => [name, event[name]]));
    assert.deepEqual(shown, { ...fields, is_partial_payment: fields.is_partial_payment === 'true' });
  }
  const forged = { fields: { ...received, order_id: `${fields.order_id}x` } };
  assert.throws(() => refused.notifications.verify(forged, { digest: 'auto' }), SignatureMismatchError);
});

const anything = fc.oneof(unsendable, nested(fc.oneof(scalars, unsendable)), fc.anything());

holdsAsync('every entry point either works or throws a documented error, whatever its arguments', anything, async (value) => {
  const entries = [
    () => canonicalJson(value),
    () => new Client(value),
    () => new Client({ account, payoutCert: value }),
    () => new Client({ account, notificationCert: value, baseUrl: value, timeout: value, maxRetries: value }),
    () => SigningKey.load(value),
    () => SigningKey.fromPem(value, value),
    () => VerifyingKey.fromPem(value),
    () => key.sign(value),
    () => key.sign('x', { digest: value }),
    () => key.sign('x', value),
    () => publicKey.verify(value, value, { digest: value }),
    () => publicKey.verify('x', value),
    () => silent.request(value, {}, { cert: 'payout' }),
    () => silent.request('v1/card', {}, { cert: value }),
    () => silent.request('v1/card', {}, { cert: 'payout', read: typeof value === 'boolean' ? 1 : value ?? 1 }),
    () => silent.account.balance({ timeout: isTime(value) ? -1 : value }),
    () => silent.account.balance({ signal: value ?? 1 }),
    () => silent.notifications.verify({ query: value }),
    () => silent.notifications.verify({ body: value, contentType: value }),
    () => silent.notifications.verify({ fields: value }),
    () => silent.notifications.verify(value),
    () => silent.redirects.verify({ fields: value, digest: value }),
  ];
  for (const entry of entries) {
    try {
      await entry();
    } catch (error) {
      assert.ok(error instanceof AliKassaError || error instanceof TypeError, `${entry}: ${error?.stack}`);
      assert.ok(!(error instanceof InternalError), `${entry}: ${error.stack}`);
    }
  }
  assert.equal(connections, 0);
});

/** Whether the value is a valid timeout, with which the call would be sent. */
function isTime(value) {
  return value === undefined || value === null || (typeof value === 'number' && value > 0);
}

// What holds for whatever values there are: the examples are made up anew from a fixed seed, and more of them on demand.

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

/** A server that must not get a connection. */
const listener = createServer(() => (connections += 1)).listen(0, '127.0.0.1');
let connections = 0;
await once(listener, 'listening');
after(() => listener.close());

/** A client for whatever stands at this port. */
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
const unheard = clientOf(listener.address().port);
// Nobody listens there, so what is accepted goes as far as the connection.
const refused = clientOf(1);

// As often what is written in a way of its own as anything else.
const characters = fc.oneof(
  fc.constantFrom(...'/"\\\b\f\n\r\t\0\x1f\x7f\u2028'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const texts = fc.string({ unit: characters, maxLength: 20 });
// An empty key is not seen in a path, and a bracket is taken for a place in a list.
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

/** The leaves, and lists, objects and Maps of them. */
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

/** What keeps a value that holds no other from being sent. */
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

/** Where the first value stands that cannot be sent, and why. */
function refusalOf(value, path = '') {
  const inside = membersOf(value);
  if (!inside) {
    const reason = reasonOf(value);
    return reason && { reason, field: path };
  }
  for (const [name, item] of inside) {
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

/** The value as PHP's json_encode writes it by default. */
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
const holdsInTime = (name, ...property) =>
  test(name, () => fc.assert(fc.asyncProperty(...property), parameters));

holds('what can be sent is written as PHP writes it', bodies(scalars), (body) => {
  const expected = Object.keys(body).length ? php(body) : '[]';
  assert.equal(canonicalJson(body).toString('latin1'), expected);
});

holds('what cannot be sent is named', bodies(fc.oneof(scalars, unsendable)), (body) => {
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

holdsInTime('what cannot be sent is not sent', bodies(scalars), nested(unsendable), keys, async (body, value, name) => {
  fc.pre(refusalOf(value));
  const given = value !== undefined;
  for (const send of [
    () => unheard.request('v1/card', new Map([...Object.entries(body), [name, value]]), { cert: 'payment' }),
    () => unheard.payouts.status({ id: value }),
    () => unheard.payouts.create({ amount: '1.00', number: '4111111111111111', order_id: value, service: 's' }),
    () => unheard.payments.create({ amount: value, order_id: 'A-1', service: 's', customer_ip: '127.0.0.1' }),
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

holdsInTime('an amount is what the grammar says', amounts, async (amount) => {
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
const places = fc.nat();

holds('a signature is of these bytes and no others', fc.uint8Array(), digests, places, (bytes, digest, place) => {
  const signature = key.sign(bytes, { digest });
  assert.equal(signature, crypto.sign(digest, bytes, provider).toString('base64'));
  assert.equal(publicKey.verify(bytes, signature), digest);
  const forged = flipped(Buffer.from(signature, 'base64'), place).toString('base64');
  assert.throws(() => publicKey.verify(bytes, forged), SignatureMismatchError);
  const other = flipped(Buffer.from([...bytes, 1]), place);
  assert.throws(() => publicKey.verify(other, signature), SignatureMismatchError);
});

/** The bytes with one bit turned. */
function flipped(bytes, place) {
  const bit = place % (bytes.length * 8);
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

holds('a signed notification says exactly what was signed', notifications, digests, (fields, digest) => {
  const text = php(fields);
  const sign = crypto.sign(digest, Buffer.from(text), provider).toString('base64');
  const arrived = { ...fields, sign };
  const query = new URLSearchParams(arrived).toString();
  const contentType = 'application/json';
  const deliveries = [{ query }, { body: query }, { body: JSON.stringify(arrived), contentType }, { fields: arrived }];
  for (const delivery of deliveries) {
    const event = refused.notifications.verify(delivery, { digest: 'auto' });
    assert.equal(event.raw.toString(), text);
    assert.equal(event.digest, digest);
    assert.deepEqual(event.unsigned, {});
    const shown = Object.fromEntries(Object.keys(fields).map((name) => [name, event[name]]));
    assert.deepEqual(shown, { ...fields, is_partial_payment: fields.is_partial_payment === 'true' });
  }
  const forged = { fields: { ...arrived, order_id: `${fields.order_id}x` } };
  assert.throws(() => refused.notifications.verify(forged, { digest: 'auto' }), SignatureMismatchError);
});

const anything = fc.oneof(unsendable, nested(fc.oneof(scalars, unsendable)), fc.anything());

holdsInTime('no value breaks an entry point', anything, async (value) => {
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
    () => unheard.request(value, {}, { cert: 'payout' }),
    () => unheard.request('v1/card', {}, { cert: value }),
    () => unheard.request('v1/card', {}, { cert: 'payout', read: typeof value === 'boolean' ? 1 : value ?? 1 }),
    () => unheard.account.balance({ timeout: isTime(value) ? -1 : value }),
    () => unheard.account.balance({ signal: value ?? 1 }),
    () => unheard.notifications.verify({ query: value }),
    () => unheard.notifications.verify({ body: value, contentType: value }),
    () => unheard.notifications.verify({ fields: value }),
    () => unheard.notifications.verify(value),
    () => unheard.redirects.verify({ fields: value, digest: value }),
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

/** Whether a call could take it for a time, and go out. */
function isTime(value) {
  return value === undefined || value === null || (typeof value === 'number' && value > 0);
}

// No output of the library contains a key, a password, a card number or the bytes of a response.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { alikassa, failure, startSandbox, vectors } from './support.mjs';

const { Client, SigningKey, VerifyingKey } = alikassa;
const sandbox = await startSandbox();
const { account, payout_cert, tls_url } = sandbox.ready;
const [pem, password] = ['private.pem', 'password.txt'].map((name) =>
  readFileSync(join(payout_cert, name), 'utf8').trim(),
);

/** Every text that a logger could make of a value. */
function texts(value) {
  return [
    inspect(value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true, customInspect: false }),
    JSON.stringify(value),
    String(value),
    value.stack,
  ].join('\n');
}

function assertNoSecret(value) {
  const logged = texts(value);
  assert.ok(!logged.includes(password), 'the password is logged');
  for (const line of pem.split('\n').filter((line) => !line.startsWith('-----'))) {
    assert.ok(!logged.includes(line), 'a line of the key is logged');
  }
}

test('a client shows only its account and base URL', () => {
  const client = new Client({ ...sandbox.options, payoutCert: SigningKey.fromPem(pem, password) });
  assert.deepEqual(JSON.parse(JSON.stringify(client)), { account, base_url: tls_url });
  assert.equal(inspect(client), `Client ${inspect({ account, base_url: tls_url })}`);
  assertNoSecret(client);
  const resources = vectors('operations.json').operations.map(({ name }) => name.split('.')[0]);
  assert.deepEqual(Object.keys(client), [...new Set([...resources, 'notifications', 'redirects'])]);
  assert.ok(Object.isFrozen(client));
});

test('a key shows only its size', () => {
  const key = SigningKey.fromPem(pem, password);
  assert.equal(inspect(key), 'SigningKey { bits: 2048 }');
  assert.equal(JSON.stringify(key), '{"bits":2048}');
  assertNoSecret(key);
  assert.equal(inspect(VerifyingKey.load(payout_cert)), 'VerifyingKey {}');
});

test('an error about a key shows neither the key nor the password', async () => {
  const broken = pem.replace(/[A-Z]/, 'a');
  const attempts = [
    () => SigningKey.fromPem(broken, password),
    () => SigningKey.fromPem(pem, `${password}x`),
    () => SigningKey.fromPem(password, pem),
    () => VerifyingKey.fromPem(pem),
    () => VerifyingKey.fromPem(password),
    () => new Client({ account, payoutCert: pem }),
    () => new Client({ account, baseUrl: `https://user:${password}@x.example` }),
  ];
  for (const attempt of attempts) {
    const error = await failure(attempt);
    assert.ok(error instanceof alikassa.AliKassaError, error.stack);
    const { stack, message } = error;
    assert.ok(stack.includes(message));
    assertNoSecret(error);
  }
});

const card = '4111111111111111';
const order = { amount: '5.00', number: card, order_id: 'B-1', service: 'payment_card_rub' };
const echo = {
  message: `No: ${card}`,
  errors: { number: ['5555 5555.5555-4444, 4111 1111 1111 1111'] },
};

for (const status of [400, 500]) {
  test(`an error of HTTP ${status} shows no card number`, async () => {
    await sandbox.fault({ fault: 'http', status, body: JSON.stringify(echo) });
    const error = await failure(sandbox.client({ digest: 'sha1' }).payouts.create(order));
    assert.equal(error.outcome, status === 400 ? 'rejected' : 'unknown');
    const logged = texts(error) + texts(error.cause ?? '') + inspect({ error }, { depth: 5 });
    for (const number of [card, '4111 1111 1111 1111', '5555 5555.5555-4444']) {
      assert.ok(!logged.includes(number), logged);
    }
    const response = error.cause ?? error;
    assert.equal(response.server_message, 'No: ************1111');
    assert.deepEqual(response.errors.number, ['**** ****.****-4444, **** **** **** 1111']);
    assert.ok(response.body.includes(card));
  });
}

test('the JSON of a reply has its fields and neither raw nor body', async () => {
  const client = sandbox.client();
  const status = await client.payouts.status({ id: '100000536' });
  const resolution = await client.payouts.resolve('6422494');
  const reply = await client.request('v1/account/balance', {}, { cert: 'payout', read: true });
  assert.deepEqual(resolution.toJSON(), {
    found: true,
    status: status.toJSON(),
    matched_by: 'order_id',
    other_id: null,
  });
  assert.equal(JSON.stringify(reply), '{"status":200}');
  // Express calls JSON.stringify to answer with an object.
  const plain = JSON.parse(JSON.stringify({ status, resolution }));
  assert.equal(plain.status.amount, status.amount);
  assert.equal(typeof status.amount, 'string');
  for (const hidden of ['raw', 'body', 'other', 'is_final']) {
    assert.ok(!(hidden in plain.status) && !(hidden in plain.resolution.status), hidden);
  }
});

// External signers: functions that sign for a key which this process does not have.

import assert from 'node:assert/strict';
import { createPrivateKey, sign as signWith } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { alikassa, failure, startSandbox } from './support.mjs';

const { Client, InvalidArgumentError, SigningError, SigningKey, VerifyingKey } = alikassa;
const sandbox = await startSandbox();
const { payout_cert } = sandbox.ready;
const SECRET = 'token-123456';
const payout = { amount: '5.00', number: '4111111111111111', service: 'payment_card_rub' };

const [pem, passphrase] = ['private.pem', 'password.txt'].map((name) =>
  readFileSync(join(payout_cert, name), 'utf8').trim(),
);
const privateKey = createPrivateKey({ key: pem, passphrase });
const sign = (message, digest) => signWith(digest, message, privateKey);

function client(sign, options) {
  const payoutCert = SigningKey.external(payout_cert, sign);
  return new Client({ ...sandbox.options, digest: 'sha1', payoutCert, ...options });
}

/** A KMS that signs over HTTP, for those who have the token. */
async function startKms() {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const digest = new URL(request.url, 'http://kms').searchParams.get('digest');
    const allowed = request.headers.authorization === `Bearer ${SECRET}`;
    response.writeHead(allowed ? 200 : 403).end(allowed ? sign(body, digest) : undefined);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

function kmsSigner(url, token) {
  return async (message, digest) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/sign?digest=${digest}`, { method: 'POST', headers, body: message });
    if (!response.ok) {
      throw new RangeError(`the KMS answered ${response.status} to ${token}`);
    }
    return Buffer.from(await response.arrayBuffer());
  };
}

test('a signer is freed after its key and the clients with it', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const kept = [];
  const pay = async () => {
    const own = (message, digest) => sign(message, digest);
    kept.push(new WeakRef(own));
    const paying = client(own);
    await paying.account.balance();
    await paying.close();
  };
  await pay();
  const isKept = () => kept.some((reference) => reference.deref() !== undefined);
  for (let round = 0; round < 100 && isKept(); round += 1) {
    // A new key frees those before it.
    SigningKey.external(payout_cert, sign);
    // `deref` keeps its object until the next turn.
    await setTimeout(10);
    gc();
  }
  assert.ok(!isKept());
});

test('a KMS signs a payout', async () => {
  const url = await startKms();
  const paying = client(kmsSigner(url, SECRET), { digest: 'auto' });
  assert.equal((await paying.payouts.create({ ...payout, order_id: 'N-1' })).order_id, 'N-1');
  await paying.close();

  const denied = client(kmsSigner(url, `not-${SECRET}`));
  const error = await failure(denied.payouts.create({ ...payout, order_id: 'N-2' }));
  assert.ok(error instanceof SigningError);
  assert.deepEqual([error.reason, error.field, error.outcome], ['failed', 'payoutCert', 'not_sent']);
  assert.equal(error.message, 'payoutCert: the external signer threw RangeError');
  assert.ok(error.cause instanceof RangeError);
  assert.ok(!JSON.stringify(error).includes(SECRET));
  await denied.close();
});

test('the public key is a folder or a key', async () => {
  for (const publicKey of [payout_cert, VerifyingKey.load(payout_cert)]) {
    const key = SigningKey.external(publicKey, sign);
    assert.equal(inspect(key), 'SigningKey { bits: 2048 }');
    const reading = new Client({ ...sandbox.options, digest: 'sha1', payoutCert: key });
    assert.equal((await reading.account.balance()).currency, 'RUB');
    await reading.close();
  }
});

test('a value that is not a signature is not sent', async () => {
  const cases = [
    ['wrong_type', () => undefined],
    ['wrong_type', () => null],
    ['wrong_type', (...call) => sign(...call).toString('base64')],
    ['wrong_type', async () => ({})],
    ['wrong_signature', () => Buffer.alloc(0)],
    ['wrong_signature', () => new Uint8Array(256)],
    ['wrong_signature', (message) => sign(message, 'sha256')],
    ['failed', () => Promise.reject(SECRET)],
    ['failed', () => { throw null; }],
    ['failed', () => { throw new Error(SECRET); }],
  ];
  for (const [reason, wrong] of cases) {
    const paying = client(wrong);
    const error = await failure(paying.payouts.create({ ...payout, order_id: 'N-3' }));
    assert.ok(error instanceof SigningError, inspect(error));
    assert.deepEqual([error.reason, error.outcome], [reason, 'not_sent']);
    assert.ok(!`${error.message}${JSON.stringify(error)}`.includes(SECRET));
    await paying.close();
  }
});

test('one that hangs blocks neither its call nor close', async () => {
  const paying = client(() => new Promise(() => {}), { timeout: 200 });
  const error = await failure(paying.payouts.create({ ...payout, order_id: 'N-4' }));
  assert.deepEqual([error.code, error.reason, error.outcome], ['signing', 'timeout', 'not_sent']);
  await paying.close();
  const closed = await failure(paying.payouts.create({ ...payout, order_id: 'N-4' }));
  assert.deepEqual([closed.code, closed.outcome], ['configuration', 'not_sent']);
});

test('wrong arguments', () => {
  const refused = (publicKey, sign) => {
    try {
      SigningKey.external(publicKey, sign);
    } catch (error) {
      assert.ok(error instanceof InvalidArgumentError, inspect(error));
      return error.field;
    }
  };
  assert.equal(refused(payout_cert, undefined), 'sign');
  assert.equal(refused(payout_cert, {}), 'sign');
  assert.equal(refused(1, sign), 'publicKey');
  assert.throws(() => SigningKey.external('none', sign), { code: 'key_load', reason: 'not_found' });
});

test('this thread cannot wait for a function that runs on it', () => {
  const key = SigningKey.external(payout_cert, sign);
  assert.throws(() => key.sign('{}'), { code: 'signing', reason: 'failed' });
});

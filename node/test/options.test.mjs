// The options of clients, calls and keys: valid values, and the errors for invalid ones.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { alikassa, collectWarnings, failure, root, startSandbox } from './support.mjs';

const { Client, InvalidArgumentError, KeyLoadError, SigningKey, VerifyingKey } = alikassa;
const sandbox = await startSandbox();
const { account } = sandbox.ready;
const keys = join(root, 'tests/vectors/keys');

const invalidOptions = [
  [undefined, 'account', 'format'],
  [account, 'options', 'type'],
  [[account], 'options', 'type'],
  [new Map([['account', account]]), 'options', 'type'],
  [{}, 'account', 'format'],
  [{ account: 1 }, 'account', 'type'],
  [{ account: 'a b' }, 'account', 'format'],
  [{ account, payoutCert: 1 }, 'payoutCert', 'type'],
  [{ account, payoutCert: {} }, 'payoutCert', 'type'],
  [{ account, baseUrl: new URL('https://x.example') }, 'baseUrl', 'type'],
  [{ account, digest: 'md5' }, 'digest', 'digest'],
  [{ account, roots: 'none' }, 'roots', 'roots'],
  [{ account, caFile: 1 }, 'caFile', 'type'],
  [{ account, application: 'a\nb' }, 'application', 'format'],
  [{ account, application: '\ud800' }, 'application', 'lone_surrogate'],
  ...['connectTimeout', 'timeout', 'deadline'].flatMap((name) => {
    const [min, max] = name === 'deadline' ? [0, 24 * 3600 * 1000] : [100, 3600 * 1000];
    const outside = [0, -1, NaN, Infinity, min - 1, max + 1];
    return [
      [{ account, [name]: '5000' }, name, 'type'],
      ...outside.map((value) => [{ account, [name]: value }, name, 'out_of_range']),
    ];
  }),
  [{ account, maxRetries: -1 }, 'maxRetries', 'out_of_range'],
  [{ account, maxRetries: 0.5 }, 'maxRetries', 'type'],
  [{ account, maxRetries: '2' }, 'maxRetries', 'type'],
  [{ account, maxConnections: 0 }, 'maxConnections', 'out_of_range'],
  [{ account, maxConnections: 4097 }, 'maxConnections', 'out_of_range'],
  [{ account, payoutcert: 'x' }, 'payoutcert', 'unknown'],
  [{ account, 'payout\0cert': 'x' }, 'payout\0cert', 'unknown'],
  [JSON.parse(`{"account": "${account}", "__proto__": "x"}`), '__proto__', 'unknown'],
  [{ account, base_url: 'https://y.example' }, 'base_url', 'unknown'],
  [{ account, '\ud800': 'x' }, 'options', 'lone_surrogate'],
];

for (const [options, field, reason] of invalidOptions) {
  test(`new Client refuses an invalid ${field} with reason ${reason}`, async () => {
    const error = await failure(() => new Client(options));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  });
}

test('an option in another spelling is refused with the right one', async () => {
  const cases = [
    [{ payout_cert: 'x' }, 'payout_cert: there is no such option; write payoutCert'],
    [{ baseURL: 'https://x.example' }, 'baseURL: there is no such option; write baseUrl'],
    [{ maxretries: 1 }, 'maxretries: there is no such option; write maxRetries'],
    [{ colour: 1 }, 'colour: there is no such option'],
  ];
  for (const [options, message] of cases) {
    for (const open of [() => new Client({ account, ...options }), () => Client.fromEnv({ account, ...options })]) {
      const error = await failure(open);
      assert.deepEqual([error.message, error.field], [message, Object.keys(options)[0]]);
    }
  }
  const client = new Client({ account });
  for (const [call, message] of [
    [() => client.payouts.wait({ id: '1' }, { on_update() {} }), 'on_update: there is no such option; write onUpdate'],
    [
      () => client.notifications.verify({ body: '{}', content_type: 'application/json' }),
      'content_type: there is no such option; write contentType',
    ],
  ]) {
    assert.equal((await failure(call)).message, message);
  }
});

test('messages have the names and the unit of JavaScript', async () => {
  for (const [options, message] of [
    [{ maxConnections: 0 }, 'maxConnections: pass 1 to 4096'],
    [{ connectTimeout: 99 }, 'connectTimeout: pass 100 to 3600000 milliseconds'],
    [{ deadline: 0 }, 'deadline: pass more than 0 and up to 86400000 milliseconds'],
    [{ baseUrl: 'x' }, 'baseUrl: write it as https://host'],
  ]) {
    assert.equal((await failure(() => new Client({ account, ...options }))).message, message);
  }
});

test('the error for an invalid certificate or ledger names the accepted types', async () => {
  const verifying = VerifyingKey.load(join(keys, 'rsa2048'));
  const signing = SigningKey.load(join(keys, 'rsa2048'));
  const [signingCert, verifyingCert, file] = [
    /: pass the path of a folder, or a SigningKey$/,
    /: pass the path of a folder, or a VerifyingKey$/,
    /^ledger: pass a Ledger, or the path of its file$/,
  ];
  for (const [options, message] of [
    [{ payoutCert: Buffer.from('x') }, signingCert],
    [{ payoutCert: new URL('file:///cert') }, signingCert],
    [{ paymentCert: verifying }, signingCert],
    [{ notificationCert: signing }, verifyingCert],
    [{ notificationCert: [verifying, 1] }, verifyingCert],
    [{ ledger: {} }, file],
  ]) {
    const error = await failure(() => new Client({ account, ...options }));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.match(error.message, message);
  }
});

test('fractions of a millisecond and the limits of each range are valid', () => {
  const limits = { timeout: 100.5, connectTimeout: 3600 * 1000, deadline: 24 * 3600 * 1000, maxRetries: 0, maxConnections: 4096 };
  assert.ok(new Client({ account, ...limits, roots: 'bundled', digest: 'sha256', payoutCert: null }));
});

test('an invalid option of a call is refused by name, before a request', async () => {
  const client = sandbox.client();
  const raw = (options) => client.request('v1/payout/status', {}, options);
  const cases = [
    [() => client.account.balance({ timeout: '1' }), 'timeout', 'type'],
    [() => client.account.balance({ timeout: -1 }), 'timeout', 'out_of_range'],
    [() => client.account.balance({ deadline: 0 }), 'deadline', 'out_of_range'],
    [() => client.account.balance({ signal: new AbortController() }), 'signal', 'type'],
    [() => client.account.balance({ signal: { aborted: false } }), 'signal', 'type'],
    [() => client.account.balance({ signal: { aborted: false, addEventListener() {} } }), 'signal', 'type'],
    [() => client.account.balance({ retries: 1 }), 'retries', 'unknown'],
    [() => client.account.balance(5), 'options', 'type'],
    [() => client.account.balance([]), 'options', 'type'],
    [() => client.account.balance(new Map([['timeout', 1]])), 'options', 'type'],
    [() => client.account.balance({ maxRetries: 1 }), 'maxRetries', 'unknown'],
    [() => raw(undefined), 'cert', 'cert'],
    [() => raw({ cert: 'card', read: true }), 'cert', 'cert'],
    [() => raw({ cert: 'payout', read: 'yes' }), 'read', 'type'],
    [() => client.request('/v1/x', {}, { cert: 'payout', read: true }), 'path', 'path'],
    [() => client.request(1, {}, { cert: 'payout', read: true }), 'path', 'type'],
    [() => client.request('v1/payout', {}, { cert: 'payout', read: true }), 'read', 'create'],
  ];
  for (const [call, field, reason] of cases) {
    const error = await failure(call);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
  assert.deepEqual(await sandbox.log(), []);
});

test('a certificate can be a key', async () => {
  const payoutCert = SigningKey.load(sandbox.ready.payout_cert);
  assert.equal((await sandbox.client({ payoutCert }).account.balance()).currency, 'RUB');
});

test('the error for a missing certificate names its option', async () => {
  const error = await failure(sandbox.client({ payoutCert: undefined }).account.balance());
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /set payoutCert/);
});

test('a signature of a private key is verified by its public key', () => {
  const folder = join(keys, 'rsa2048');
  const key = SigningKey.load(folder);
  const verifying = VerifyingKey.load(folder);
  assert.equal(key.bits, 2048);
  assert.equal(key.sign('x'), key.sign(Buffer.from('x'), { digest: 'sha1' }));
  for (const digest of ['sha1', 'sha256']) {
    const signature = key.sign('data', { digest });
    assert.equal(verifying.verify(Buffer.from('data'), signature), digest);
    assert.equal(verifying.verify('data', signature, { digest }), digest);
  }
});

test('verify throws for a signature that does not match', async () => {
  const verifying = VerifyingKey.fromPem(readFileSync(join(keys, 'rsa2048/public.pem')));
  const sha1 = SigningKey.load(join(keys, 'rsa2048')).sign('data');
  for (const verify of [
    () => verifying.verify('other', sha1),
    () => verifying.verify('data', sha1, { digest: 'sha256' }),
    () => verifying.verify('data', 'no base64'),
  ]) {
    assert.equal((await failure(verify)).name, 'SignatureMismatchError');
  }
});

test('a PEM can be a string or bytes', () => {
  const { payout_cert } = sandbox.ready;
  const [pem, password] = ['private.pem', 'password.txt'].map((name) =>
    readFileSync(join(payout_cert, name)),
  );
  const expected = SigningKey.load(payout_cert).sign('x');
  assert.equal(SigningKey.fromPem(pem, password).sign('x'), expected);
  assert.equal(SigningKey.fromPem(pem.toString(), password.toString()).sign('x'), expected);
  const bytes = (buffer) => new Uint8Array(buffer);
  assert.equal(SigningKey.fromPem(bytes(pem), password).sign(bytes(Buffer.from('x'))), expected);
  assert.equal(SigningKey.fromPem(bytes(pem).buffer, bytes(password).buffer).sign(bytes(Buffer.from('x')).buffer), expected);
});

test('the error for a key that does not load has a reason', async () => {
  const pem = readFileSync(join(sandbox.ready.payout_cert, 'private.pem'));
  const cases = [
    [() => SigningKey.load('no/such/folder'), KeyLoadError, 'not_found'],
    [() => SigningKey.fromPem('x'), KeyLoadError, 'not_pem'],
    [() => SigningKey.fromPem(pem), KeyLoadError, 'needs_password'],
    [() => SigningKey.fromPem(pem, 'wrong'), KeyLoadError, 'wrong_password'],
    [() => new Client({ account, payoutCert: 'no/such/folder' }), KeyLoadError, 'not_found'],
    [() => SigningKey.load(1), InvalidArgumentError, 'type'],
    [() => SigningKey.fromPem(1), InvalidArgumentError, 'type'],
    [() => SigningKey.fromPem(new SharedArrayBuffer(8)), InvalidArgumentError, 'type'],
    [() => SigningKey.fromPem(pem, 1), InvalidArgumentError, 'type'],
    [() => VerifyingKey.fromPem('\ud800'), InvalidArgumentError, 'lone_surrogate'],
  ];
  for (const [open, kind, reason] of cases) {
    const error = await failure(open);
    assert.ok(error instanceof kind, error.stack);
    assert.equal(error.reason, reason);
  }
});

test('invalid options of sign and verify are refused', async () => {
  const key = SigningKey.load(join(keys, 'rsa2048'));
  for (const [options, field] of [
    [{ digest: 'auto' }, 'digest'],
    [{ digest: 1 }, 'digest'],
    [{ hash: 'sha1' }, 'hash'],
    ['sha256', 'options'],
  ]) {
    const error = await failure(() => key.sign('x', options));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.equal(error.field, field);
  }
  assert.equal((await failure(() => key.sign(1))).field, 'data');
});

test('keys have no public constructor', () => {
  assert.throws(() => new SigningKey('folder'), /use SigningKey.load/);
  assert.throws(() => new VerifyingKey('folder'), /use VerifyingKey.load/);
});

test('a small key emits a warning', async () => {
  const warnings = collectWarnings();
  const payoutCert = SigningKey.load(join(keys, 'rsa1024'));
  new Client({ account, payoutCert });
  await new Promise(setImmediate);
  assert.equal(warnings.length, 2);
  assert.match(warnings[0], /^RSA key of 1024 bits/);
  assert.match(warnings[1], /^payout certificate: RSA key of 1024 bits/);
});

// The record for the provider's support, in errors and replies.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import { alikassa, collect, failure, ledgerPath, payoutOf, startSandbox } from './support.mjs';

const { NotFoundError, OutcomeUnknownError, Support } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client({ digest: 'sha1' });
const CARD = '4111111111111111';
const ORDER = { order_id: '6422494' };
const RAW = { cert: 'payout', read: true };
const [pem, password] = ['private.pem', 'password.txt'].map((name) =>
  readFileSync(join(sandbox.ready.payout_cert, name), 'utf8').trim(),
);

beforeEach(() => sandbox.reset());

/** The error of a payout whose response is this one. */
async function refused(status, body) {
  await sandbox.fault({ fault: 'http', status, body, match: { path: 'v1/payout' } });
  const error = await failure(client.payouts.create(payoutOf('B-1', { number: CARD })));
  await sandbox.reset();
  return error;
}

/** Everything that a program can read of a record. */
function texts(support) {
  const hidden = inspect(support, { depth: Infinity, showHidden: true, getters: true, customInspect: false });
  return [support.toText(), JSON.stringify(support), inspect(support), hidden].join('\n');
}

const digits = (text) => text.replace(/\D/g, '');

test('the record of an error has what was sent and received', async () => {
  const body = '{"message":"No","errors":{"id":["bad"]}}';
  await sandbox.fault({ fault: 'http', status: 404, body });
  const { support } = await failure(client.payouts.status({ id: 7 }));
  const [request] = await sandbox.log();
  const { time_ms, attempts, body_sha256, ...fields } = support;
  const sign = request.headers.sign.slice(0, 12);
  assert.deepEqual(fields, { path: 'v1/payout/status', sign, http_status: 404, response: body });
  assert.equal(body_sha256, createHash('sha256').update(request.body, 'base64').digest('hex'));
  const [{ duration_ms, ...attempt }] = attempts;
  assert.deepEqual([attempts.length, attempt], [1, { time_ms, http_status: 404, code: null, phase: null }]);
  assert.ok(Math.abs(Date.now() - time_ms) < 60_000 && Number.isSafeInteger(duration_ms));
  for (const line of ['Path: POST /v1/payout/status', `Sign begins with: ${sign}`, 'HTTP status: 404']) {
    assert.ok(support.toText().split('\n').includes(line), support.toText());
  }
});

test('a record is frozen, and inspect shows neither the response nor the hash', async () => {
  const { support } = await client.payouts.status({ id: '100000536' });
  assert.ok(support instanceof Support);
  assert.ok([support, support.attempts, support.attempts[0]].every(Object.isFrozen));
  assert.deepEqual(JSON.parse(JSON.stringify(support)), { ...support });
  const { time_ms, path, http_status } = support;
  assert.equal(inspect(support), `Support ${inspect({ time_ms, path, http_status })}`);
});

test('every reply has the record of its request', async () => {
  const updates = [];
  const created = await client.payouts.create(payoutOf('B-1'));
  const status = await client.payouts.status(ORDER);
  const waited = await client.payouts.wait(ORDER, { onUpdate: (update) => void updates.push(update) });
  const [listed] = await collect(client.payouts.statuses({ order_ids: [ORDER.order_id] }));
  const paths = {
    'v1/payout': [created],
    'v1/payout/status': [status, waited, updates[0], listed.status, (await client.payouts.resolve('B-1')).status],
    'v1/payment/history': [await client.payments.history()],
    'v1/account/balance': [await client.account.balance(), await client.request('v1/account/balance', {}, RAW)],
  };
  for (const [path, replies] of Object.entries(paths)) {
    for (const { support } of replies) {
      assert.equal(support.path, path);
      assert.equal(support.http_status, 200);
    }
  }
  assert.equal(status.support, status.support);
});

test('the errors of batches and of waits have it', async () => {
  const [{ error }] = await collect(client.payouts.statuses({ ids: [1] }));
  assert.equal(error.support.http_status, 404);
  await sandbox.fault({ fault: 'http', status: 401, body: '{}' });
  assert.equal((await failure(client.payouts.wait(ORDER))).support.http_status, 401);
  const recorded = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  await recorded.payouts.create(payoutOf('B-1'));
  await sandbox.fault({ fault: 'http', status: 400, body: '{"message":"No"}' });
  const [reconciled] = await collect(recorded.iterReconcile());
  assert.equal(reconciled.error.support.response, '{"message":"No"}');
  const raw = await failure(client.request('v1/payout/status', { id: 1 }, RAW));
  assert.equal(raw.support.path, 'v1/payout/status');
});

test('each retry is an attempt, and a lost response has its phase', async () => {
  await sandbox.fault({ fault: 'http_500' });
  const { support } = await sandbox.client({ digest: 'sha1', maxRetries: 1 }).account.balance();
  assert.deepEqual(support.attempts.map(({ http_status }) => http_status), [500, 200]);
  await sandbox.fault({ fault: 'close_after_act', match: { path: 'v1/payout' } });
  const error = await failure(client.payouts.create(payoutOf('B-1')));
  assert.ok(error instanceof OutcomeUnknownError);
  const { http_status, response, attempts } = error.support;
  const [{ code, phase }] = attempts;
  assert.deepEqual({ http_status, response, code, phase }, {
    http_status: null,
    response: null,
    code: 'transport',
    phase: 'receive',
  });
});

test('what sent nothing has no record', async () => {
  const closed = sandbox.client();
  await closed.close();
  const calls = [
    () => client.payouts.create(payoutOf('')),
    () => client.payouts.status({ id: 1 }, { signal: AbortSignal.abort() }),
    () => client.request('v1/x', { a: 0.5 }, RAW),
    () => closed.account.balance(),
  ];
  for (const call of calls) {
    assert.equal((await failure(call)).support, undefined);
  }
  assert.equal((await client.payouts.create(payoutOf('B-1'), { dryRun: true })).support, null);
  assert.deepEqual(await sandbox.log(), []);
});

test('tests can make an error with a record', () => {
  const support = { toText: () => 'text' };
  assert.equal(new NotFoundError('x', { support }).support, support);
  assert.equal(new NotFoundError('x').support, undefined);
});

test('no logger finds the record in an error or a reply', async () => {
  const error = await refused(400, '{"message":"Peter","errors":{"number":["Paul"]}}');
  const shown = { error, reply: await client.account.balance(), raw: await client.request('v1/account/balance', {}, RAW) };
  for (const value of Object.values(shown)) {
    const { sign } = value.support;
    const all = { depth: Infinity, showHidden: true, customInspect: false };
    for (const text of [inspect(value), inspect(value, all), JSON.stringify(value), inspect({ ...value }), String(value)]) {
      assert.ok(!text.includes(sign) && !text.includes('Support {'), text);
    }
    assert.ok(!Object.keys(value).includes('support'));
    assert.ok(!('support' in structuredClone(value)));
  }
});

/** A card number as a hostile server can write it, so that a reader can put it together. */
function spellings() {
  const joined = (separator) => [...CARD].join(separator);
  const escaped = (backslashes) => [...CARD].map((digit) => `${backslashes}u003${digit}`).join('');
  const fullWidth = [...CARD].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join('');
  const separators = [' ', '-', '.', '/', '\n', '\u200b', '\u00a0', '\\u200b'];
  return [CARD, ...separators.map(joined), ...['\\', '\\\\', '\\\\\\\\'].map(escaped), fullWidth, `x${CARD}x`, CARD + CARD];
}

test('no hostile response brings a card number into the record', async () => {
  for (const number of spellings()) {
    for (const body of [`{"message":"${number}"}`, `{"errors":{"${number}":["${number}"]}}`, `<p>${number}`]) {
      const { support } = await refused(400, body);
      assert.ok(!digits(support.response).includes('4111111'), support.response);
      assert.ok(!texts(support).includes(CARD) && !/\uff14|u00/.test(texts(support)), texts(support));
      assert.equal(support.body_sha256, null);
    }
  }
});

test('neither the key nor the password nor the whole signature is in a record', async () => {
  const { support } = await refused(500, `{"message":"${CARD}"}`);
  const shown = texts(support) + texts((await client.account.balance()).support);
  for (const line of [password, ...pem.split('\n').filter((line) => !line.startsWith('-----'))]) {
    assert.ok(!shown.includes(line));
  }
  const signs = (await sandbox.log()).map(({ headers }) => headers.sign);
  assert.ok(signs.length > 0 && signs.every((sign) => !shown.includes(sign.slice(0, 13))));
});

test('a response cannot add lines to the text', async () => {
  const { support } = await refused(400, '{"message":"a\r\nAttempt 9: after\\u000aAttempt 8\u001b[31m\\u202e"}');
  const attempts = support.toText().split('\n').filter((line) => line.startsWith('Attempt'));
  assert.equal(attempts.length, 1);
  assert.doesNotMatch(support.toText(), /[\r\u001b\u202e]/);
});

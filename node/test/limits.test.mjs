// Limits of creates, and creates that are not sent. The scenarios have what every language shares.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import { alikassa, failure, ledgerPath, payoutOf, startSandbox } from './support.mjs';

const { ConfigurationError, DryRun, DuplicateOrderError, GuardError, InvalidArgumentError } = alikassa;
const sandbox = await startSandbox();
const number = '4111111111111111';

beforeEach(() => sandbox.reset());

const limited = (limits, options) => sandbox.client({ limits: { 'payouts.create': limits }, ...options });

test('a function runs on the event loop, once, before the call starts', async () => {
  const asked = [];
  const client = limited({ allowedNumbers: (number) => asked.push(number) > 0 });
  const created = client.payouts.create(payoutOf('B-1', { number }));
  assert.deepEqual(asked, [number]);
  await created;
  await client.request('v1/payout', payoutOf('B-2', { number }), { cert: 'payout' });
  await client.payouts.status({ order_id: 'B-1' });
  await assert.rejects(client.payouts.create(payoutOf('B-3', { amount: '-1' })), InvalidArgumentError);
  assert.deepEqual(asked, [number, number]);
});

test('many creates at once ask the function, and the loop waits for none of them', async () => {
  const client = limited({ allowedNumbers: (number) => number === '5' }, { maxConnections: 2 });
  const creates = Array.from({ length: 32 }, (_, n) =>
    client.payouts.create(payoutOf(`B-${n}`, { number: n % 2 ? '4' : '5' })),
  );
  const results = await Promise.allSettled(creates);
  assert.deepEqual(
    results.map(({ reason }) => reason instanceof GuardError),
    results.map((_, n) => n % 2 === 1),
  );
});

for (const [name, allowedNumbers, cause] of [
  ['throws', (number) => { throw new RangeError(`no list for ${number}`); }, /^the function failed: it threw RangeError$/],
  ['throws an object without a text', () => { throw Object.create(null); }, /it threw a value of type object/],
  ['returns a promise', async () => true, /it returned object/],
  ['returns nothing', () => {}, /it returned undefined/],
]) {
  test(`a function that ${name} refuses the create, and the cause says why without the number`, async () => {
    const client = limited({ allowedNumbers });
    const error = await failure(client.payouts.create(payoutOf('B-1', { number })));
    assert.ok(error instanceof GuardError);
    assert.equal(error.reason, 'allowed_numbers');
    assert.equal(error.outcome, 'not_sent');
    assert.ok(error.cause instanceof ConfigurationError);
    assert.match(error.cause.message, cause);
    assert.ok(!inspect(error).includes(number));
    assert.equal(await sandbox.sent('/v1/payout'), 0);
  });
}

test('a body that changes between the question and the create is refused', async () => {
  const numbers = [number, '4', '4', '4'];
  const body = { ...payoutOf('B-1'), get number() { return numbers.shift(); } };
  const client = limited({ allowedNumbers: () => true });
  const error = await failure(client.request('v1/payout', body, { cert: 'payout' }));
  assert.ok(error instanceof GuardError);
  assert.equal(await sandbox.sent('/v1/payout'), 0);
});

test('an order that the ledger has is a duplicate, whatever the function says', async () => {
  const ledger = ledgerPath();
  await sandbox.client({ ledger }).payouts.create(payoutOf('B-1'));
  const client = limited({ allowedNumbers: () => false }, { ledger });
  await assert.rejects(client.payouts.create(payoutOf('B-1')), DuplicateOrderError);
  await assert.rejects(client.payouts.create(payoutOf('B-2')), GuardError);
});

for (const [limits, field, reason] of [
  [{ maxAmount: 5.5 }, 'maxAmount', 'float'],
  [{ maxAmount: NaN }, 'maxAmount', 'float'],
  [{ maxAmount: 5n }, 'maxAmount', 'type'],
  [{ max_amount: '5.00' }, 'max_amount', 'unknown'],
  [{ allowedNumbers: new Set([number]) }, 'allowedNumbers', 'type'],
  [{ allowedNumbers: [4] }, 'allowedNumbers[0]', 'type'],
]) {
  test(`the limit ${inspect(limits)} is invalid`, () => {
    assert.throws(
      () => limited(limits),
      (error) => error instanceof InvalidArgumentError
        && error.field === `limits.payouts.create.${field}` && error.reason === reason,
    );
  });
}

test('limits that are no object are invalid, and null is no limit', async () => {
  for (const limits of [5, 'x', [], new Map(), { 'payouts.create': 5 }]) {
    assert.throws(() => sandbox.client({ limits }), InvalidArgumentError);
  }
  for (const limits of [null, {}, { 'payouts.create': null }, { 'payouts.create': { maxAmount: null } }]) {
    sandbox.client({ limits });
  }
});

test('a dry run returns a report, and sends nothing', async () => {
  const client = limited({ maxAmount: '5.00' });
  const report = await client.payouts.create(payoutOf('B-1', { number, amount: '5.00' }), { dryRun: true });
  assert.ok(report instanceof DryRun);
  assert.equal(report.path, 'v1/payout');
  assert.equal(report.amount, '5.00');
  assert.equal(report.refusal, null);
  assert.ok(!`${inspect(report)} ${JSON.stringify(report)}`.includes(number));
  const options = { cert: 'payout', dryRun: true };
  const raw = await client.request('v1/payout', payoutOf('B-1', { amount: '5.01' }), options);
  assert.equal(raw.refusal, 'guard');
  for (const call of [
    () => client.payouts.status({ id: 1 }, { dryRun: true }),
    () => client.account.balance({ dryRun: true }),
    () => client.payouts.create(payoutOf('B-1'), { dryRun: 1 }),
  ]) {
    const error = await failure(call());
    assert.equal(error.field, 'dryRun');
  }
  assert.equal((await sandbox.log()).length, 0);
});

// Creates: valid and invalid requests, and the outcome in every error.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import {
  alikassa,
  failure,
  ledgerPath,
  paymentOf,
  payoutOf,
  startSandbox,
  vectors,
} from './support.mjs';

const { CreatedPayment, CreatedPayout, InvalidArgumentError, OutcomeUnknownError } = alikassa;
const sandbox = await startSandbox();
const { requests } = vectors('requests.json');

beforeEach(() => sandbox.reset());

test('payments.create and payouts.create return the created payment and payout', async () => {
  const client = sandbox.client();
  const payment = await client.payments.create(paymentOf('A-1', { customer_phone: null }));
  assert.ok(payment instanceof CreatedPayment);
  assert.equal(payment.id, 112412554);
  assert.equal(payment.payment_status, 'wait');
  assert.equal(payment.is_final, false);
  assert.match(payment.url, /^https:/);

  const payout = await client.payouts.create(payoutOf('B-1'));
  assert.ok(payout instanceof CreatedPayout);
  assert.equal(payout.id, 100000537);
  assert.ok(Object.isFrozen(payout));
  assert.equal((await client.payouts.status({ id: payout.id })).order_id, 'B-1');
});

const valueOf = {
  amount: '5.00',
  date: '2024-11-01',
  ip: '::1',
  text_or_integer: 123456,
  url: 'https://shop.example/paid',
  integer: 1000,
  text: 'x',
};

for (const [operation, fields] of Object.entries(requests)) {
  test(`${operation} sends every typed field as given, in documented order, then other_fields`, async () => {
    const typed = fields.map(({ name, kind, fields: own }) => [
      name,
      kind === 'object'
        ? { ...Object.fromEntries(own.map((field) => [field.name, 'x'])), new: [1, null] }
        : valueOf[kind],
    ]);
    const others = { new_field: { a: [1, 2n, true, null, 'x'] } };
    const given = Object.fromEntries([...typed].reverse());
    const [resource, verb] = operation.split('.');
    await sandbox.client()[resource][verb]({ other_fields: others, ...given });
    const sent = JSON.parse(Buffer.from((await sandbox.log()).at(-1).body, 'base64'));
    const expected = { ...Object.fromEntries(typed), new_field: { a: [1, 2, true, null, 'x'] } };
    assert.deepEqual(sent, expected);
    assert.deepEqual(Object.keys(sent), Object.keys(expected));
  });
}

test('undefined and null fields are absent, also inside `extra`', async () => {
  const extra = { card_holder: undefined, card_country: null, card_exp_year: '24' };
  await sandbox.client().payouts.create(payoutOf('B-1', { extra, customer_phone: undefined }));
  const sent = JSON.parse(Buffer.from((await sandbox.log()).at(-1).body, 'base64'));
  assert.deepEqual(sent, payoutOf('B-1', { extra: { card_exp_year: '24' } }));
});

const refusedPayments = [
  [undefined, 'amount', 'required'],
  [paymentOf('A-1', { amount: null }), 'amount', 'required'],
  [paymentOf(undefined), 'order_id', 'required'],
  [paymentOf('A-1', { amount: 0.5 }), 'amount', 'float'],
  [paymentOf('A-1', { amount: NaN }), 'amount', 'float'],
  [paymentOf('A-1', { amount: true }), 'amount', 'type'],
  [paymentOf('A-1', { amount: '1,50' }), 'amount', 'format'],
  [paymentOf('A-1', { amount: '0.00' }), 'amount', 'out_of_range'],
  [paymentOf('A-1', { amount: '1'.repeat(10) }), 'amount', 'out_of_range'],
  [paymentOf(1), 'order_id', 'type'],
  [paymentOf(''), 'order_id', 'empty'],
  [paymentOf('x'.repeat(129)), 'order_id', 'too_long'],
  [paymentOf('\ud800'), 'order_id', 'lone_surrogate'],
  [paymentOf('A-1', { customer_ip: '300.1.1.1' }), 'customer_ip', 'format'],
  [paymentOf('A-1', { customer_ip: 1 }), 'customer_ip', 'type'],
  [paymentOf('A-1', { lifetime: 899 }), 'lifetime', 'out_of_range'],
  [paymentOf('A-1', { lifetime: '900' }), 'lifetime', 'type'],
  [paymentOf('A-1', { lifetime: 900.5 }), 'lifetime', 'float'],
  [paymentOf('A-1', { success_redirect_id: 2 ** 53 }), 'success_redirect_id', 'float'],
  [paymentOf('A-1', { success_redirect_id: 2n ** 63n }), 'success_redirect_id', 'out_of_range'],
  [paymentOf('A-1', { customer_post_code: -1 }), 'customer_post_code', 'out_of_range'],
  [paymentOf('A-1', { customer_post_code: true }), 'customer_post_code', 'type'],
  [paymentOf('A-1', { customer_post_code: '1'.repeat(13) }), 'customer_post_code', 'too_long'],
  [paymentOf('A-1', { fail_redirect_url: 'ftp://x' }), 'fail_redirect_url', 'format'],
  [paymentOf('A-1', { fail_redirect_url: new URL('https://x.example') }), 'fail_redirect_url', 'type'],
  [paymentOf('A-1', { amonut: '1' }), 'amonut', 'unknown'],
  [paymentOf('A-1', { other_fields: 'x' }), 'other_fields', 'type'],
  [paymentOf('A-1', { other_fields: { amount: '1' } }), 'other_fields.amount', 'typed'],
  [paymentOf('A-1', { other_fields: { a: 0.5 } }), 'other_fields.a', 'float'],
  [paymentOf('A-1', { other_fields: { a: NaN } }), 'other_fields.a', 'float'],
  [paymentOf('A-1', { other_fields: { a: 2 ** 53 } }), 'other_fields.a', 'float'],
  [paymentOf('A-1', { other_fields: { a: undefined } }), 'other_fields.a', 'type'],
  [paymentOf('A-1', { other_fields: { a: [{ b: new Date() }] } }), 'other_fields.a[0].b', 'type'],
  [paymentOf('A-1', { other_fields: { a: '\ud800' } }), 'other_fields.a', 'lone_surrogate'],
  ['A-1', '', 'not_an_object'],
];

const refusedPayouts = [
  [payoutOf('B-1', { number: 4111 }), 'number', 'type'],
  [payoutOf('B-1', { extra: 'x' }), 'extra', 'type'],
  [payoutOf('B-1', { extra: [] }), 'extra', 'type'],
  [payoutOf('B-1', { extra: new Date() }), 'extra', 'type'],
  [payoutOf('B-1', { extra: { card_exp_year: '2024' } }), 'extra.card_exp_year', 'too_long'],
  [payoutOf('B-1', { extra: { card_exp_year: 24 } }), 'extra.card_exp_year', 'type'],
  [payoutOf('B-1', { extra: { new: [0.5] } }), 'extra.new[0]', 'float'],
  [payoutOf('B-1', { extra: { new: { a: undefined } } }), 'extra.new.a', 'type'],
];

for (const [resource, cases] of [
  ['payments', refusedPayments],
  ['payouts', refusedPayouts],
]) {
  test(`${resource}.create refuses an invalid request before the ledger is written`, async () => {
    const path = ledgerPath();
    const client = sandbox.client({ ledger: path });
    for (const [request, field, reason] of cases) {
      const error = await failure(client[resource].create(request));
      assert.ok(error instanceof InvalidArgumentError, error.stack);
      const { operation, outcome } = error;
      assert.deepEqual(
        { field: error.field, reason: error.reason, operation, outcome },
        { field, reason, operation: `${resource}.create`, outcome: 'not_sent' },
      );
    }
    assert.deepEqual(await sandbox.log(), []);
    assert.equal(existsSync(path), false);
  });
}

test('an error before a call starts names the operation; a create has outcome not_sent', async () => {
  const client = sandbox.client();
  const raw = { cert: 'payout' };
  const cases = [
    [() => client.payouts.create(payoutOf('B-1'), { retries: 1 }), 'payouts.create', 'not_sent', 'B-1'],
    [() => client.payouts.create(payoutOf('B-1'), { timeout: 'x' }), 'payouts.create', 'not_sent', 'B-1'],
    [() => client.payouts.create({ amount: 0.5, order_id: 'B-1' }), 'payouts.create', 'not_sent', 'B-1'],
    [() => client.payouts.create(new Map([['a', [{ b: 0.5 }]], ['order_id', 'Ж']])), 'payouts.create', 'not_sent', 'Ж'],
    [() => client.payouts.create({ amount: 0.5, order_id: '\ud800' }), 'payouts.create', 'not_sent'],
    [() => client.payouts.create({ extra: { order_id: 'B-1', b: 0.5 } }), 'payouts.create', 'not_sent'],
    [() => client.payouts.resolve('B-1', { amount: 0.5 }), 'payouts.resolve', undefined, 'B-1'],
    [() => client.payouts.wait({ order_id: 'B-1' }, { interval: 'x' }), 'payouts.wait', undefined, 'B-1'],
    [() => client.payouts.status({ id: 0.5 }), 'payouts.status', undefined],
    [() => client.payouts.status({ id: '1' }, { deadline: 'x' }), 'payouts.status', undefined],
    [() => client.payouts.status({ id: '1' }, { interval: 100 }), 'payouts.status', undefined],
    [() => client.account.balance(5), 'account.balance', undefined],
    [() => client.reconcile({ x: 1 }), 'reconcile', undefined],
    [() => client.request('v1/payout', { a: 0.5 }, raw), 'v1/payout', 'not_sent'],
    [() => client.request('v1/payout', { a: 0.5, order_id: 'B-1' }, raw), 'v1/payout', 'not_sent', 'B-1'],
    [() => client.request('v1/payout', { order_id: 'B-1' }, {}), 'v1/payout', 'not_sent', 'B-1'],
    [() => client.request('v1/new', { a: 0.5 }, raw), 'v1/new', 'not_sent'],
    [() => client.request('v1/new', { a: 0.5 }, { ...raw, read: true }), 'v1/new', undefined],
    [() => client.request('v1/payout/status', {}, {}), 'v1/payout/status', undefined],
    [() => client.request('v1/payout', {}, { ...raw, read: 1 }), 'v1/payout', 'not_sent'],
  ];
  for (const [call, operation, outcome, order_id] of cases) {
    const error = await failure(call);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual(
      { operation: error.operation, outcome: error.outcome, order_id: error.order_id },
      { operation, outcome, order_id },
    );
  }
  assert.deepEqual(await sandbox.log(), []);
});

const outcomes = [
  [{ fault: 'http_500' }, 'payouts', 'unknown', 'ServerError', 'answer', 500],
  [{ fault: 'html_502' }, 'payouts', 'unknown', 'ServerError', 'answer', 502],
  [{ fault: 'close_after_act' }, 'payouts', 'unknown', 'TransportError', 'receive', undefined],
  [{ fault: 'cut' }, 'payouts', 'unknown', 'TransportError', 'receive', undefined],
  [{ fault: 'reset' }, 'payments', 'unknown', 'TransportError', 'receive', undefined],
  [
    { fault: 'http', status: 404, body: '{"message":"m"}' },
    'payouts',
    'unknown',
    'NotFoundError',
    'answer',
    404,
  ],
];

for (const [fault, resource, outcome, cause, phase, http_status] of outcomes) {
  test(`${resource}.create with the fault ${fault.fault} has outcome ${outcome}, caused by a ${cause}`, async () => {
    const client = sandbox.client({ digest: 'sha1' });
    await sandbox.fault({ ...fault, match: { order_id: 'C-1' } });
    const request = resource === 'payouts' ? payoutOf('C-1') : paymentOf('C-1');
    const error = await failure(client[resource].create(request));
    assert.ok(error instanceof OutcomeUnknownError, error.stack);
    assert.equal(error.outcome, outcome);
    assert.equal(error.phase, phase);
    assert.equal(error.http_status, http_status);
    assert.equal(error.operation, `${resource}.create`);
    assert.equal(error.order_id, 'C-1');
    assert.equal(error.attempts, 1);
    assert.equal(error.cause.name, cause);
    assert.ok(error.cause instanceof alikassa[cause]);
    const data = error.toJSON();
    assert.equal(data.cause.name, cause);
    assert.deepEqual(structuredClone(data), data);
    assert.match(inspect(error), /outcome: 'unknown'/);
    assert.equal(await sandbox.sent(resource === 'payouts' ? '/v1/payout' : '/v1/payment'), 1);
  });
}

test('a create that the provider refuses has outcome rejected and a specific class', async () => {
  const client = sandbox.client({ digest: 'sha1' });
  const body = '{"message":"m","errors":{"amount":["too much"]}}';
  await sandbox.fault({ fault: 'http', status: 400, body });
  const error = await failure(client.payouts.create(payoutOf('C-1')));
  assert.equal(error.name, 'ValidationError');
  assert.equal(error.outcome, 'rejected');
  assert.deepEqual(error.errors, { amount: ['too much'] });

  await sandbox.fault({ fault: 'http', status: 404, body: '{"message":"m"}' });
  const payment = await failure(client.payments.create(paymentOf('C-1')));
  assert.equal(payment.name, 'NotFoundError');
  assert.equal(payment.outcome, 'rejected');
});

test('a create without a connection has outcome not_sent', async () => {
  const client = sandbox.client({ digest: 'sha1', baseUrl: 'http://127.0.0.1:1' });
  const error = await failure(client.payouts.create(payoutOf('C-1')));
  assert.equal(error.name, 'TransportError');
  assert.equal(error.outcome, 'not_sent');
});

test('a raw create has an outcome', async () => {
  const client = sandbox.client({ digest: 'sha1' });
  await sandbox.fault({ fault: 'http_500' });
  const error = await failure(client.request('v1/payout', payoutOf('C-1'), { cert: 'payout' }));
  assert.ok(error instanceof OutcomeUnknownError);
  assert.equal(error.operation, 'v1/payout');
  assert.equal(error.order_id, 'C-1');
});

test('a create on a closed client has outcome not_sent', async () => {
  const client = sandbox.client();
  await client.close();
  const error = await failure(client.payouts.create(payoutOf('C-1')));
  assert.equal(error.name, 'ConfigurationError');
  assert.equal(error.outcome, 'not_sent');
});

test('an error thrown by a getter of the request propagates, and nothing is sent', async () => {
  const mine = new RangeError('mine');
  const request = Object.defineProperty(payoutOf('C-1'), 'extra', {
    enumerable: true,
    get() {
      throw mine;
    },
  });
  assert.equal(await failure(() => sandbox.client().payouts.create(request)), mine);
  assert.deepEqual(await sandbox.log(), []);
});

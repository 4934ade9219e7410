// The history of payments: one page, and all of them.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { alikassa, collect, failure, paymentOf, startSandbox } from './support.mjs';

const { InvalidArgumentError } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client();
const order_id = '1756900030';

beforeEach(() => sandbox.reset());

test('history returns one page', async () => {
  for (const number of [1, 2, 3]) {
    await client.payments.create(paymentOf(`H-${number}`));
  }
  const page = await client.payments.history({ page: 2, paginate: 3, date_from: null });
  assert.ok(page instanceof alikassa.History);
  assert.ok(page.meta instanceof alikassa.HistoryMeta);
  assert.deepEqual([page.meta.current_page, page.meta.last_page, page.meta.total], [2, 2, 4]);
  const [payment] = page.data;
  assert.ok(payment instanceof alikassa.HistoryPayment);
  assert.deepEqual([payment.order_id, payment.status], [order_id, 'paid']);
  assert.ok(Object.isFrozen(page.data));
  assert.equal(JSON.parse(JSON.stringify(page)).data[0].order_id, order_id);

  const none = await client.payments.history({ date_to: '2000-01-01' });
  assert.deepEqual(none.data, []);
  for (const [request, field] of [
    [{ date_from: '1.11.2024' }, 'date_from'],
    [{ page: 0 }, 'page'],
    [{ pages: 1 }, 'pages'],
  ]) {
    const error = await failure(client.payments.history(request));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual([error.field, error.operation], [field, 'payments.history']);
  }
});

test('iterHistory yields the payments of all pages', async () => {
  for (const number of [1, 2, 3]) {
    await client.payments.create(paymentOf(`H-${number}`));
  }
  const before = await sandbox.sent('/v1/payment/history');
  const orders = [];
  for await (const payment of client.payments.iterHistory({ paginate: 2 })) {
    orders.push(payment.order_id);
  }
  assert.deepEqual(orders, ['H-3', 'H-2', 'H-1', order_id]);
  assert.equal((await sandbox.sent('/v1/payment/history')) - before, 2);

  const [second] = await collect(client.payments.iterHistory({ paginate: 2, page: 2 }));
  assert.equal(second.order_id, 'H-1');
  for await (const payment of client.payments.iterHistory({ paginate: 1 })) {
    assert.equal(payment.order_id, 'H-3');
    break;
  }
  assert.equal((await sandbox.sent('/v1/payment/history')) - before, 4);
});

test('an error ends iterHistory', async () => {
  for (const [argv, check] of [
    [[{ paginate: 0.5 }], { field: 'paginate', reason: 'float' }],
    [[{ page: 'one' }], { field: 'page' }],
    [['2024-11-01'], { reason: 'not_an_object' }],
    [[{}, { interval: 1 }], { field: 'interval', reason: 'unknown' }],
    [[{}, { signal: AbortSignal.abort() }], { name: 'CancelledError' }],
  ]) {
    const error = await failure(collect(client.payments.iterHistory(...argv)));
    for (const [property, value] of Object.entries(check)) {
      assert.equal(error[property], value, error.stack);
    }
    assert.equal(error.operation, 'payments.history');
  }
  const page = { data: [{ id: 1 }], meta: { last_page: 9 } };
  await sandbox.fault({ fault: 'http', status: 200, body: page, times: 2 });
  const pages = client.payments.iterHistory();
  assert.equal((await pages.next()).value.id, 1);
  const error = await failure(pages.next());
  assert.equal(error.name, 'ProtocolError');
  assert.match(error.message, /repeats the previous page/);
  assert.deepEqual(await pages.next(), { value: undefined, done: true });
});

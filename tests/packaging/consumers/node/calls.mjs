import assert from 'node:assert';
import { Client, NotFoundError } from 'alikassa';
import { notificationHandler } from 'alikassa/express';
import { notificationPlugin } from 'alikassa/fastify';
import { notificationHandler as fetchHandler } from 'alikassa/fetch';

const client = Client.fromEnv();
const payout = await client.payouts.status({ id: 100000536 });
assert.strictEqual(payout.payment_status, 'paid');
const payment = await client.payments.status({ order_id: '1756900030' });
assert.strictEqual(payment.amount, '10.000000000');
const balance = await client.account.balance();
assert.strictEqual(balance.balance, '93.84000000');
// This path panics in test builds. In released builds the provider does not know it.
const hook = client.request('v1/test-panic', {}, { cert: 'payout', read: true });
await assert.rejects(hook, NotFoundError);
for (const make of [notificationHandler, notificationPlugin, fetchHandler]) {
  assert.strictEqual(typeof make(client, () => {}), 'function');
}
await client.close();

// The shop against the sandbox: `npm test`.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Ledger } from 'alikassa';
import { startSandbox } from 'alikassa/testing';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { routes } from './app.js';
import { Shop } from './shop.js';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

let client: Client;
let shop: Shop;
let app: FastifyInstance;

beforeEach(async () => {
  await sandbox.reset();
  const folder = mkdtempSync(join(tmpdir(), 'shop-'));
  const ledger = new Ledger(join(folder, 'ledger.sqlite'));
  client = sandbox.client({ ledger, maxRetries: 0 });
  shop = new Shop(join(folder, 'shop.sqlite'), client, ledger);
  app = routes(shop, client);
});

async function order(order_id: string, amount = '5.00'): Promise<void> {
  const body = { order_id, amount, card: '4111111111111111' };
  const response = await app.inject({ method: 'POST', url: '/payouts', body });
  expect(response.statusCode).toBe(202);
}

async function state(order_id: string): Promise<string> {
  return (await app.inject(`/payouts/${order_id}`)).json().state;
}

/** How many creates of payouts were sent. */
async function sent(): Promise<number> {
  return (await sandbox.log()).filter(({ path }) => path === '/v1/payout').length;
}

async function deliver(query: string): Promise<{ status: number; noted?: string }> {
  const response = await app.inject(`/alikassa/notification?${query}`);
  return { status: response.statusCode, ...(response.body === '' ? {} : response.json()) };
}

test('a payout is sent once, and closed when it is paid', async () => {
  await order('B-1');
  await order('B-1'); // the customer clicked twice
  await shop.settle();
  expect(await state('B-1')).toBe('open');
  await sandbox.settle('B-1', 'paid');
  await shop.settle();
  await shop.settle();
  expect(await state('B-1')).toBe('paid');
  expect(await sent()).toBe(1);
  expect(shop.refund('B-1')).toBeUndefined();
});

test('a payout whose response is lost is neither sent again nor refunded', async () => {
  await sandbox.fault('close_after_act', { path: 'v1/payout' });
  await order('B-1');
  await shop.settle();
  await shop.settle();
  expect(await state('B-1')).toBe('open');
  await sandbox.settle('B-1', 'paid');
  await shop.settle();
  expect(await state('B-1')).toBe('paid');
  expect(await sent()).toBe(1);
});

test('a payout that fails or is rejected is refunded once', async () => {
  await order('B-1');
  await order('B-2', '5000.00'); // more than the balance
  await shop.settle();
  await sandbox.settle('B-1', 'fail');
  await shop.settle();
  await shop.settle();
  expect([await state('B-1'), await state('B-2')]).toStrictEqual(['failed', 'failed']);
  expect([shop.refund('B-1'), shop.refund('B-2')]).toStrictEqual(['5.00', '5000.00']);
});

test('a notification closes its order, and a late or second one changes nothing', async () => {
  await order('B-1');
  await shop.settle();
  const late = await sandbox.forge({ order_id: 'B-1' });
  await sandbox.settle('B-1', 'paid');
  const paid = await sandbox.forge({ order_id: 'B-1' });
  expect(await deliver(paid.query)).toStrictEqual({ status: 200, noted: 'new' });
  expect(await state('B-1')).toBe('paid');
  expect(await deliver(paid.query)).toStrictEqual({ status: 200, noted: 'seen' });
  expect(await deliver(late.query)).toStrictEqual({ status: 200, noted: 'stale' });
  expect(await state('B-1')).toBe('paid');
});

test('a notification about another id is stored for somebody to look at', async () => {
  const body = { id: 7, payment_status: 'wait' };
  await sandbox.fault('http', { path: 'v1/payout', act: true, status: 200, body });
  await order('B-1');
  await shop.settle();
  const { query, signed_text } = await sandbox.forge({ order_id: 'B-1' });
  expect(await deliver(query)).toStrictEqual({ status: 200, noted: 'other' });
  expect(shop.reviews()).toStrictEqual([signed_text]);
  expect(await state('B-1')).toBe('open');
});

test('notifications are taken as a form and as JSON, and a forged one is refused', async () => {
  await order('B-1');
  await shop.settle();
  const { form, json } = await sandbox.forge({ order_id: 'B-1' });
  for (const [type, body] of [['application/x-www-form-urlencoded', form], ['application/json', json]] as const) {
    const headers = { 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/alikassa/notification', headers, body });
    expect(response.statusCode).toBe(200);
  }
  const forged = await sandbox.forge({ order_id: 'B-1', signature: 'other_key' });
  expect((await deliver(forged.query)).status).toBe(400);
});

// Starts the shop: `npm run build && npm start`.
//
// The environment has the `ALIKASSA_…` variables of `Client.fromEnv`, PORT, and SHOP_LEDGER and
// SHOP_DB, two SQLite files. Do not open the ledger with another copy of SQLite: that releases its
// locks.

import { setTimeout } from 'node:timers/promises';

import { Client, Ledger } from 'alikassa';

import { routes } from './app.js';
import { Shop } from './shop.js';

const { PORT = '8000', SHOP_LEDGER = 'ledger.sqlite', SHOP_DB = 'shop.sqlite' } = process.env;
const ledger = new Ledger(SHOP_LEDGER);
const client = Client.fromEnv({ ledger, deadline: 10_000 });
const shop = new Shop(SHOP_DB, client, ledger);

console.log(`listening on ${await routes(shop, client).listen({ port: Number(PORT), host: '127.0.0.1' })}`);
for (;;) {
  await shop.settle().catch((error: unknown) => console.warn('not settled:', error));
  await setTimeout(60_000);
}

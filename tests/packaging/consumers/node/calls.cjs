const assert = require('node:assert');
const { Client } = require('alikassa');

async function main() {
  const client = Client.fromEnv();
  const payout = await client.payouts.status({ id: 100000536 });
  assert.strictEqual(payout.payment_status, 'paid');
  // Both module systems get the same instance. Otherwise `instanceof` would fail between them.
  const esm = await import('alikassa');
  assert.strictEqual(esm.Client, Client);
  for (const framework of ['express', 'fastify', 'fetch']) {
    const imported = await import(`alikassa/${framework}`);
    assert.strictEqual(imported.default, require(`alikassa/${framework}`));
  }
  await client.close();
}

main();

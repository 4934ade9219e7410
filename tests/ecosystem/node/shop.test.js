// Jest and Vitest run this, each with its own first lines.
let sandbox;
const open = async (options) => {
  sandbox ??= await startSandbox();
  return sandbox.client(options);
};
afterAll(() => sandbox.close());

const order = { amount: '5.00', number: '4111111111111111', order_id: 'B-1', service: 'payment_card_rub' };

test('what the package returns passes strict comparisons', async () => {
  const client = await open({ ledger: `creates-${Date.now()}.sqlite` });
  expect(await client.ledger.open()).toStrictEqual([]);
  expect(await client.ledger.open()).toBeInstanceOf(Array);
  const payout = await client.payouts.create(order);
  expect(payout.other).toStrictEqual({});
  const [row] = await client.ledger.open();
  expect(row.toJSON()).toStrictEqual({ ...row });
  const reply = await client.request('v1/payout/status', { order_id: 'B-1' }, { cert: 'payout', read: true });
  expect(reply.json()).toStrictEqual(JSON.parse(reply.body.toString()));
  expect((await client.account.info()).payouts).toBeInstanceOf(Array);
  await client.close();
});

test('an error is an Error, and its fields pass strict comparisons', async () => {
  const client = await open();
  await expect(client.payouts.status({ id: '1' })).rejects.toThrow('Payout not found');
  const error = await client.payouts.create({ ...order, order_id: 'B-2', amount: '5000.00' }).catch((error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error.errors).toStrictEqual({ amount: expect.any(Array) });
  expect(error.errors.amount).toBeInstanceOf(Array);
});

test('a notification passes strict comparisons, and its body can be an ArrayBuffer', async () => {
  const client = await open();
  const { json } = await sandbox.forge({ order_id: '1756900030', extra: { later: '1' } });
  const { buffer } = new TextEncoder().encode(json);
  expect(client.notifications.verify({ body: buffer }).unsigned).toStrictEqual({ later: '1' });
});

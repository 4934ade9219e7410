// The rows and events of a ledger: conditions, pages, and memory.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import {
  alikassa,
  collect,
  failure,
  ledgerPath,
  packageFolder,
  paymentOf,
  payoutOf,
  run,
  startSandbox,
  vectors,
} from './support.mjs';

const { InvalidArgumentError, Ledger, LedgerError, LedgerEvent, LedgerRow } = alikassa;
const sandbox = await startSandbox();
const recording = (ledger) => sandbox.client({ digest: 'sha1', ledger });
const { account } = sandbox.ready;
const noAccount = '00000000-0000-4000-8000-000000000000';
const copyRows = fileURLToPath(new URL('../../tests/copy-rows', import.meta.url));
const ROWS = 600;

beforeEach(() => sandbox.reset());

/** A ledger with so many orders, and their ids. */
async function filled(count) {
  const client = recording(ledgerPath());
  await client.payouts.create(payoutOf('B-000001'));
  await client.close();
  const { ledger } = client;
  const copied = await run(copyRows, [ledger.location, String(count)]);
  assert.equal(copied.code, 0, copied.stderr);
  const ids = Array.from({ length: count }, (_, n) => `B-${String(n + 1).padStart(6, '0')}`);
  return { ledger, ids };
}

const orderIds = (records) => records.map(({ order_id }) => order_id);

async function assertRefused(list, field, reason) {
  const error = await failure(list);
  assert.ok(error instanceof InvalidArgumentError, error.stack);
  assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  return error;
}

test('rows returns the rows that meet the conditions', async () => {
  const { ledger, payouts } = recording(ledgerPath());
  assert.deepEqual(await ledger.rows(), []);
  await payouts.create(payoutOf('L-1'));
  await sandbox.settle({ order_id: 'L-1', status: 'paid' });
  await payouts.status({ order_id: 'L-1' });
  assert.deepEqual(await ledger.open(), []);
  const [row, ...others] = await ledger.rows();
  assert.deepEqual(others, []);
  assert.ok(row instanceof LedgerRow);
  assert.equal(row.payment_status, 'paid');
  for (const options of [
    { state: 'accepted' },
    { since: row.updated_ms },
    { account },
    { state: null, since: undefined, account: null },
    null,
  ]) {
    assert.deepEqual(await ledger.rows(options), [row], inspect(options));
  }
  for (const options of [{ state: 'unknown' }, { since: row.updated_ms + 1 }, { account: noAccount }]) {
    assert.deepEqual(await ledger.rows(options), [], inspect(options));
  }
});

test('rows and events refuse a wrong condition when they are read', async () => {
  const ledger = new Ledger(ledgerPath());
  for (const [options, field, reason] of [
    [{ since: 0.5 }, 'since', 'type'],
    [{ since: new Date() }, 'since', 'type'],
    [{ account: 1 }, 'account', 'type'],
    [{ order_id: 'L-1' }, 'order_id', 'unknown'],
    [1, 'options', 'type'],
  ]) {
    await assertRefused(ledger.rows(options), field, reason);
    await assertRefused(() => collect(ledger.rows(options)), field, reason);
  }
  const { message } = await assertRefused(ledger.rows({ state: 'lost' }), 'state', 'state');
  assert.match(message, /"sending", "accepted", "rejected", "not_sent", "unknown", "released"/);
  for (const [options, field, reason] of [
    [{ operation: 1 }, 'operation', 'type'],
    [{ order_id: 1 }, 'order_id', 'type'],
    [{ account: 1 }, 'account', 'type'],
    [{ since: '0' }, 'since', 'type'],
    [{ orderId: 'L-1' }, 'orderId', 'unknown'],
    [{ state: 'unknown' }, 'state', 'unknown'],
  ]) {
    await assertRefused(ledger.events(options), field, reason);
  }
});

test('events are the changes of the rows', async () => {
  const { ledger, payouts, payments } = recording(ledgerPath());
  await payouts.create(payoutOf('L-1'));
  await sandbox.settle({ order_id: 'L-1', status: 'paid' });
  await payouts.status({ order_id: 'L-1' });
  await payments.create(paymentOf('A-1'));
  const events = await ledger.events({ order_id: 'L-1' });
  assert.deepEqual(
    events.map(({ from_state, to_state, payment_status, source }) => [from_state, to_state, payment_status, source]),
    [
      [null, 'sending', null, 'call'],
      ['sending', 'accepted', 'wait', 'call'],
      ['accepted', 'accepted', 'paid', 'call'],
    ],
  );
  const [first, , last] = events;
  assert.ok(events.every((event) => event instanceof LedgerEvent && Object.isFrozen(event)));
  assert.deepEqual(Object.keys(first), vectors('records.json').ledger_event);
  assert.deepEqual([first.account, first.operation, first.attempt, first.reason], [account, 'payouts.create', 1, null]);
  assert.ok(Date.now() - first.time_ms < 60_000 && last.time_ms >= first.time_ms);
  assert.doesNotMatch(inspect(first), /account/);
  assert.deepEqual(JSON.parse(JSON.stringify(first)), { ...first });

  assert.equal((await ledger.events()).length, events.length + 2);
  assert.equal((await ledger.events({ operation: 'payments.create' })).length, 2);
  assert.deepEqual(await ledger.events({ account: noAccount }), []);
  const options = { operation: 'payouts.create', order_id: 'L-1', account, since: first.time_ms };
  assert.deepEqual(await ledger.events(options), events);
  assert.deepEqual(await ledger.events({ order_id: 'L-1', since: last.time_ms + 1 }), []);
});

test('each row and event comes once, in order', async () => {
  const { ledger, ids } = await filled(ROWS);
  assert.deepEqual(orderIds(await ledger.open()), ids);
  assert.deepEqual(orderIds(await collect(ledger.open())), ids);
  assert.deepEqual(orderIds(await collect(ledger.rows({ state: 'accepted' }))), ids);
  const events = await collect(ledger.events());
  assert.equal(events.length, 2 * ROWS);
  assert.deepEqual(orderIds(events.filter(({ from_state }) => from_state === null)), ids);
});

test('a list can be awaited and iterated, each time anew', async () => {
  const client = recording(ledgerPath());
  const list = client.ledger.open();
  assert.deepEqual(await list, []);
  await client.payouts.create(payoutOf('L-1'));
  assert.deepEqual(orderIds(await list), ['L-1']);
  assert.deepEqual(orderIds(await collect(list)), ['L-1']);
  const [rows, events] = await Promise.all([list, client.ledger.events()]);
  assert.deepEqual([rows.length, events.length], [1, 2]);
  assert.equal((await list.finally(() => {})).length, 1);
  assert.equal(String(list), '[object LedgerList]');
  assert.equal(await client.ledger.rows(1).catch(({ name }) => name), 'InvalidArgumentError');
  assert.equal(await client.ledger.rows(1).then(undefined, ({ name }) => name), 'InvalidArgumentError');
});

test('an iteration can end early, and does not see rows that are added meanwhile', async () => {
  const { ledger, ids } = await filled(ROWS);
  const client = recording(ledger);
  const seen = [];
  for await (const { order_id } of ledger.rows()) {
    if (seen.push(order_id) === 1) {
      await client.payouts.create(payoutOf('L-new'));
    }
  }
  assert.deepEqual(seen, ids);
  for await (const { order_id } of ledger.rows()) {
    assert.equal(order_id, ids[0]);
    break;
  }
  assert.equal((await ledger.rows()).length, ROWS + 1);
});

test('a file that cannot be read is an error of the iteration', async () => {
  const { ledger, ids } = await filled(ROWS);
  const rows = ledger.open()[Symbol.asyncIterator]();
  const seen = [(await rows.next()).value.order_id];
  writeFileSync(ledger.location, 'not a database'.repeat(1000));
  const error = await failure(async () => {
    for (;;) {
      seen.push((await rows.next()).value.order_id);
    }
  });
  assert.ok(error instanceof LedgerError, error.stack);
  // The rest of the page that was read before.
  assert.ok(seen.length > 1 && seen.length < ROWS);
  assert.deepEqual(seen, ids.slice(0, seen.length));
  assert.deepEqual(await rows.next(), { done: true, value: undefined });
  for (const list of [ledger.open(), ledger.rows(), ledger.events()]) {
    assert.ok((await failure(list)) instanceof LedgerError);
    assert.ok((await failure(() => collect(list))) instanceof LedgerError);
  }
});

test('memory does not grow with the rows', async () => {
  const { ledger } = await filled(50_000);
  for (const kind of ['open', 'events']) {
    const program = `
      const { Ledger } = require(${JSON.stringify(packageFolder)});
      (async () => {
        const ledger = new Ledger(process.argv[1]);
        await ledger.get('payouts.create', 'B-000001');
        const before = process.resourceUsage().maxRSS;
        let count = 0;
        for await (const _ of ledger[process.argv[2]]()) count += 1;
        console.log(JSON.stringify([count, Math.round((process.resourceUsage().maxRSS - before) / 1024)]));
      })();`;
    const argv = ['--max-semi-space-size=1', '-e', program, ledger.location, kind];
    const { code, stdout, stderr } = await run(process.execPath, argv);
    assert.equal(code, 0, stderr);
    const [count, megabytes] = JSON.parse(stdout);
    assert.equal(count, kind === 'events' ? 100_000 : 50_000);
    // All of them take more than 30 MB.
    assert.ok(megabytes < 15, `${kind}: ${megabytes} MB`);
  }
});

// The events that a hook and the subscribers of `alikassa:call` receive about the calls of a client.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { alikassa, collect, collectWarnings, failure, ledgerPath, payoutOf, startSandbox } from './support.mjs';

const READ = ['call_started', 'attempt_started', 'attempt_ended', 'outcome'];
/** More than wait for a JavaScript thread. */
const REFUSED = 9000;

const sandbox = await startSandbox();
const storage = new AsyncLocalStorage();
const warnings = collectWarnings();

beforeEach(() => sandbox.reset());

/** A client, and what its hook has received. */
function observed(options) {
  const events = [];
  return { client: sandbox.client({ digest: 'sha1', onEvent: (event) => events.push(event), ...options }), events };
}

const kinds = (events) => events.map(({ kind }) => kind);

test('a call has its events in order, and close delivers them', async () => {
  const { client, events } = observed();
  await client.account.balance();
  await client.account.balance();
  await client.close();
  assert.deepEqual(kinds(events), [...READ, ...READ]);
  const [first, second] = [events.slice(0, 4), events.slice(4)];
  assert.equal(new Set(first.map(({ call_id }) => call_id)).size, 1);
  assert.notEqual(first[0].call_id, second[0].call_id);
  const { attempt, http_status, code, order_id, operation, dropped, ...ended } = first[2];
  assert.deepEqual(
    { attempt, http_status, code, order_id, operation, dropped },
    { attempt: 1, http_status: 200, code: null, order_id: null, operation: 'account.balance', dropped: 0 },
  );
  for (const part of ['connect_us', 'tls_us', 'wait_us', 'sign_us', 'total_us', 'time_ms']) {
    assert.equal(typeof ended[part], 'number', part);
  }
  // The connection was reused.
  assert.deepEqual([second[2].connect_us, second[2].tls_us], [null, null]);
});

test('an event is a frozen record', async () => {
  const { client, events } = observed();
  await client.account.balance();
  await client.close();
  const event = events[2];
  assert.ok(event instanceof alikassa.ClientEvent);
  assert.ok(Object.isFrozen(event));
  assert.deepEqual(JSON.parse(JSON.stringify(event)), { ...event });
  assert.match(inspect(event), /^ClientEvent \{\n? *kind: 'attempt_ended',\n? *operation: 'account\.balance'/);
});

test('no amount, number or order is in an event', async () => {
  const { client, events } = observed({ ledger: ledgerPath() });
  await client.payouts.create(payoutOf('B-7001', { amount: '17.31' }));
  await client.payouts.resolve('B-7001');
  await client.close();
  const shown = events.map((event) => inspect(event) + inspect({ ...event }) + JSON.stringify(event)).join();
  for (const secret of ['17.31', '4111111111111111', 'B-7001', 'PRIVATE']) {
    assert.ok(!shown.includes(secret), secret);
  }
  const states = events.filter(({ kind }) => kind === 'ledger_transition').map(({ to_state }) => to_state);
  assert.deepEqual(states, ['sending', 'accepted']);
});

test('order ids are an option', async () => {
  const { client, events } = observed({ eventOrderIds: true });
  await client.payouts.create(payoutOf('B-1'));
  await client.close();
  assert.deepEqual(events.map(({ order_id }) => order_id), ['B-1', 'B-1', 'B-1', 'B-1']);
});

test('a failed call has its code', async () => {
  const { client, events } = observed();
  const error = await failure(client.payouts.status({ id: 1 }));
  await client.close();
  const { kind, code, http_status } = events.at(-1);
  assert.deepEqual({ kind, code, http_status }, { kind: 'outcome', code: error.code, http_status: 404 });
});

test('a hundred concurrent calls have the contexts of their callers', async () => {
  const stores = new Map();
  const order = [];
  const { client } = observed({
    onEvent({ call_id, kind }) {
      order.push(call_id);
      stores.set(call_id, [...(stores.get(call_id) ?? []), `${storage.getStore()} ${kind}`]);
    },
  });
  const calls = Array.from({ length: 100 }, (_, n) => storage.run(n, () => client.account.balance()));
  await Promise.all(calls);
  await client.close();
  const expected = Array.from({ length: 100 }, (_, n) => READ.map((kind) => `${n} ${kind}`));
  assert.deepEqual([...stores.values()], expected);
  assert.deepEqual([...new Set(order)], [...stores.keys()].sort((one, other) => one - other));
});

/** A call of each kind, by its operation, and calls of many requests. */
async function everyCall(client) {
  const { query } = await sandbox.notification({ order_id: '1756900030', url: null });
  const order = { order_id: '6422494' };
  const calls = {
    'payouts.status': () => client.payouts.status(order),
    'payouts.wait': () => client.payouts.wait(order, { deadline: 1000, onUpdate() {} }),
    'payments.history': () => collect(client.payments.iterHistory()),
    'v1/account/balance': () => client.request('v1/account/balance', {}, { cert: 'payout', read: true }),
    'notifications.verify': () => client.notifications.verify({ query }),
    reconcile: () => client.reconcile(),
  };
  const many = {
    all: () => collect(client.payouts.statuses({ order_ids: Array(3).fill('6422494') })),
    rows: () => collect(client.iterReconcile()),
  };
  return { calls, many };
}

test('every kind of call has the context of its caller', async () => {
  const seen = new Set();
  const { client } = observed({
    ledger: ledgerPath(),
    onEvent: ({ operation }) => seen.add(`${storage.getStore()} ${operation}`),
  });
  await client.payouts.create(payoutOf('B-1'));
  const { calls, many } = await everyCall(client);
  for (const [name, call] of [...Object.entries(calls), ...Object.entries(many)]) {
    // A wait can end at its deadline.
    await storage.run(name, async () => call()).catch(({ name }) => assert.equal(name, 'DeadlineExceededError'));
  }
  await client.close();
  const expected = Object.keys(calls).map((name) => `${name} ${name}`);
  assert.deepEqual(
    [...seen].sort(),
    ['undefined payouts.create', 'all payouts.status', 'rows reconcile', ...expected].sort(),
  );
});

test('subscribers of alikassa:call receive the events, with and without a hook', async () => {
  const { client, events } = observed();
  const without = sandbox.client({ digest: 'sha1' });
  const published = [];
  const take = (event, name) => published.push([name, storage.getStore(), event]);
  await without.account.balance();
  subscribe('alikassa:call', take);
  await storage.run('one', () => without.account.balance());
  await storage.run('two', () => client.account.balance());
  await client.close();
  unsubscribe('alikassa:call', take);
  await without.account.balance();
  await without.close();
  assert.deepEqual(published.map(([name, store, { kind }]) => `${name} ${store} ${kind}`), [
    ...READ.map((kind) => `alikassa:call one ${kind}`),
    ...READ.map((kind) => `alikassa:call two ${kind}`),
  ]);
  assert.deepEqual(published.slice(4).map(([, , event]) => event), events);
});

test('a call that a getter of a request starts has its own context', async () => {
  const other = sandbox.client({ digest: 'sha1' });
  const seen = [];
  const { client } = observed({ onEvent: ({ operation }) => seen.push(`${storage.getStore()} ${operation}`) });
  const inner = [];
  const request = {
    get id() {
      inner.push(storage.run('inner', () => client.account.balance()), other.account.info());
      return '100000536';
    },
  };
  await storage.run('outer', () => client.payouts.status(request));
  await Promise.all(inner);
  await client.close();
  await other.close();
  const [outer, own] = [Array(4).fill('outer payouts.status'), Array(4).fill('inner account.balance')];
  assert.deepEqual(seen.sort(), [...own, ...outer]);
});

test('a refused request leaves nothing, and the next call has its events', async () => {
  const { client, events } = observed();
  const request = {
    get id() {
      throw new Error('of the getter');
    },
  };
  await failure(client.payouts.status(request));
  await failure(client.payouts.status({}));
  await client.account.balance();
  await client.close();
  assert.deepEqual(kinds(events), READ);
});

test('every kind of call notices the first subscriber', async () => {
  const client = sandbox.client({ digest: 'sha1', ledger: ledgerPath() });
  await client.payouts.create(payoutOf('B-1'));
  const { calls, many } = await everyCall(client);
  for (const [name, call] of [...Object.entries(calls), ...Object.entries(many)]) {
    const published = [];
    const take = (event) => published.push(event);
    subscribe('alikassa:call', take);
    await (async () => call())().catch(({ name }) => assert.equal(name, 'DeadlineExceededError'));
    // Its last event is behind those of the call.
    await client.account.balance();
    const isLast = ({ kind, operation }) => kind === 'outcome' && operation === 'account.balance';
    for (let turn = 0; turn < 500 && !published.some(isLast); turn += 1) {
      await setTimeout(10);
    }
    unsubscribe('alikassa:call', take);
    const operations = new Set(published.map(({ operation }) => operation));
    assert.deepEqual(operations.size, 2, `${name}: ${[...operations]}`);
  }
  await client.close();
});

for (const [fails, onEvent] of [
  ['throws', () => { throw new Error('of the hook'); }],
  ['rejects', async () => { throw new Error('of the hook'); }],
]) {
  test(`a hook that ${fails} changes nothing, and is reported once`, async () => {
    warnings.length = 0;
    const seen = [];
    const { client } = observed({ onEvent: (event) => (seen.push(event), onEvent(event)) });
    assert.equal((await client.account.balance()).currency, 'RUB');
    await client.close();
    await setTimeout();
    assert.deepEqual(kinds(seen), READ);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^onEvent: the function failed/);
  });
}

test('a hook that is not a function is refused before anything is sent', async () => {
  for (const onEvent of [1, 'log', true, {}, [], new EventEmitter()]) {
    const fromEnv = () => alikassa.Client.fromEnv({ ...sandbox.options, onEvent });
    for (const open of [() => sandbox.client({ onEvent }), fromEnv]) {
      const { name, field, reason, message } = await failure(open);
      assert.deepEqual(
        { name, field, reason, message },
        { name: 'InvalidArgumentError', field: 'onEvent', reason: 'type', message: 'onEvent: pass a function' },
      );
    }
  }
  await sandbox.client({ onEvent: null }).close();
  assert.deepEqual(await sandbox.log(), []);
});

test('a hook can close its client', async () => {
  const closed = [];
  const { client } = observed({
    onEvent({ kind }) {
      if (kind === 'outcome') {
        closed.push(client.close());
      }
    },
  });
  await client.account.balance();
  await client.close();
  await Promise.all(closed);
  assert.equal(closed.length, 1);
});

test('close delivers all that a slow hook has left', async () => {
  let received = 0;
  const { client } = observed({
    onEvent() {
      received += 1;
      for (const end = performance.now() + 0.03; performance.now() < end;);
    },
  });
  await Promise.all(Array.from({ length: 500 }, () => failure(() => client.notifications.verify({ query: 'a=b' }))));
  await client.close();
  assert.equal(received, 500);
});

test('a blocked event loop drops events and counts them', async () => {
  const { client, events } = observed();
  const refuse = () => failure(() => client.notifications.verify({ query: 'a=b' }));
  const refused = [];
  for (let n = 0; n < REFUSED; n += 1) {
    refused.push(refuse());
  }
  await client.close();
  refused.push(refuse());
  await Promise.all(refused);
  await client.close();
  assert.deepEqual(new Set(kinds(events)), new Set(['notification_refused']));
  assert.ok(events.length <= REFUSED, `${events.length} events`);
  assert.equal(events.reduce((sum, { dropped }) => sum + dropped + 1, 0), REFUSED + 1);
});

test('the contexts of delivered events are freed while others wait', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const kept = [];
  // Slower than the events arrive, so that there are always some that wait.
  const { client } = observed({
    onEvent() {
      const end = performance.now() + 1;
      while (performance.now() < end);
    },
  });
  const refused = () => {
    const store = {};
    kept.push(new WeakRef(store));
    return storage.run(store, () => failure(() => client.notifications.verify({ query: 'a=b' })));
  };
  const isFreed = () => kept.length > 0 && kept.slice(0, 100).every((reference) => reference.deref() === undefined);
  for (let round = 0; round < 50 && !isFreed(); round += 1) {
    await Promise.all(Array.from({ length: 100 }, refused));
    await setTimeout(1);
    gc();
  }
  assert.ok(isFreed());
  await client.close();
});

test('nothing of a call or a client is kept', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const { client } = observed({ onEvent() {} });
  const kept = [];
  const call = async () => {
    const store = {};
    kept.push(new WeakRef(store));
    await storage.run(store, () => client.account.balance());
  };
  const refused = async () => {
    const store = {};
    kept.push(new WeakRef(store));
    await storage.run(store, () => failure(client.payouts.status({})));
  };
  const ownClient = async () => {
    const own = sandbox.client({ digest: 'sha1', onEvent: () => own });
    kept.push(new WeakRef(own));
    await own.account.balance();
    await own.close();
  };
  await Promise.all([call(), call(), refused(), ownClient()]);
  const isKept = () => kept.some((reference) => reference.deref() !== undefined);
  for (let round = 0; round < 100 && isKept(); round += 1) {
    // The events of a later call say which contexts are not needed any more.
    await client.account.balance();
    // `deref` keeps its object until the next turn.
    await setTimeout(10);
    gc();
  }
  await client.close();
  assert.ok(!isKept());
});

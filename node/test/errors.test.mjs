// Errors: their classes and fields, complete when they come from a thread of the pool.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';

import {
  alikassa,
  failure,
  native,
  packageFolder,
  run,
  startSandbox,
  vectors,
} from './support.mjs';

const { AliKassaError, InternalError, NotFoundError } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client();
const readStatus = () => failure(client.payouts.status({ order_id: '6422494' }));

test('there is one class for each row of tests/vectors/errors.json', () => {
  const { errors } = vectors('errors.json');
  for (const { class: name, parent, code } of errors) {
    assert.ok(alikassa[name] !== undefined, name);
    assert.equal(Object.getPrototypeOf(alikassa[name]), alikassa[parent], name);
    assert.equal(alikassa[name].name, name);
    const { attempts, ...error } = new alikassa[name]('x').toJSON();
    assert.deepEqual(error, { name, message: 'x', code });
    assert.equal(attempts, 0);
  }
  const known = ['AliKassaError', ...errors.map((row) => row.class)];
  const exported = Object.keys(alikassa).filter((name) => name.endsWith('Error'));
  assert.deepEqual(exported.sort(), known.sort());
});

const responses = [
  [400, '{"message":"m","errors":{"id":["a","b"]}}', 'ValidationError'],
  [400, '{"message":"m"}', 'ApiError'],
  [401, '{"message":"m"}', 'AuthenticationError'],
  [403, '{"message":"m"}', 'AuthenticationError'],
  [404, '{"message":"m"}', 'NotFoundError'],
  [429, '{"message":"m"}', 'RateLimitError'],
  [500, '{"message":"m"}', 'ServerError'],
  [302, '', 'ApiError'],
  [200, '<html>', 'ProtocolError'],
];

for (const [status, body, name] of responses) {
  test(`HTTP ${status} ${body} is a ${name}`, async () => {
    await sandbox.fault({ fault: 'http', status, body, times: 2 });
    const error = await readStatus();
    await sandbox.reset();
    assert.ok(error instanceof alikassa[name]);
    assert.ok(error instanceof AliKassaError && error instanceof Error);
    assert.equal(error.name, name);
    assert.match(error.stack, new RegExp(`^${name}: .*\n +at `));
    assert.equal(error.operation, 'payouts.status');
    assert.equal(error.order_id, '6422494');
    assert.ok(error.attempts > 0);
    if (status !== 200) {
      assert.equal(error.http_status, status);
      assert.equal(error.body.toString(), body);
      assert.equal(error.server_message, body === '' ? undefined : 'm');
    }
  });
}

test('an error has every field of the response', async () => {
  const body = '{"message":"no","errors":{"amount":["a","b"],"__proto__":["c"]}}';
  await sandbox.fault({ fault: 'http', status: 400, body });
  const error = await readStatus();
  assert.equal(error.code, 'validation');
  assert.deepEqual(Object.entries(error.errors), [
    ['amount', ['a', 'b']],
    ['__proto__', ['c']],
  ]);

  await sandbox.fault({ fault: 'http', status: 429, headers: { 'Retry-After': '7' }, body: '' });
  assert.equal((await readStatus()).retry_after, 7000);
});

test('a TransportError has the phase in which the network failed', async () => {
  await sandbox.fault({ fault: 'close_after_read' });
  const error = await readStatus();
  assert.equal(error.name, 'TransportError');
  assert.equal(error.phase, 'receive');
  assert.equal(error.outcome, undefined);
});

test('a call that exceeds its deadline is rejected with a DeadlineExceededError', async () => {
  await sandbox.fault({ fault: 'stall', n: 5000 });
  const error = await failure(client.account.balance({ deadline: 100 }));
  assert.equal(error.name, 'DeadlineExceededError');
});

test('the message ends with the hint, which is also a field', async () => {
  const error = await failure(client.payouts.status({ id: '1' }));
  assert.ok(error instanceof NotFoundError);
  assert.ok(error.message.endsWith(` (${error.hint})`));
});

test('toJSON returns plain, cloneable data without the body', async () => {
  await sandbox.fault({ fault: 'http', status: 400, body: '{"message":"m","errors":{"a":["b"]}}' });
  const data = (await readStatus()).toJSON();
  assert.deepEqual(structuredClone(data), data);
  assert.deepEqual(JSON.parse(JSON.stringify(data)), {
    name: 'ValidationError',
    message: 'HTTP 400: m. a: b',
    code: 'validation',
    attempts: 1,
    operation: 'payouts.status',
    order_id: '6422494',
    server_message: 'm',
    http_status: 400,
    errors: { a: ['b'] },
  });
});

test('inspect shows the fields of an error but not its body', async () => {
  const secret = 'personal data';
  await sandbox.fault({
    fault: 'http',
    status: 500,
    body: JSON.stringify({ message: 'm', secret }),
  });
  const error = await readStatus();
  assert.match(inspect(error), /http_status: 500/);
  assert.match(error.body.toString(), /personal data/);
  assert.doesNotMatch(inspect(error) + JSON.stringify(error) + error.stack, /personal data/);
});

test('an error can be constructed for tests', () => {
  const cause = new NotFoundError('inner');
  const error = new AliKassaError('outer', { hint: 'do this', cause });
  assert.equal(error.message, 'outer (do this)');
  assert.equal(error.cause, cause);
  assert.deepEqual(error.toJSON().cause, {
    name: 'NotFoundError',
    message: 'inner',
    code: 'not_found',
    attempts: 0,
  });
  assert.equal(new NotFoundError('inner', { attempts: 2 }).attempts, 2);
});

test('a panic in a call is an InternalError, and the next call succeeds', async () => {
  const panic = () => client.request('v1/test-panic', {}, { cert: 'payout', read: true });
  for (let round = 0; round < 3; round += 1) {
    const error = await failure(panic);
    assert.ok(error instanceof InternalError);
    assert.equal(error.operation, 'v1/test-panic');
    assert.equal((await client.account.balance()).currency, 'RUB');
  }
});

test('a panic on the JavaScript thread is an InternalError', () => {
  const { error } = native.testPanic();
  assert.equal(error.class, 'InternalError');
  assert.match(error.message, /a panic requested by a test/);
});

test('a promise whose handle is dropped is settled, and the process exits', async () => {
  const script = `
    const native = require(${JSON.stringify(join(packageFolder, 'alikassa.node'))});
    const { pending, queue } = require(${JSON.stringify(join(packageFolder, 'src/completion_queue.js'))});
    const lost = pending(native.testLostPromise(queue).ok);
    lost.then(({ error }) => console.log(error.class, error.message));`;
  const { code, stdout } = await run(process.execPath, ['-e', script]);
  const expected = 'InternalError the call ended without a result\n';
  assert.deepEqual({ code, stdout }, { code: 0, stdout: expected });
});

test('an error thrown by a getter of the caller propagates', async () => {
  const mine = new RangeError('mine');
  const order = {
    get id() {
      throw mine;
    },
  };
  assert.equal(await failure(client.payouts.status(order)), mine);
  assert.equal(await failure(() => alikassa.canonicalJson(order)), mine);
});

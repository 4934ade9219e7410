// Errors: their classes, their fields, and that nothing of them is lost on the way from the pool.

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
const ask = () => failure(client.payouts.status({ order_id: '6422494' }));

test('the classes are those of tests/vectors/errors.json', () => {
  const { errors } = vectors('errors.json');
  for (const { class: name, parent, code } of errors) {
    const mend =
      `write \`class ${name} extends ${parent} {}\` in node/src/errors.js, add it to \`classes\` there and to ` +
      'node/src/index.js, and declare it in node/index.d.ts';
    assert.ok(alikassa[name] !== undefined, mend);
    assert.equal(Object.getPrototypeOf(alikassa[name]), alikassa[parent], mend);
    const { attempts, ...error } = new alikassa[name]('x').toJSON();
    assert.deepEqual(error, { name, message: 'x', code }, mend);
    assert.equal(attempts, 0);
  }
  const known = ['AliKassaError', ...errors.map((row) => row.class)];
  const exported = Object.keys(alikassa).filter((name) => name.endsWith('Error'));
  const mend =
    'take the classes that errors.json does not have out of node/src and node/index.d.ts';
  assert.deepEqual(exported.sort(), known.sort(), mend);
});

const answers = [
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

for (const [status, body, name] of answers) {
  test(`HTTP ${status} ${body} is a ${name} from the pool`, async () => {
    await sandbox.fault({ fault: 'http', status, body, times: 2 });
    const error = await ask();
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

test('every field of an answer arrives', async () => {
  const body = '{"message":"no","errors":{"amount":["a","b"],"__proto__":["c"]}}';
  await sandbox.fault({ fault: 'http', status: 400, body });
  const error = await ask();
  assert.equal(error.code, 'validation');
  assert.deepEqual(Object.entries(error.errors), [
    ['amount', ['a', 'b']],
    ['__proto__', ['c']],
  ]);

  await sandbox.fault({ fault: 'http', status: 429, headers: { 'Retry-After': '7' }, body: '' });
  assert.equal((await ask()).retry_after, 7000);
});

test('a failing network says how far it got', async () => {
  await sandbox.fault({ fault: 'close_after_read' });
  const error = await ask();
  assert.equal(error.name, 'TransportError');
  assert.equal(error.phase, 'receive');
  assert.equal(error.outcome, undefined);
});

test('a deadline cuts the call', async () => {
  await sandbox.fault({ fault: 'stall', n: 5000 });
  const error = await failure(client.account.balance({ deadline: 100 }));
  assert.equal(error.name, 'DeadlineExceededError');
});

test('the message ends with the hint, and the hint stands alone too', async () => {
  const error = await failure(client.payouts.status({ id: '1' }));
  assert.ok(error instanceof NotFoundError);
  assert.ok(error.message.endsWith(` (${error.hint})`));
});

test('toJSON is plain data that survives a clone, without the body', async () => {
  await sandbox.fault({ fault: 'http', status: 400, body: '{"message":"m","errors":{"a":["b"]}}' });
  const data = (await ask()).toJSON();
  assert.deepEqual(structuredClone(data), data);
  assert.deepEqual(JSON.parse(JSON.stringify(data)), {
    name: 'ValidationError',
    message: 'HTTP 400: m. Fields: a',
    code: 'validation',
    attempts: 1,
    operation: 'payouts.status',
    order_id: '6422494',
    server_message: 'm',
    http_status: 400,
    errors: { a: ['b'] },
  });
});

test('an error shows its fields, but not the body', async () => {
  const secret = 'personal data';
  await sandbox.fault({
    fault: 'http',
    status: 500,
    body: JSON.stringify({ message: 'm', secret }),
  });
  const error = await ask();
  assert.match(inspect(error), /http_status: 500/);
  assert.match(error.body.toString(), /personal data/);
  assert.doesNotMatch(inspect(error) + JSON.stringify(error) + error.stack, /personal data/);
});

test('an error can be made for tests', () => {
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

test('a panic in a call is an InternalError, and the next call works', async () => {
  const panic = () => client.request('v1/test-panic', {}, { cert: 'payout', read: true });
  for (let round = 0; round < 3; round += 1) {
    const error = await failure(panic);
    assert.ok(error instanceof InternalError);
    assert.equal(error.operation, 'v1/test-panic');
    assert.equal((await client.account.balance()).currency, 'RUB');
  }
});

test('a panic on the JavaScript thread is contained too', () => {
  const { error } = native.testPanic();
  assert.equal(error.class, 'InternalError');
  assert.match(error.message, /a panic asked for by a test/);
});

test('a promise whose other end is lost is settled, and lets the process end', async () => {
  const script = `
    const native = require(${JSON.stringify(join(packageFolder, 'alikassa.node'))});
    const { pending, queue } = require(${JSON.stringify(join(packageFolder, 'src/completion_queue.js'))});
    const lost = pending(native.testLostPromise(queue).ok);
    lost.then(({ error }) => console.log(error.class, error.message));`;
  const { code, stdout } = await run(process.execPath, ['-e', script]);
  const expected = 'InternalError the call ended without a result\n';
  assert.deepEqual({ code, stdout }, { code: 0, stdout: expected });
});

test("what the caller's own getter throws goes through", async () => {
  const mine = new RangeError('mine');
  const order = {
    get id() {
      throw mine;
    },
  };
  assert.equal(await failure(client.payouts.status(order)), mine);
  assert.equal(await failure(() => alikassa.canonicalJson(order)), mine);
});

// The handlers of web frameworks, without the frameworks: `make ecosystem` runs them behind their servers.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';

import { alikassa, packageFolder, startSandbox } from './support.mjs';

const require = createRequire(join(packageFolder, 'package.json'));
const express = require('alikassa/express');
const { notificationPlugin } = require('alikassa/fastify');
const fetched = require('alikassa/fetch');

const { ConfigurationError } = alikassa;
const sandbox = await startSandbox();
const client = sandbox.client();
const order_id = '1756900030';
const type = 'application/x-www-form-urlencoded';

beforeEach(() => sandbox.reset());

/** What a handler for Express responds with, or passes to `next`. */
async function respond(handler, change, path, options) {
  let passed;
  const server = createServer(async (request, response) => {
    await change(request);
    handler(request, response, (error) => {
      passed = error;
      response.writeHead(500).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, options);
    return { status: response.status, text: await response.text(), passed };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const unchanged = () => {};
const post = (body) => ({ method: 'POST', body, headers: { 'content-type': type } });

test('a handler for Express responds after the event is stored', async () => {
  const { query, form } = await sandbox.notification({ order_id });
  const stored = [];
  const handler = express.notificationHandler(async () => client, async (event) => {
    await new Promise(setImmediate);
    stored.push(event.order_id);
  });
  const ok = { status: 200, text: 'OK', passed: undefined };
  assert.deepEqual(await respond(handler, unchanged, `/?${query}`), ok);
  assert.deepEqual(await respond(handler, unchanged, '/', post(form)), ok);
  assert.deepEqual(stored, [order_id, order_id]);
  const refused = { status: 400, text: 'refused', passed: undefined };
  assert.deepEqual(await respond(handler, unchanged, '/', post(form.slice(0, -9))), refused);
  assert.deepEqual(await respond(handler, unchanged, '/', post('x'.repeat(1_000_000))), refused);
  assert.deepEqual(stored, [order_id, order_id]);
});

test('a handler for Express takes the bytes that a parser kept, and nothing else', async () => {
  const { form } = await sandbox.notification({ order_id });
  const handler = express.notificationHandler(client, () => {});
  const keep = (name) => (request) => {
    request[name] = Buffer.from(form);
  };
  for (const name of ['body', 'rawBody']) {
    assert.equal((await respond(handler, keep(name), '/', post('another'))).status, 200);
  }
  const parsed = async (request) => {
    await once(request.resume(), 'end');
    request.body = Object.fromEntries(new URLSearchParams(form));
  };
  const { status, passed } = await respond(handler, parsed, '/', post(form));
  assert.equal(status, 500);
  assert.ok(passed instanceof ConfigurationError);
  assert.match(passed.message, /the body was read before/);
});

test('an error of the function, and of the client, goes to the framework', async () => {
  const { query } = await sandbox.notification({ order_id });
  const failed = new Error('the database is not available');
  const fail = () => {
    throw failed;
  };
  const { notificationCert, ...rest } = sandbox.options;
  assert.ok(notificationCert);
  const without = new alikassa.Client(rest);
  assert.equal((await respond(express.notificationHandler(client, fail), unchanged, `/?${query}`)).passed, failed);
  await assert.rejects(fetched.notificationHandler(client, fail)(new Request(`http://shop/?${query}`)), failed);
  const { passed } = await respond(express.notificationHandler(without, fail), unchanged, `/?${query}`);
  assert.match(passed.message, /notificationCert/);
});

test('a handler for fetch responds with what the function returns, if that is a response', async () => {
  const { query, form } = await sandbox.notification({ order_id });
  const url = `http://shop/alikassa?${query}`;
  const answer = async (store, request) => {
    const response = await fetched.notificationHandler(client, store)(request);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await answer(() => 'stored', new Request(url)), [200, 'OK']);
  assert.deepEqual(await answer(() => new Response('later', { status: 503 }), new Request(url)), [503, 'later']);
  assert.deepEqual(await answer(() => {}, new Request('http://shop/', post(form))), [200, 'OK']);
  assert.deepEqual(await answer(() => {}, new Request('http://shop/', { method: 'POST' })), [400, 'refused']);
  const used = new Request('http://shop/', post(form));
  await used.text();
  await assert.rejects(answer(() => {}, used), ConfigurationError);
});

test('a store that is not a function is refused when the route is made', () => {
  for (const make of [express.notificationHandler, fetched.notificationHandler, notificationPlugin]) {
    assert.throws(() => make(client), { name: 'TypeError', message: /the function that stores a notification/ });
  }
});

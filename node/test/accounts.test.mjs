// Clients of several accounts, which share everything but the account.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, test } from 'node:test';

import { consumerFolder, failure, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
const { Client } = createRequire(`${await consumerFolder()}/`)('alikassa');

const OTHER = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

beforeEach(() => sandbox.reset());

test('a derived client is a client of its account with the same ledger', async () => {
  const client = sandbox.client({ digest: 'sha1' });
  const other = client.forAccount(OTHER);
  assert.ok(other instanceof Client && Object.isFrozen(other));
  assert.equal(other.ledger, client.ledger);
  assert.equal(other.toJSON().account, OTHER);
  assert.equal((await failure(other.account.balance())).http_status, 401);
  assert.equal((await other.forAccount(sandbox.options.account).account.balance()).currency, 'RUB');
  const accounts = (await sandbox.log()).map(({ headers }) => headers.account);
  assert.deepEqual(accounts, [OTHER, sandbox.options.account]);
});

test('`await using` closes a derived client alone', async () => {
  const client = sandbox.client();
  const derived = client.forAccount(sandbox.options.account);
  await derived[Symbol.asyncDispose]();
  assert.equal((await failure(derived.account.balance())).name, 'ConfigurationError');
  assert.equal((await client.account.balance()).currency, 'RUB');
  await client.close();
  const late = client.forAccount(sandbox.options.account);
  assert.equal((await failure(late.account.balance())).name, 'ConfigurationError');
});

test('an account that is no string is refused', () => {
  for (const account of [undefined, null, 5, {}, '', 'a b']) {
    assert.throws(() => sandbox.client().forAccount(account), {
      name: 'InvalidArgumentError',
      field: 'account',
    });
  }
});

test('a resource is the same object each time, and belongs to its client', async () => {
  const client = sandbox.client();
  assert.equal(client.payouts, client.payouts);
  assert.notEqual(client.payouts, client.forAccount(OTHER).payouts);
  assert.ok(Object.isFrozen(client.payouts));
  const { balance } = client.account;
  assert.equal((await balance()).currency, 'RUB');
});

// However a program ends in order, its ledger is one file with every row.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';

import { alikassa, packageFolder, payoutOf, startSandbox } from './support.mjs';

const sandbox = await startSandbox();
beforeEach(() => sandbox.reset());

const PROGRAM = `
const { Client } = require(process.argv[1]);
const client = new Client({ ...JSON.parse(process.argv[2]), ledger: 'ledger.sqlite' });
client.payouts.create(JSON.parse(process.argv[3])).then(async () => {
  await ends[process.argv[4]]();
});
const ends = {
  async return() {},
  async close() { await client.close(); process.kill(process.pid, 'SIGKILL'); },
  async exit() { process.exit(3); },
  async throw() { throw new Error('an uncaught error'); },
};
`;

for (const [end, code] of [['return', 0], ['close', null], ['exit', 3], ['throw', 1]]) {
  test(`a program that ends with ${end} leaves one file`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alikassa-ledger-'));
    const values = [sandbox.options, payoutOf('B-1')].map((value) => JSON.stringify(value));
    const ended = spawnSync(process.execPath, ['-e', PROGRAM, packageFolder, ...values, end], { cwd: folder });
    assert.equal(ended.status, code, ended.stderr.toString());
    const log = join(folder, 'ledger.sqlite-wal');
    assert.ok(!existsSync(log) || statSync(log).size === 0);
    copyFileSync(join(folder, 'ledger.sqlite'), join(folder, 'copy.sqlite'));
    const rows = await new alikassa.Ledger(join(folder, 'copy.sqlite')).open();
    assert.deepEqual(rows.map((row) => row.order_id), ['B-1']);
  });
}

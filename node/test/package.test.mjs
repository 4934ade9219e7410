// The package: its version, no dependencies, complete types.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { alikassa, consumerFolder, packageFolder, root, run, vectors } from './support.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('node/package.json'));
const types = read('node/index.d.ts');

test('the version is that of the workspace', () => {
  const [, version] = /^\[workspace\.package\]\nversion = "(.+)"$/m.exec(read('Cargo.toml'));
  const fix =
    'write the version of Cargo.toml into package.json of node/ and tests/sandbox/, and run `npm install` in node/';
  assert.equal(manifest.version, version, fix);
  assert.equal(JSON.parse(read('node/package-lock.json')).version, version, fix);
  assert.equal(JSON.parse(read('tests/sandbox/package.json')).version, version, fix);
  assert.equal(alikassa.version, version, 'rebuild: `tests/drivers/build node`');
});

test('the package has no dependencies and no install scripts', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.optionalDependencies, undefined);
  const hooks = Object.keys(manifest.scripts).filter((name) =>
    /install|prepare|pack|publish/.test(name),
  );
  assert.deepEqual(hooks, []);
  const fix = 'run `npm install` in node/, whose .npmrc leaves the addresses out';
  assert.doesNotMatch(read('node/package-lock.json'), /"resolved"/, fix);
});

test('import finds the names that require finds, and index.d.ts declares them', async () => {
  const folder = await consumerFolder();
  const script = `import * as all from 'alikassa'; console.log(Object.keys(all).join());`;
  writeFileSync(join(folder, 'names.mjs'), script);
  const { stdout } = await run(process.execPath, ['names.mjs'], { cwd: folder });
  const names = Object.keys(alikassa).sort();
  const interop = ['default', 'module.exports'];
  const imported = stdout
    .trim()
    .split(',')
    .filter((name) => !interop.includes(name));
  assert.deepEqual(imported.sort(), names);

  const declared = [...types.matchAll(/^export (?:declare )?(?:class|const|function) (\w+)/gm)];
  const fix = 'declare in node/index.d.ts exactly the exports of node/src/index.js';
  assert.deepEqual(declared.map(([, name]) => name).sort(), names, fix);
});

test('index.d.ts has the codes of tests/vectors/errors.json', () => {
  const [union] = /export type ErrorCode =[^;]+;/.exec(types);
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  const expected = vectors('errors.json').errors.map(({ code }) => code);
  assert.deepEqual(codes.sort(), expected.sort(), 'correct `ErrorCode` in node/index.d.ts');
});

test('index.d.ts has the fields of tests/vectors/records.json', () => {
  const typeOf = {
    amount: 'Amount',
    bool: 'boolean',
    integer: 'number | bigint',
    status: 'PaymentStatus',
    text: 'string',
  };
  const records = {
    'AccountInfo.payments': 'readonly AccountMethod[]',
    'AccountInfo.payouts': 'readonly AccountMethod[]',
    'History.data': 'readonly HistoryPayment[]',
    'History.meta': 'HistoryMeta',
  };
  for (const [name, { fields }] of Object.entries(vectors('records.json').records)) {
    const [body] = new RegExp(`^export class ${name} [^]*?^}`, 'm').exec(types);
    for (const { name: field, kind, doc } of fields) {
      const type = typeOf[kind] ?? records[`${name}.${field}`];
      const declaration = `  /** ${doc} */\n  readonly ${field}: ${type}`;
      const fix = `class ${name} of node/index.d.ts needs:\n${declaration} | null;`;
      assert.ok(body.includes(`${declaration};`) || body.includes(`${declaration} | null;`), fix);
    }
    const declared = [...body.matchAll(/^ {2}readonly (\w+):/gm)].map(([, field]) => field);
    const expected = [...fields.map((field) => field.name), 'is_final', 'variant'];
    const extra = declared.filter((field) => !expected.includes(field));
    assert.deepEqual(
      extra,
      [],
      `class ${name} of node/index.d.ts has fields that are not in records.json`,
    );
  }
});

test('index.d.ts has the fields of a row of the ledger', () => {
  const [body] = /^export class LedgerRow [^]*?^}/m.exec(types);
  const declared = [...body.matchAll(/^ {2}readonly (\w+):/gm)].map(([, field]) => field);
  const fix = 'correct class LedgerRow of node/index.d.ts: its fields are `ledger_row` of records.json';
  assert.deepEqual(declared, vectors('records.json').ledger_row, fix);
});

test('index.d.ts has the fields of tests/vectors/requests.json', () => {
  const { requests } = vectors('requests.json');
  const extra = requests['payouts.create'].find(({ name }) => name === 'extra');
  for (const [name, fields] of Object.entries({
    PaymentRequest: requests['payments.create'],
    PayoutRequest: requests['payouts.create'],
    PayoutExtra: extra.fields,
    HistoryRequest: requests['payments.history'],
  })) {
    const typeOf = {
      amount: 'Amount',
      date: 'string',
      integer: 'number | bigint',
      ip: 'string',
      object: 'PayoutExtra',
      text: 'string',
      text_or_integer: 'string | number | bigint',
      url: 'string',
    };
    const [, body] = new RegExp(`^export interface ${name} {\n([^]*?)^}`, 'm').exec(types);
    const expected = fields.map(({ name: field, kind, required, doc }) => {
      const type = required ? `: ${typeOf[kind]}` : `?: ${typeOf[kind]} | null | undefined`;
      return `  /** ${doc} */\n  ${field}${type};\n`;
    });
    for (const declaration of expected) {
      const fix = `interface ${name} of node/index.d.ts needs:\n${declaration}`;
      assert.ok(body.includes(declaration), fix);
    }
    const declared = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field);
    const known = [...fields.map((field) => field.name), 'other_fields'];
    const unknown = declared.filter((field) => !known.includes(field));
    const fix = `interface ${name} of node/index.d.ts has fields that are not in requests.json`;
    assert.deepEqual(unknown, [], fix);
  }
});

const node16 = ['--module', 'node16', '--moduleResolution', 'node16'];
const bundler = ['--module', 'preserve', '--moduleResolution', 'bundler'];

for (const [file, modules] of [
  ['consumer.mts', node16],
  ['consumer.cts', node16],
  ['consumer.ts', bundler],
]) {
  test(`tsc --strict compiles ${file}: ${modules.join(' ')}`, async () => {
    const folder = await consumerFolder();
    symlinkSync(join(root, 'node/node_modules/@types'), join(folder, 'node_modules/@types'));
    await assertCompiles(folder, 'consumer.ts', file, [...modules, '--types', 'node']);
  });
}

test('tsc --strict compiles a project without @types/node', async () => {
  await assertCompiles(await consumerFolder(), 'bare.ts', 'bare.mts', [
    ...node16,
    '--lib',
    'es2022',
  ]);
});

async function assertCompiles(folder, source, file, options) {
  cpSync(join(root, 'node/test/consumer', source), join(folder, file));
  const strict = [
    '--strict',
    '--noEmit',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    'false',
  ];
  const argv = [...strict, '--target', 'es2022', ...options, file];
  const { code, stdout } = await run(join(root, 'node/node_modules/.bin/tsc'), argv, {
    cwd: folder,
  });
  assert.equal(code, 0, stdout);
}

test('the error for a missing native addon names the command that builds it', async () => {
  const folder = await consumerFolder();
  const bare = join(folder, 'bare');
  for (const part of ['package.json', 'src']) {
    cpSync(join(packageFolder, part), join(bare, part), { recursive: true });
  }
  const { code, stderr } = await run(process.execPath, ['-e', 'require("./bare")'], {
    cwd: folder,
  });
  assert.equal(code, 1);
  assert.match(stderr, /`make dist`/);
  assert.ok(stderr.includes(`${process.platform}-${process.arch}`));
});

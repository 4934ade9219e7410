// The package: its version, no dependencies, complete types.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { alikassa, assertCompiles, consumerFolder, packageFolder, root, run } from './support.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('node/package.json'));

test('the version is that of the workspace', () => {
  const [, version] = /^\[workspace\.package\]\nversion = "(.+)"$/m.exec(read('Cargo.toml'));
  const fix =
    'write the version of Cargo.toml into package.json of node/, bindings/cli/ and tests/sandbox/, and run `npm install` in node/';
  assert.equal(manifest.version, version, fix);
  assert.equal(JSON.parse(read('node/package-lock.json')).version, version, fix);
  for (const program of ['bindings/cli', 'tests/sandbox']) {
    assert.equal(JSON.parse(read(`${program}/package.json`)).version, version, fix);
  }
  assert.equal(alikassa.version, version, 'rebuild: `tests/drivers/build node`');
});

test('the package has no dependencies and no install scripts', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.optionalDependencies, undefined);
  const hooks = Object.keys(manifest.scripts).filter((name) =>
    /install|prepare|pack|publish/.test(name),
  );
  assert.deepEqual(hooks, []);
});

test('import finds the names that require finds', async () => {
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
});

const consumer = (file) => join(root, 'node/test/consumer', file);
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
    cpSync(consumer('consumer.ts'), join(folder, file));
    await assertCompiles(folder, file, [...modules, '--types', 'node']);
  });
}

test('tsc --strict compiles a project without @types/node', async () => {
  const folder = await consumerFolder();
  cpSync(consumer('bare.ts'), join(folder, 'bare.mts'));
  await assertCompiles(folder, 'bare.mts', [...node16, '--lib', 'es2022']);
});

test('the error for a missing native addon names the command that installs it', async () => {
  const folder = await consumerFolder();
  const bare = join(folder, 'bare');
  for (const part of ['package.json', 'src']) {
    cpSync(join(packageFolder, part), join(bare, part), { recursive: true });
  }
  const { code, stderr } = await run(process.execPath, ['-e', 'require("./bare")'], {
    cwd: folder,
  });
  assert.equal(code, 1);
  assert.match(stderr, /`npm install alikassa`/);
  assert.ok(stderr.includes(`${process.platform}-${process.arch}`));
});

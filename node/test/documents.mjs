// Compiles every JavaScript and TypeScript block of every Markdown file, and each .mjs of
// docs/examples, with `tsc --strict`: a part of `make lint`. A block in another name of these
// languages fails. A quote of an example is compiled with the example.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'target/documents-types');

/** The languages of the blocks that are compiled, and other names that these languages have. */
const COMPILED = { js: 'mjs', mjs: 'mjs', cjs: 'cjs', ts: 'mts', tsx: 'tsx' };
const OTHER_NAMES = /^[cm]?[jt]sx?\b|script|node/i;

/** What the blocks import that is not installed for `make lint`, so that it has no types. */
const UNTYPED = [
  '@hono/node-server',
  '@nestjs/common',
  '@nestjs/core',
  '@opentelemetry/api',
  'bullmq',
  'esbuild',
  'express',
  'fastify',
  'hono',
  'libsql',
  'next',
  'prom-client',
  'vite',
  'webpack',
];

/** What the fragments of a document use without declaring it. */
const CONTEXT = {
  'docs/guide/frameworks.md': `
    declare module '*/books.mjs' {
      export function client(): import('alikassa').Client;
      export function store(event: import('alikassa').Notification): Promise<void>;
    }
    declare const Bun: any, Deno: any;
  `,
  'docs/guide/task-queues.md': `
    declare module '*/payouts.mjs' {
      export const connection: any, queue: any;
      export function pay(data: any): Promise<void>;
      export function settle(): Promise<void>;
    }
  `,
  'node/README.md': `
    declare const client: import('alikassa').Client;
    declare const request: { url: string };
    declare const assert: typeof import('node:assert/strict');
    declare const startSandbox: typeof import('alikassa/testing').startSandbox;
    declare function pay(client: import('alikassa').Client, order_id: string): Promise<void>;
  `,
};

/** Parameters of JavaScript functions have no types of their own. */
const OPTIONS = {
  strict: true,
  noImplicitAny: false,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  jsx: 'preserve',
  module: 'nodenext',
  target: 'esnext',
  lib: ['esnext', 'dom'],
  typeRoots: [join(root, 'node/node_modules/@types')],
  types: ['node'],
  paths: {
    alikassa: [join(root, 'node/index.d.ts')],
    'alikassa/*': [join(root, 'node/*.d.ts')],
  },
};

/** The blocks of a Markdown file that are compiled, as programs. */
function blocks(document) {
  const text = readFileSync(join(root, document), 'utf8');
  const found = [...text.matchAll(/^([ \t]*)```([^\n]*)\n(.*?)^\1```[ \t]*$/gms)];
  return found.flatMap(([, , language, code], number) => {
    assert.ok(language in COMPILED || !OTHER_NAMES.test(language), `${document}: no test compiles a block in ${language}`);
    const isQuote = examples.some((example) => example.code.includes(code));
    return language in COMPILED && !isQuote ? [{ document, name: `${document}.${number}.${COMPILED[language]}`, code }] : [];
  });
}

/** The files of the checkout with these endings. */
function files(...patterns) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root });
  return listed.toString().split('\n').filter(Boolean);
}

/** Compiles programs together; returns what tsc says. */
function compile(context, programs) {
  const here = join(folder, context.replaceAll('/', '_'));
  mkdirSync(here, { recursive: true });
  const declared = UNTYPED.map((name) => `declare module '${name}';\n`).join('') + (CONTEXT[context] ?? '');
  writeFileSync(join(here, 'context.d.ts'), declared);
  const names = programs.map(({ name, code }) => {
    const file = name.replaceAll('/', '_');
    // Without an import it would be a script, whose names are those of all others.
    writeFileSync(join(here, file), file.endsWith('.cjs') ? code : `${code}\nexport {};\n`);
    return file;
  });
  writeFileSync(join(here, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(here, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['context.d.ts', ...names] }));
  const tsc = join(root, 'node/node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', here], { encoding: 'utf8' });
  return status === 0 ? '' : stdout;
}

rmSync(folder, { recursive: true, force: true });
// Those in TypeScript use the types of what they import: `make ecosystem` compiles them.
const examples = files('docs/examples/*.mjs').map((name) => ({
  document: name,
  name,
  code: readFileSync(join(root, name), 'utf8'),
}));
const documents = files('*.md');
const programs = [...documents.flatMap(blocks), ...examples];
for (const document of Object.keys(CONTEXT)) {
  assert.ok(programs.some((program) => program.document === document), `${document} has no blocks`);
}
// Together, unless a document has a context: each start of tsc takes seconds.
const groups = ['others', ...Object.keys(CONTEXT)].map((context) => {
  const isOurs = ({ document }) => (document in CONTEXT ? document : 'others') === context;
  return compile(context, programs.filter(isOurs));
});
const complaints = groups.filter(Boolean).join('\n');
console.log(complaints || `${programs.length} programs of the documents compile`);
process.exitCode = complaints ? 1 : 0;

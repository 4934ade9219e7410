// Shared by the tests: the package built with test hooks, and the sandbox.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const packageFolder = join(root, 'target/drivers/node');
const built = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug');
export const sandboxBinary = join(built, 'alikassa-sandbox');

export const alikassa = load(packageFolder, 'tests/drivers/build node');
export const native = load(join(packageFolder, 'alikassa.node'), 'tests/drivers/build node');
export const { pending, queue } = load(join(packageFolder, 'src/completion_queue.js'), 'tests/drivers/build node');

function load(path, command) {
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run \`${command}\``);
  }
  return createRequire(import.meta.url)(path);
}

/** A file of the test vectors, which all languages share. */
export function vectors(name) {
  return JSON.parse(readFileSync(join(root, 'tests/vectors', name), 'utf8'));
}

/** A sandbox for one test file, stopped after its tests. Nothing in it settles by itself. */
export async function startSandbox() {
  if (!existsSync(sandboxBinary)) {
    throw new Error(`${sandboxBinary} is missing: run \`cargo build -p alikassa-sandbox\``);
  }
  // With `inherit`, a sandbox that outlives crashed tests would keep their output open.
  const child = spawn(sandboxBinary, ['--json', '--settle', 'never'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  after(() => child.kill());
  return new Sandbox(JSON.parse(await firstLine(child)));
}

async function firstLine(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) {
      return text;
    }
  }
  throw new Error(`the sandbox exited before it was ready: ${text}`);
}

class Sandbox {
  constructor(ready) {
    this.ready = ready;
  }

  /** The options of a client over TLS. */
  get options() {
    const { tls_url, ca_file, account, payment_cert, payout_cert, notification_cert } = this.ready;
    return {
      account,
      paymentCert: payment_cert,
      payoutCert: payout_cert,
      notificationCert: notification_cert,
      baseUrl: tls_url,
      caFile: ca_file,
      maxRetries: 0,
    };
  }

  client(options) {
    return new alikassa.Client({ ...this.options, ...options });
  }

  fault(fault) {
    return this.#control('POST', 'faults', fault);
  }

  /** Waits until every fault has been applied: its requests are in flight then. */
  async faultsApplied() {
    while ((await this.state()).pending_faults > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  state() {
    return this.#control('GET', 'state');
  }

  log() {
    return this.#control('GET', 'log');
  }

  /** The number of requests to this path. */
  async sent(path) {
    return (await this.log()).filter((entry) => entry.path === path).length;
  }

  settle(options) {
    return this.#control('POST', 'settle', options);
  }

  /** A notification in every form, with its `signed_text`. It is not delivered. */
  notification(options) {
    return this.#control('POST', 'notify', options);
  }

  redirect(options) {
    return this.#control('POST', 'redirect', options);
  }

  addRule(rule) {
    return this.#control('POST', 'rules', rule);
  }

  acceptDigest(digest) {
    return this.#control('POST', 'digest', { digest });
  }

  reset() {
    return this.#control('POST', 'reset', {});
  }

  async #control(method, route, body) {
    const url = `${this.ready.url}/_sandbox/${route}`;
    const response = await fetch(url, { method, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${route}: ${response.status} ${text}`);
    }
    return JSON.parse(text);
  }
}

/** A new folder where `import 'alikassa'` finds the package, removed after the tests. */
export async function consumerFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'alikassa-node-'));
  after(() => rmSync(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  symlinkSync(packageFolder, join(folder, 'node_modules/alikassa'));
  return folder;
}

/** Asserts that TypeScript compiles a file of a consumer's folder. */
export async function assertCompiles(folder, file, options) {
  const strict = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
  const argv = [...strict, '--target', 'es2022', ...options, file];
  const { code, stdout } = await run(join(root, 'node/node_modules/.bin/tsc'), argv, { cwd: folder });
  assert.equal(code, 0, stdout);
}

/** The path of a ledger that does not exist yet, in a folder removed after the tests. */
export function ledgerPath() {
  const folder = mkdtempSync(join(tmpdir(), 'alikassa-ledger-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'creates.sqlite');
}

/** A valid request for a payment. */
export function paymentOf(order_id, fields) {
  const required = { amount: '500.00', service: 'payment_card_rub_hpp', customer_ip: '18.191.80.10' };
  return { ...required, order_id, ...fields };
}

/** A valid request for a payout. */
export function payoutOf(order_id, fields) {
  const required = { amount: '10.00', number: '4111111111111111', service: 'payment_card_rub' };
  return { ...required, order_id, ...fields };
}

/** Runs a program until it exits, for at most two minutes. */
export function run(command, argv, options) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, argv, { stdio, timeout: 120_000, ...options });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

/** The error that a promise is rejected with, or that a function throws. */
export async function failure(work) {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

/** Everything that an async iterable yields. */
export async function collect(iterable) {
  const items = [];
  for await (const item of iterable) {
    items.push(item);
  }
  return items;
}

/** Endless ids of payouts, which count how many were taken and how often they were ended. */
export function endlessOrders(id = (n) => 100000536 + n) {
  const orders = {
    taken: 0,
    ended: 0,
    *[Symbol.iterator]() {
      try {
        for (;;) {
          yield id(orders.taken++);
        }
      } finally {
        orders.ended += 1;
      }
    },
  };
  return orders;
}

/** Collects the library's warnings from now on. */
export function collectWarnings() {
  const texts = [];
  const collect = ({ name, message }) => name === 'AliKassaWarning' && texts.push(message);
  process.on('warning', collect);
  after(() => process.off('warning', collect));
  return texts;
}

export function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

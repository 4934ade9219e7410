// What the tests share: the package as built for them, and the provider's stand-in.

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

/** A file of the vectors that all languages share. */
export function vectors(name) {
  return JSON.parse(readFileSync(join(root, 'tests/vectors', name), 'utf8'));
}

/** A sandbox for the tests of one file, ended with them; nothing in it settles by itself. */
export async function startSandbox() {
  if (!existsSync(sandboxBinary)) {
    throw new Error(`${sandboxBinary} is missing: run \`cargo build -p alikassa-sandbox\``);
  }
  // Not `inherit`: a sandbox that outlives crashed tests would keep their output open.
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
  throw new Error(`the sandbox ended before it served: ${text}`);
}

class Sandbox {
  constructor(place) {
    this.place = place;
  }

  /** The options of a client over TLS. */
  get options() {
    const { tls_url, ca_file, account, payment_cert, payout_cert, notification_cert } = this.place;
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

  /** Waits until every fault has struck: the requests that it strikes are on their way then. */
  async struck() {
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

  /** How many requests to this path came. */
  async sent(path) {
    return (await this.log()).filter((entry) => entry.path === path).length;
  }

  settle(end) {
    return this.#control('POST', 'settle', end);
  }

  /** A notification in every form, with its `signed_text`; not delivered. */
  notification(about) {
    return this.#control('POST', 'notify', about);
  }

  redirect(about) {
    return this.#control('POST', 'redirect', about);
  }

  addRule(rule) {
    return this.#control('POST', 'rules', rule);
  }

  accept(digest) {
    return this.#control('POST', 'digest', { digest });
  }

  reset() {
    return this.#control('POST', 'reset', {});
  }

  async #control(method, route, body) {
    const url = `${this.place.url}/_sandbox/${route}`;
    const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${route}: ${answer.status} ${text}`);
    }
    return JSON.parse(text);
  }
}

/** A new folder where `import 'alikassa'` finds the package, removed with the tests. */
export async function consumerFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'alikassa-node-'));
  after(() => rmSync(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  symlinkSync(packageFolder, join(folder, 'node_modules/alikassa'));
  return folder;
}

/** The path of a ledger that is not there yet, in a folder removed with the tests. */
export function ledgerPath() {
  const folder = mkdtempSync(join(tmpdir(), 'alikassa-ledger-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'creates.sqlite');
}

/** The fields of a payment or payout that can be made. */
export function paymentOf(order_id, fields) {
  const required = { amount: '500.00', service: 'payment_card_rub_hpp', customer_ip: '18.191.80.10' };
  return { ...required, order_id, ...fields };
}

export function payoutOf(order_id, fields) {
  const required = { amount: '10.00', number: '4111111111111111', service: 'payment_card_rub' };
  return { ...required, order_id, ...fields };
}

/** Runs a program to its end, or for two minutes. */
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

/** The error a promise is rejected with, or a function throws. */
export async function failure(work) {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

/** The library's warnings from now on. */
export function collectWarnings() {
  const texts = [];
  const listen = ({ name, message }) => name === 'AliKassaWarning' && texts.push(message);
  process.on('warning', listen);
  after(() => process.off('warning', listen));
  return texts;
}

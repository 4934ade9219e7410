'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { request } = require('node:http');
const { dirname, join } = require('node:path');

const { Client } = require('./client.js');
const { normalizeOptions } = require('./options.js');

/** Milliseconds for what takes a few. */
const PATIENCE = 5000;
const MOST_SAID = 65_536;
const MOST_SHOWN = 1000;

/** What the program says when it serves. */
const START = [
  'url',
  'tls_url',
  'ca_file',
  'account',
  'payment_cert',
  'payout_cert',
  'notification_cert',
  'notification_private_cert',
];

class SandboxError extends Error {
  name = 'SandboxError';
}

async function startSandbox({ executable, startTimeout, ...options } = {}) {
  const named = Object.entries({ settle: 'never', ...given(options) });
  const argv = named.map(([name, value]) => `--${dashed(name)}=${value}`);
  const { child, start } = await started(found(executable), argv, startTimeout ?? 30_000);
  return new Sandbox(child, start);
}

class Sandbox {
  #child;
  #clients = [];

  constructor(child, start) {
    this.#child = child;
    for (const name of START) {
      this[name] = start[name];
    }
  }

  get options() {
    return {
      account: this.account,
      paymentCert: this.payment_cert,
      payoutCert: this.payout_cert,
      notificationCert: this.notification_cert,
      baseUrl: this.tls_url,
      caFile: this.ca_file,
    };
  }

  get env() {
    return {
      ALIKASSA_ACCOUNT: this.account,
      ALIKASSA_PAYMENT_CERT: this.payment_cert,
      ALIKASSA_PAYOUT_CERT: this.payout_cert,
      ALIKASSA_NOTIFICATION_CERT: this.notification_cert,
      ALIKASSA_BASE_URL: this.tls_url,
      ALIKASSA_CA_FILE: this.ca_file,
    };
  }

  client(options) {
    const client = new Client({ ...normalizeOptions(this.options), ...normalizeOptions(options) });
    this.#clients.push(client);
    return client;
  }

  async fault(fault, { path, order_id, ...more } = {}) {
    await this.#control('POST', 'faults', { match: { path, order_id }, fault, ...more });
  }

  async settle(order_id, status, options) {
    await this.#control('POST', 'settle', { order_id, status, ...options });
  }

  async rule(status, { path, order_id, ...when } = {}) {
    await this.#control('POST', 'rules', { match: { path, order_id }, status, ...when });
  }

  async balance(balance) {
    await this.#control('POST', 'balance', { balance });
  }

  async notify(url, options) {
    const { id } = await this.#control('POST', 'notify', { url, ...options });
    return id;
  }

  async forge(options) {
    return this.#control('POST', 'notify', options);
  }

  async redirect(options) {
    return this.#control('POST', 'redirect', options);
  }

  async notifications() {
    return this.#control('GET', 'notifications');
  }

  async log() {
    return this.#control('GET', 'log');
  }

  async state() {
    return this.#control('GET', 'state');
  }

  async reset() {
    await this.#control('POST', 'reset');
  }

  async close() {
    // First the sandbox: its clients would wait for answers that it holds back.
    await end(this.#child);
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  async #control(method, route, body) {
    const { status, said } = await ask(method, `${this.url}/_sandbox/${route}`, body && given(body));
    if (status !== 200) {
      throw new SandboxError(said.message);
    }
    return said;
  }
}

function given(options) {
  const entries = Object.entries(options);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function dashed(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function found(executable) {
  return executable || process.env.ALIKASSA_SANDBOX || installed() || 'alikassa-sandbox';
}

/** The program of the installed package: beside the tests, or beside this package. */
function installed() {
  try {
    const manifest = require.resolve('alikassa-sandbox/package.json', {
      paths: [process.cwd(), __dirname],
    });
    return join(dirname(manifest), require(manifest).bin['alikassa-sandbox']);
  } catch {
    return undefined;
  }
}

async function started(program, argv, limit) {
  // Its input ends with this process.
  const child = spawn(program, ['--json', '--until-eof', ...argv]);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(0, MOST_SHOWN);
  });
  const line = await firstLine(child, limit).catch((cause) => {
    throw notRun(program, cause);
  });
  const start = read(line);
  if (start === undefined) {
    const why = reason(child, line, limit);
    await end(child);
    const said = errors.trim();
    throw new SandboxError(`${program} did not start: ${why}${said && ': '}${said}`);
  }
  letGo(child);
  return { child, start };
}

/** What it says first, nothing if it ends, or undefined if it stays silent. */
function firstLine(child, limit) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(resolve, limit);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('\n') || said.length > MOST_SAID) {
        clearTimeout(timer);
        resolve(said);
      }
    });
    child.once('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
  });
}

function notRun(program, cause) {
  const missing = program === 'alikassa-sandbox' && cause.code === 'ENOENT';
  const message = missing
    ? 'there is no alikassa-sandbox: run `make dist` in the source tree and `npm install` its folder tests/sandbox, ' +
      'or name the program in ALIKASSA_SANDBOX'
    : `${program} cannot be run: ${cause.message}`;
  return new SandboxError(message, { cause });
}

function read(line) {
  try {
    const start = JSON.parse(line);
    return START.every((name) => typeof start[name] === 'string') ? start : undefined;
  } catch {
    return undefined;
  }
}

function reason({ exitCode, signalCode }, line, limit) {
  if (line === undefined) {
    return `it was silent for ${limit} ms`;
  }
  if (line) {
    return `it said ${JSON.stringify(line.slice(0, MOST_SHOWN))}`;
  }
  return `it ended with status ${exitCode ?? signalCode}`;
}

/** The process may end without waiting for the program, which then ends too. */
function letGo(child) {
  child.unref();
  child.stdin.unref();
  child.stderr.unref();
  child.stdout.destroy();
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, 'exit');
  child.ref();
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await ended;
  clearTimeout(timer);
}

async function ask(method, url, body) {
  // No agent: no connection stays open, and no proxy of the environment is asked.
  const asked = request(url, { method, agent: false, signal: AbortSignal.timeout(PATIENCE) });
  asked.end(body && JSON.stringify(body));
  try {
    const [answer] = await once(asked, 'response');
    let text = '';
    for await (const part of answer.setEncoding('utf8')) {
      text += part;
    }
    return { status: answer.statusCode, said: JSON.parse(text) };
  } catch (cause) {
    throw new SandboxError(`the sandbox does not answer: ${cause.message}`, { cause });
  }
}

// `import { … }` finds these names by reading this file, not by running it.
exports.SandboxError = SandboxError;
exports.startSandbox = startSandbox;

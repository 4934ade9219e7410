'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { request } = require('node:http');
const { dirname, join } = require('node:path');

const { Client } = require('./client.js');
const { presentOptions } = require('./options.js');

/** Milliseconds for a control request, and for the program to exit. Both take a few. */
const CONTROL_TIMEOUT = 5000;
const MAX_OUTPUT = 65_536;
const MAX_SHOWN = 1000;

/** The fields of the line that the program prints when it is ready. */
const READY_FIELDS = [
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
  const entries = Object.entries({ settle: 'never', ...definedOnly(options) });
  const argv = entries.map(([name, value]) => `--${kebabCase(name)}=${value}`);
  const { child, ready } = await start(findProgram(executable), argv, startTimeout ?? 30_000);
  return new Sandbox(child, ready);
}

class Sandbox {
  #child;
  #clients = [];

  constructor(child, ready) {
    this.#child = child;
    for (const name of READY_FIELDS) {
      this[name] = ready[name];
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
    const client = new Client({ ...presentOptions(this.options), ...presentOptions(options) });
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
    // The sandbox first: its clients would wait for responses that it holds back.
    await stop(this.#child);
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  async #control(method, route, body) {
    const url = `${this.url}/_sandbox/${route}`;
    const { status, json } = await send(method, url, body && definedOnly(body));
    if (status !== 200) {
      throw new SandboxError(json.message);
    }
    return json;
  }
}

function definedOnly(options) {
  const entries = Object.entries(options);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function kebabCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function findProgram(executable) {
  return executable || process.env.ALIKASSA_SANDBOX || installedProgram() || 'alikassa-sandbox';
}

/** The program of the package that is installed in the current project or beside this package. */
function installedProgram() {
  try {
    const manifest = require.resolve('alikassa-sandbox/package.json', {
      paths: [process.cwd(), __dirname],
    });
    return join(dirname(manifest), require(manifest).bin['alikassa-sandbox']);
  } catch {
    return undefined;
  }
}

async function start(program, argv, timeout) {
  // The program exits when its input ends, which this process's exit causes.
  const child = spawn(program, ['--json', '--until-eof', ...argv]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(0, MAX_SHOWN);
  });
  const line = await firstLine(child, timeout).catch((cause) => {
    throw spawnError(program, cause);
  });
  const ready = parseReady(line);
  if (ready === undefined) {
    const reason = startFailure(child, line, timeout);
    await stop(child);
    const details = stderr.trim();
    throw new SandboxError(`${program} did not start: ${reason}${details && ': '}${details}`);
  }
  unref(child);
  return { child, ready };
}

/** The first line of output, or all of it if the program exits; undefined after the timeout. */
function firstLine(child, timeout) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(resolve, timeout);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('\n') || output.length > MAX_OUTPUT) {
        clearTimeout(timer);
        resolve(output);
      }
    });
    child.once('close', () => {
      clearTimeout(timer);
      resolve(output);
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
  });
}

function spawnError(program, cause) {
  const isMissing = program === 'alikassa-sandbox' && cause.code === 'ENOENT';
  const message = isMissing
    ? 'alikassa-sandbox was not found: run `npm install --save-dev alikassa-sandbox`, ' +
      'or set ALIKASSA_SANDBOX to the path of the program'
    : `${program} cannot be run: ${cause.message}`;
  return new SandboxError(message, { cause });
}

function parseReady(line) {
  try {
    const ready = JSON.parse(line);
    return READY_FIELDS.every((name) => typeof ready[name] === 'string') ? ready : undefined;
  } catch {
    return undefined;
  }
}

function startFailure({ exitCode, signalCode }, line, timeout) {
  if (line === undefined) {
    return `no line of output within ${timeout} ms`;
  }
  if (line) {
    return `unexpected output ${JSON.stringify(line.slice(0, MAX_SHOWN))}`;
  }
  return `it exited with status ${exitCode ?? signalCode}`;
}

/** Lets this process exit while the program runs; the program then exits too. */
function unref(child) {
  child.unref();
  // Bun's streams have no `unref`, and do not keep the process alive.
  child.stdin.unref?.();
  child.stderr.unref?.();
  child.stdout.destroy();
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, 'exit');
  child.ref();
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), CONTROL_TIMEOUT);
  await exited;
  clearTimeout(timer);
}

async function send(method, url, body) {
  // Without an agent no connection stays open, and no proxy of the environment is used.
  const sent = request(url, { method, agent: false, signal: AbortSignal.timeout(CONTROL_TIMEOUT) });
  sent.end(body && JSON.stringify(body));
  try {
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
    }
    return { status: response.statusCode, json: JSON.parse(text) };
  } catch (cause) {
    throw new SandboxError(`the sandbox does not respond: ${cause.message}`, { cause });
  }
}

// `import { … }` finds these names by parsing this file, not by running it.
exports.SandboxError = SandboxError;
exports.startSandbox = startSandbox;

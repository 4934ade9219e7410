'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdir, mkdtemp, rm, writeFile } = require('node:fs/promises');
const { request } = require('node:http');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { setTimeout: setTimeoutPromise } = require('node:timers/promises');

const { Client } = require('./client.js');
const native = require('./native.js');
const { presentOptions } = require('./options.js');

/** Milliseconds for a control request, and for the program to exit. Both take a few. */
const CONTROL_TIMEOUT = 5000;
const MAX_OUTPUT = 65_536;
const MAX_SHOWN = 1000;

/** The files of a sandbox: a service must not write to other places. */
const FILE_NAME = /^([a-z_]+\/)?[a-z_]+\.[a-z]+$/;

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

const version = native.version();

class SandboxError extends Error {
  name = 'SandboxError';
}

async function startSandbox({ executable, startTimeout, ...options } = {}) {
  const named = executable || process.env.ALIKASSA_SANDBOX;
  if (named?.startsWith('http://')) {
    return connect(named, definedOnly(options), startTimeout ?? 30_000);
  }
  const entries = Object.entries({ settle: 'never', ...definedOnly(options) });
  const argv = entries.map(([name, value]) => `--${kebabCase(name)}=${value}`);
  const { child, ready } = await start(findProgram(executable), argv, startTimeout ?? 30_000);
  return new Sandbox(() => stop(child), ready);
}

class Sandbox {
  #stop;
  #clients = [];

  constructor(stop, ready) {
    this.#stop = stop;
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
    await this.#stop();
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
  try {
    checkVersion(program, ready.version);
  } catch (error) {
    await stop(child);
    throw error;
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

/** A sandbox that is a service on another machine or in another container. */
async function connect(service, options, timeout) {
  const url = service.replace(/\/+$/, '');
  if (Object.keys(options).length > 0) {
    throw new SandboxError(
      `the sandbox at ${url} runs already: give it these options where it is started`,
    );
  }
  const { status, text } = await connection(`${url}/_sandbox/connection`, Date.now() + timeout);
  const json = parsed(text);
  if (status !== 200 || typeof json?.files !== 'object' || json.files === null) {
    if (status === 404 && json?.message !== undefined) {
      // A sandbox of a version without this route.
      checkVersion(url, undefined);
    }
    throw new SandboxError(`${url} is not a sandbox: it responds with HTTP ${status}`);
  }
  checkVersion(url, json.version);
  const other = Object.keys(json.files).find((name) => !FILE_NAME.test(name));
  if (other !== undefined) {
    throw new SandboxError(`${url} is not a sandbox: it names the file ${other.slice(0, 100)}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'alikassa-sandbox-'));
  for (const [name, content] of Object.entries(json.files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const ready = {
    url,
    tls_url: `https://${new URL(url).hostname}:${json.tls_port}`,
    account: json.account,
    ca_file: join(folder, 'ca.pem'),
  };
  for (const cert of ['payment', 'payout', 'notification', 'notification_private']) {
    ready[`${cert}_cert`] = join(folder, cert);
  }
  return new Sandbox(() => rm(folder, { recursive: true, force: true }), ready);
}

/** The response of a service, which may still be starting. */
async function connection(url, deadline) {
  for (;;) {
    try {
      return await exchange('GET', url);
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await setTimeoutPromise(100);
  }
}

/** Throws unless the sandbox has the version of this package. */
function checkVersion(source, theirs) {
  if (theirs !== version) {
    const shown = typeof theirs === 'string' ? theirs.slice(0, 50) : 'older';
    throw new SandboxError(
      `${source} is alikassa-sandbox ${shown}, and this is alikassa ${version}: run ` +
        `\`npm install --save-dev alikassa-sandbox@${version}\`, or start an image of that version`,
    );
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function send(method, url, body) {
  const { status, text } = await exchange(method, url, body);
  const json = parsed(text);
  if (json === undefined) {
    throw new SandboxError(`the sandbox does not respond with JSON, but with HTTP ${status}`);
  }
  return { status, json };
}

async function exchange(method, url, body) {
  // Without an agent no connection stays open, and no proxy of the environment is used.
  const sent = request(url, { method, agent: false, signal: AbortSignal.timeout(CONTROL_TIMEOUT) });
  sent.end(body && JSON.stringify(body));
  try {
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
    }
    return { status: response.statusCode, text };
  } catch (cause) {
    throw new SandboxError(`the sandbox does not respond: ${cause.message}`, { cause });
  }
}

// `import { … }` finds these names by parsing this file, not by running it.
exports.SandboxError = SandboxError;
exports.startSandbox = startSandbox;

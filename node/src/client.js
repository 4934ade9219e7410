'use strict';

const { setMaxListeners } = require('node:events');
const { inspect } = require('node:util');

const { unwrap } = require('./errors.js');
const { handleOf } = require('./keys.js');
const native = require('./native.js');
const { reviveReply } = require('./replies.js');
const { entries } = require('./values.js');
const { warn } = require('./warnings.js');

/** In place of options: read them from the environment. */
const ENVIRONMENT = Symbol('environment');

class Client {
  #handle;
  #shown;

  static fromEnv() {
    return new Client(ENVIRONMENT);
  }

  constructor(options) {
    const { handle, ...shown } = open(options);
    this.#handle = handle;
    this.#shown = shown;

    const call = (operation, fields, options) => this.#call(operation, fields, options);
    this.payments = Object.freeze({
      status: (order, options) => call('payments.status', order, options),
    });
    this.payouts = Object.freeze({
      status: (order, options) => call('payouts.status', order, options),
    });
    this.account = Object.freeze({
      balance: (options) => call('account.balance', undefined, options),
    });

    Object.freeze(this);
    this.#warn();
  }

  async request(path, data, options) {
    const started = native.clientRequest(this.#handle, path, data, options, entries);
    return this.#finish(started, options?.signal);
  }

  async close() {
    unwrap(await unwrap(native.clientClose(this.#handle)));
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  toJSON() {
    return this.#shown;
  }

  [inspect.custom](_depth, options) {
    return `Client ${inspect(this.#shown, options)}`;
  }

  async #call(operation, fields, options) {
    const started = native.clientCall(this.#handle, operation, fields, options, entries);
    return this.#finish(started, options?.signal);
  }

  async #finish(started, signal) {
    try {
      return reviveReply(await settled(unwrap(started, signal), signal));
    } finally {
      this.#warn();
    }
  }

  #warn() {
    warn(unwrap(native.clientNotices(this.#handle)));
  }
}

function open(options) {
  if (options === ENVIRONMENT) {
    return unwrap(native.clientFromEnv());
  }
  const { paymentCert, payoutCert } = options ?? {};
  const certs = { paymentCert: handleOf(paymentCert), payoutCert: handleOf(payoutCert) };
  return unwrap(native.clientOpen({ ...options, ...certs }));
}

async function settled({ promise, pending }, signal) {
  const cancel = () => native.clientCancel(pending);
  if (signal instanceof EventTarget) {
    // One signal may stand for hundreds of calls; Node takes more than ten listeners for a leak.
    setMaxListeners(0, signal);
  }
  signal?.addEventListener('abort', cancel);
  try {
    return unwrap(await promise, signal);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

module.exports = { Client };

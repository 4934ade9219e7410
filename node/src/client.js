'use strict';

const { inspect } = require('node:util');

const { Calls } = require('./calls.js');
const { unwrap } = require('./errors.js');
const { EventHook, flushEvents } = require('./events.js');
const { signingKeyHandle, verifyingKeyHandle } = require('./keys.js');
const { Ledger, ledgerHandle } = require('./ledger.js');
const { functionsOf } = require('./limits.js');
const native = require('./native.js');
const { presentOptions } = require('./options.js');
const { methodsOf, resources } = require('./resources.js');

class Client {
  #handle;
  #calls;
  /** What the clients of other accounts share with this one. */
  #shared;
  #shown;
  /** Made when they are first used: most clients of many accounts use one or two. */
  #resources = {};

  /** The same functions for every client. */
  static #getters = Object.fromEntries(
    resources.map((resource) => {
      const get = /** @this {Client} */ function () {
        return this.#resource(resource);
      };
      return [resource, { get, enumerable: true }];
    }),
  );

  static fromEnv(options) {
    const explicit = presentOptions(options);
    const environment = unwrap(native.environment(Object.keys(explicit)));
    return new Client({ ...environment, ...explicit });
  }

  constructor(options) {
    const { opened, shared } = options instanceof Opened ? options : open(options);
    const { handle, ...shown } = opened;
    this.#handle = handle;
    this.#calls = new Calls(handle, shared);
    this.#shared = shared;
    this.#shown = shown;
    Object.defineProperties(this, Client.#getters);
    Object.freeze(this);
    this.#calls.warn();
  }

  get ledger() {
    return this.#shared.ledger;
  }

  forAccount(account) {
    const opened = unwrap(native.clientForAccount(this.#handle, account));
    return new Client(new Opened(opened, this.#shared));
  }

  async reconcile(options) {
    return this.#calls.reconcile(options);
  }

  iterReconcile(options) {
    return this.#calls.iterReconcile(options);
  }

  request(path, data, options) {
    return this.#calls.request(path, data, options);
  }

  async close() {
    await this.#calls.close();
    await flushEvents();
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

  #resource(resource) {
    return (this.#resources[resource] ??= Object.freeze(methodsOf(resource, this.#calls)));
  }
}

/** A client of the native side, with what the clients that are derived from it share. */
class Opened {
  constructor(opened, shared) {
    this.opened = opened;
    this.shared = shared;
  }
}

function open(options) {
  const { paymentCert, payoutCert, notificationCert, onEvent, ...others } = presentOptions(options);
  const named = others.ledger;
  const ledger = (typeof named === 'string' ? new Ledger(named) : named) ?? null;
  const hook = onEvent === undefined || typeof onEvent === 'function' ? new EventHook(onEvent) : null;
  const handles = {
    paymentCert: signingKeyHandle(paymentCert),
    payoutCert: signingKeyHandle(payoutCert),
    notificationCert: Array.isArray(notificationCert)
      ? notificationCert.map(verifyingKeyHandle)
      : verifyingKeyHandle(notificationCert),
    ledger: ledgerHandle(ledger),
    onEvent: hook?.handle ?? onEvent,
  };
  const opened = unwrap(native.clientOpen({ ...others, ...handles }));
  const shared = { ledger, hook, numberFunctions: functionsOf(others.limits) };
  return new Opened(opened, shared);
}

module.exports = { Client };

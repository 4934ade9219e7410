'use strict';

const { inspect } = require('node:util');

const { onAbort } = require('./abort.js');
const { encode, encodeBody } = require('./codec.js');
const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const { flushEvents, openHook } = require('./events.js');
const operations = require('./generated/operations.js');
const { signingKeyHandle, verifyingKeyHandle } = require('./keys.js');
const { Ledger, ledgerHandle } = require('./ledger.js');
const { decideNumber, functionsOf } = require('./limits.js');
const native = require('./native.js');
const { presentOptions } = require('./options.js');
const { listen } = require('./progress.js');
const { iterReconcile, reconcile } = require('./reconcile.js');
const { reviveResponse } = require('./responses.js');
const { statuses } = require('./statuses.js');
const { warn } = require('./warnings.js');

/** The operations of each resource. */
const operationsOf = {};
for (const operation of operations) {
  (operationsOf[operation.resource] ??= []).push(operation);
}

class Client {
  #allow;
  #handle;
  /** Kept, because the events are delivered as long as the hook exists. */
  #hook;
  #ledger;
  #shown;
  /** Made when they are first used: most clients of many accounts use one or two. */
  #resources = null;

  /** The same functions for every client. */
  static #getters = Object.fromEntries(
    [...Object.keys(operationsOf), 'notifications', 'redirects'].map((resource) => {
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
    const opened = options instanceof Derived ? options : open(options);
    const { ledger, hook, allow, handle, ...shown } = opened;
    this.#allow = allow;
    this.#handle = handle;
    this.#hook = hook;
    this.#ledger = ledger;
    this.#shown = shown;
    Object.defineProperties(this, Client.#getters);
    Object.freeze(this);
    this.#warn();
  }

  get ledger() {
    return this.#ledger;
  }

  forAccount(account) {
    const derived = unwrap(native.clientForAccount(this.#handle, account));
    return new Client(new Derived({ ledger: this.#ledger, hook: this.#hook, allow: this.#allow, ...derived }));
  }

  async reconcile(options) {
    return reconcile(this.#handle, options, () => this.#warn());
  }

  iterReconcile(options) {
    return iterReconcile(this.#handle, options, () => this.#warn());
  }

  async request(path, data, options) {
    const body = () => encodeBody(data);
    const start = () => {
      decideNumber(this.#allow, () => native.clientRequestNumber(this.#handle, path, body, options));
      return native.clientRequest(queue, this.#handle, path, body, options);
    };
    return this.#finish(start, options?.signal);
  }

  async close() {
    try {
      unwrap(await pending(unwrap(native.clientClose(queue, this.#handle))));
      await flushEvents();
    } finally {
      this.#warn();
    }
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
    this.#resources ??= {};
    this.#resources[resource] ??= Object.freeze(this.#methods(resource));
    return this.#resources[resource];
  }

  #methods(resource) {
    const named = operationsOf[resource];
    if (named === undefined) {
      const verify = (delivery, options) => this.#verify(`${resource}.verify`, delivery, options);
      return { verify };
    }
    const call = (operation, fields, options) => this.#call(operation, fields, options);
    const methods = operationMethods(named, call);
    if (resource === 'payments') {
      methods.iterHistory = (request, options) => this.#iterHistory(request, options);
    }
    if (resource === 'payments' || resource === 'payouts') {
      methods.resolve = (order_id, options) => call(`${resource}.resolve`, { order_id }, options);
      methods.wait = (order, options) => this.#wait(`${resource}.wait`, order, options);
      methods.statuses = (orders, options) => this.#statuses(resource, orders, options);
    }
    return methods;
  }

  async #wait(operation, order, options) {
    const progress = listen(options);
    try {
      return await this.#call(operation, order, options, progress.listener);
    } finally {
      progress.close();
    }
  }

  async *#iterHistory(request, options) {
    const pages = unwrap(native.historyPages(request, encode));
    const nextPage = () => native.clientNextPage(queue, this.#handle, pages, options);
    for (;;) {
      const page = await this.#finish(nextPage, options?.signal);
      if (page === null) {
        return;
      }
      yield* page.data;
    }
  }

  #statuses(resource, orders, options) {
    return statuses(this.#handle, resource, orders, options, () => this.#warn());
  }

  #verify(name, delivery, options) {
    const verified = native.clientVerify(this.#handle, name, delivery, options, encode);
    return reviveResponse(unwrap(verified));
  }

  async #call(operation, fields, options, listener) {
    const start = () => {
      decideNumber(this.#allow, () => native.clientCallNumber(this.#handle, operation, fields, encode));
      return native.clientCall(queue, this.#handle, operation, fields, options, encode, listener);
    };
    return this.#finish(start, options?.signal);
  }

  /** The response of the call that `start` starts; null if it starts none. */
  async #finish(start, signal) {
    try {
      const response = await run(start, signal);
      return response && reviveResponse(response);
    } finally {
      this.#warn();
    }
  }

  #warn() {
    warn(unwrap(native.clientNotices(this.#handle)));
  }
}

/** A client of another account that was opened already, in place of its options. */
class Derived {
  constructor(opened) {
    Object.assign(this, opened);
  }
}

function open(options) {
  const { paymentCert, payoutCert, notificationCert, onEvent, ...others } = presentOptions(options);
  const named = others.ledger;
  const ledger = (typeof named === 'string' ? new Ledger(named) : named) ?? null;
  const events = onEvent === undefined || typeof onEvent === 'function' ? openHook(onEvent) : null;
  const handles = {
    paymentCert: signingKeyHandle(paymentCert),
    payoutCert: signingKeyHandle(payoutCert),
    notificationCert: Array.isArray(notificationCert)
      ? notificationCert.map(verifyingKeyHandle)
      : verifyingKeyHandle(notificationCert),
    ledger: ledgerHandle(ledger),
    onEvent: events?.handle ?? onEvent,
  };
  const opened = unwrap(native.clientOpen({ ...others, ...handles }));
  return { ledger, hook: events?.hook, allow: functionsOf(others.limits), ...opened };
}

/** The method of each operation. */
function operationMethods(operations, call) {
  const methods = operations.map(({ name, method, takes }) => [
    method,
    takes === 'nothing'
      ? (options) => call(name, undefined, options)
      : (fields, options) => call(name, fields, options),
  ]);
  return Object.fromEntries(methods);
}

/** Runs the call that `start` starts, until its end or the signal's abort. */
async function run(start, signal) {
  let cancel;
  let isAborted = false;
  const abort = () => {
    isAborted = true;
    cancel?.();
  };
  // Before the call starts: an error of the signal then replaces no outcome.
  const unsubscribe = onAbort(signal, abort);
  try {
    const started = unwrap(start(), signal);
    return started && unwrap(await ended(started), signal);
  } finally {
    unsubscribe();
  }

  function ended({ promise, call, end }) {
    if (end !== undefined) {
      // A create cancelled in flight keeps the process alive until its outcome is recorded.
      pending(end);
    }
    cancel = () => native.clientCancel(call);
    if (isAborted) {
      // A getter of the caller can abort the signal while the call is started.
      cancel();
    }
    return pending(promise);
  }
}

module.exports = { Client };

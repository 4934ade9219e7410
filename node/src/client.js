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
const native = require('./native.js');
const { presentOptions } = require('./options.js');
const { listen } = require('./progress.js');
const { iterReconcile, reconcile } = require('./reconcile.js');
const { reviveResponse } = require('./responses.js');
const { statuses } = require('./statuses.js');
const { warn } = require('./warnings.js');

class Client {
  #handle;
  /** Kept, because the events are delivered as long as the hook exists. */
  #hook;
  #ledger;
  #shown;

  static fromEnv(options) {
    const explicit = presentOptions(options);
    const environment = unwrap(native.environment(Object.keys(explicit)));
    return new Client({ ...environment, ...explicit });
  }

  constructor(options) {
    const { ledger, hook, handle, ...shown } = open(options);
    this.#handle = handle;
    this.#hook = hook;
    this.#ledger = ledger;
    this.#shown = shown;

    const call = (operation, fields, options) => this.#call(operation, fields, options);
    const orders = (resource) => ({
      resolve: (order_id, options) => call(`${resource}.resolve`, { order_id }, options),
      wait: (order, options) => this.#wait(`${resource}.wait`, order, options),
      statuses: (orders, options) => this.#statuses(resource, orders, options),
    });
    const { payments, payouts, ...others } = operationMethods(call);
    const iterHistory = (request, options) => this.#iterHistory(request, options);
    this.payments = Object.freeze({ ...payments, ...orders('payments'), iterHistory });
    this.payouts = Object.freeze({ ...payouts, ...orders('payouts') });
    for (const [resource, methods] of Object.entries(others)) {
      this[resource] = Object.freeze(methods);
    }
    const verifier = (resource) =>
      Object.freeze({
        verify: (delivery, options) => this.#verify(`${resource}.verify`, delivery, options),
      });
    this.notifications = verifier('notifications');
    this.redirects = verifier('redirects');

    Object.freeze(this);
    this.#warn();
  }

  get ledger() {
    return this.#ledger;
  }

  async reconcile(options) {
    return reconcile(this.#handle, options, () => this.#warn());
  }

  iterReconcile(options) {
    return iterReconcile(this.#handle, options, () => this.#warn());
  }

  async request(path, data, options) {
    const body = () => encodeBody(data);
    const start = () => native.clientRequest(queue, this.#handle, path, body, options);
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
    const call = [operation, fields, options, encode, listener];
    return this.#finish(() => native.clientCall(queue, this.#handle, ...call), options?.signal);
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
  return { ledger, hook: events?.hook, ...unwrap(native.clientOpen({ ...others, ...handles })) };
}

/** The method of each operation, by resource. */
function operationMethods(call) {
  const resources = {};
  for (const { name, resource, method, takes } of operations) {
    const methods =
      takes === 'nothing'
        ? { [method]: (options) => call(name, undefined, options) }
        : { [method]: (fields, options) => call(name, fields, options) };
    resources[resource] = { ...resources[resource], ...methods };
  }
  return resources;
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

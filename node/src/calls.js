'use strict';

const { onAbort } = require('./abort.js');
const { encode, encodeBody } = require('./codec.js');
const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const { decideNumber } = require('./limits.js');
const native = require('./native.js');
const { listen } = require('./progress.js');
const { iterReconcile, reconcile } = require('./reconcile.js');
const { reviveResponse } = require('./responses.js');
const { statuses } = require('./statuses.js');
const { warn } = require('./warnings.js');

/** The calls of a client. Each emits the notices that the library has at its end. */
class Calls {
  #handle;
  #numberFunctions;
  #observe;
  /** What the batches need of the client. */
  #client;

  /** `numberFunctions` are the functions in the client's limits, by operation. */
  constructor(handle, { numberFunctions, hook }) {
    this.#handle = handle;
    this.#numberFunctions = numberFunctions;
    this.#observe = (start) => hook.observe(start);
    this.#client = { handle, observe: this.#observe, warn: () => this.warn() };
  }

  async call(operation, fields, options, listener) {
    const start = () => {
      const find = () => native.clientCallNumber(this.#handle, operation, fields, encode);
      decideNumber(this.#numberFunctions, find);
      return native.clientCall(queue, this.#handle, operation, fields, options, encode, listener);
    };
    return this.#finish(start, options?.signal);
  }

  async request(path, data, options) {
    const body = () => encodeBody(data);
    const start = () => {
      const find = () => native.clientRequestNumber(this.#handle, path, body, options);
      decideNumber(this.#numberFunctions, find);
      return native.clientRequest(queue, this.#handle, path, body, options);
    };
    return this.#finish(start, options?.signal);
  }

  async wait(operation, order, options) {
    const progress = listen(options);
    try {
      return await this.call(operation, order, options, progress.listener);
    } finally {
      progress.close();
    }
  }

  async *iterHistory(request, options) {
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

  statuses(resource, orders, options) {
    return statuses(this.#client, resource, orders, options);
  }

  reconcile(options) {
    return reconcile(this.#client, options);
  }

  iterReconcile(options) {
    return iterReconcile(this.#client, options);
  }

  verify(operation, delivery, options) {
    const verify = () => native.clientVerify(this.#handle, operation, delivery, options, encode);
    return reviveResponse(unwrap(this.#observe(verify)));
  }

  async close() {
    try {
      unwrap(await pending(unwrap(native.clientClose(queue, this.#handle))));
    } finally {
      this.warn();
    }
  }

  /** Emits the notices since the last time. */
  warn() {
    warn(unwrap(native.clientNotices(this.#handle)));
  }

  /** The response of the call that `start` starts; null if it starts none. */
  async #finish(start, signal) {
    try {
      const response = await run(() => this.#observe(start), signal);
      return response && reviveResponse(response);
    } finally {
      this.warn();
    }
  }
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

module.exports = { Calls };

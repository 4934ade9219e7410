'use strict';

const { inspect } = require('node:util');

const { unwrap } = require('./errors.js');
const { handleOf, verifyingHandleOf } = require('./keys.js');
const { Ledger, ledgerHandleOf } = require('./ledger.js');
const { pending, queue } = require('./completion_queue.js');
const native = require('./native.js');
const { normalizeOptions } = require('./options.js');
const { reviveReply } = require('./responses.js');
const { onAbort } = require('./abort.js');
const { statuses } = require('./statuses.js');
const { listen } = require('./progress.js');
const { encode, encodeBody } = require('./codec.js');
const { warn } = require('./warnings.js');

class Client {
  #handle;
  #ledger;
  #shown;

  static fromEnv(options) {
    const own = normalizeOptions(options);
    return new Client({ ...unwrap(native.environment(own.account !== undefined)), ...own });
  }

  constructor(options) {
    const { ledger, handle, ...shown } = open(options);
    this.#handle = handle;
    this.#ledger = ledger;
    this.#shown = shown;

    const call = (operation, fields, options) => this.#call(operation, fields, options);
    const orders = (kind) =>
      Object.freeze({
        create: (request, options) => call(`${kind}.create`, request, options),
        status: (order, options) => call(`${kind}.status`, order, options),
        resolve: (order_id, options) => call(`${kind}.resolve`, { order_id }, options),
        wait: (order, options) => this.#wait(`${kind}.wait`, order, options),
        statuses: (orders, options) => this.#statuses(kind, orders, options),
      });
    this.payments = Object.freeze({
      ...orders('payments'),
      history: (request, options) => call('payments.history', request, options),
      iterHistory: (request, options) => this.#iterHistory(request, options),
    });
    this.payouts = orders('payouts');
    this.account = Object.freeze({
      balance: (options) => call('account.balance', undefined, options),
      info: (options) => call('account.info', undefined, options),
    });
    const verifying = (kind) =>
      Object.freeze({
        verify: (delivery, options) => this.#verify(`${kind}.verify`, delivery, options),
      });
    this.notifications = verifying('notifications');
    this.redirects = verifying('redirects');

    Object.freeze(this);
    this.#warn();
  }

  get ledger() {
    return this.#ledger;
  }

  async reconcile(options) {
    return this.#call('reconcile', undefined, options);
  }

  async request(path, data, options) {
    const body = () => encodeBody(data);
    const start = () => native.clientRequest(queue, this.#handle, path, body, options);
    return this.#finish(start, options?.signal);
  }

  async close() {
    try {
      unwrap(await pending(unwrap(native.clientClose(queue, this.#handle))));
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
    const turn = () => native.clientNextPage(queue, this.#handle, pages, options);
    for (;;) {
      const page = await this.#finish(turn, options?.signal);
      if (page === null) {
        return;
      }
      yield* page.data;
    }
  }

  #statuses(kind, orders, options) {
    return statuses(this.#handle, kind, orders, options, () => this.#warn());
  }

  #verify(name, delivery, options) {
    return reviveReply(unwrap(native.clientVerify(this.#handle, name, delivery, options, encode)));
  }

  async #call(operation, fields, options, listener) {
    const call = [operation, fields, options, encode, listener];
    return this.#finish(() => native.clientCall(queue, this.#handle, ...call), options?.signal);
  }

  /** What the call that `start` begins is answered with; null when it begins none. */
  async #finish(start, signal) {
    try {
      const answer = await settled(start, signal);
      return answer && reviveReply(answer);
    } finally {
      this.#warn();
    }
  }

  #warn() {
    warn(unwrap(native.clientNotices(this.#handle)));
  }
}

function open(options) {
  const { payment_cert, payout_cert, notification_cert, ledger: named, ...others } = normalizeOptions(options);
  const ledger = (typeof named === 'string' ? new Ledger(named) : named) ?? null;
  const handles = {
    payment_cert: handleOf(payment_cert),
    payout_cert: handleOf(payout_cert),
    notification_cert: Array.isArray(notification_cert)
      ? notification_cert.map(verifyingHandleOf)
      : verifyingHandleOf(notification_cert),
    ledger: ledgerHandleOf(ledger),
  };
  return { ledger, ...unwrap(native.clientOpen({ ...others, ...handles })) };
}

async function settled(start, signal) {
  let cancel;
  let aborted = false;
  const hear = () => {
    aborted = true;
    cancel?.();
  };
  // Before anything is sent: what the signal throws then replaces no outcome.
  const stop = onAbort(signal, hear);
  try {
    const started = unwrap(start(), signal);
    return started && unwrap(await ended(started), signal);
  } finally {
    stop();
  }

  function ended({ promise, call, end }) {
    if (end !== undefined) {
      // A create that is cancelled on its way has its outcome to record: the process waits for it, whoever does not.
      pending(end);
    }
    cancel = () => native.clientCancel(call);
    if (aborted) {
      // The caller's own getters can abort it while their values are read.
      cancel();
    }
    return pending(promise);
  }
}

module.exports = { Client };

'use strict';

const { Batch, Progress } = require('./batch.js');
const { encode } = require('./codec.js');
const { reviveError, unwrap } = require('./errors.js');
const native = require('./native.js');
const { OrderReader, isIterable } = require('./orders.js');
const { StatusResult, reviveResponse } = require('./responses.js');

/** Requests the statuses of the orders while the results are taken. */
function statuses(client, resource, orders, options) {
  const opened = unwrap(native.statusesOpen(client.handle, resource, orders, options, isIterable));
  return new Statuses(client, opened, options ?? {}).results();
}

class Statuses {
  #client;
  #handle;
  #key;
  #iterable;
  #batch;
  #progress;

  /** The orders in flight as the caller passed them, by number. */
  #inFlight = new Map();
  #lastNumber = 0;

  constructor(client, { handle, key, orders }, { onProgress, signal }) {
    this.#client = client;
    this.#handle = handle;
    this.#key = key;
    this.#iterable = orders;
    this.#progress = new Progress(onProgress);
    const stream = {
      handle,
      nextEvent: native.statusesNextEvent,
      ready: native.statusesReady,
      close: native.statusesClose,
      isBusy: () => this.#inFlight.size > 0,
    };
    this.#batch = new Batch(client, stream, signal);
  }

  results() {
    return this.#batch.stoppable(this.#results());
  }

  async *#results() {
    const orders = new OrderReader(this.#iterable);
    try {
      for await (const { event, number, outcome } of this.#batch.events()) {
        const result = event === 'ready' ? this.#ready(number, outcome) : await this.#requestNext(orders);
        if (result !== undefined) {
          yield result;
        }
      }
    } finally {
      await orders.close();
    }
  }

  /** Requests the status of the next order. The result, if the order is refused before a request. */
  async #requestNext(orders) {
    const order = orders.next(() => this.#batch.wake());
    if (order === undefined) {
      await this.#batch.wait(null);
    } else if (order.done) {
      unwrap(native.statusesFinish(this.#handle));
    } else {
      return this.#submit(order.value);
    }
    return undefined;
  }

  #submit(order) {
    const number = (this.#lastNumber += 1);
    const submit = () => native.statusesSubmit(this.#handle, number, order, encode);
    const submitted = this.#client.observe(submit);
    if (submitted.error !== undefined) {
      return this.#result(order, submitted);
    }
    this.#inFlight.set(number, order);
    return undefined;
  }

  #ready(number, outcome) {
    const order = this.#inFlight.get(number);
    this.#inFlight.delete(number);
    return this.#result(order, outcome);
  }

  #result(order, { ok, error }) {
    const status = error === undefined ? reviveResponse(ok) : null;
    const result = { [this.#key]: order, status, error: error === undefined ? null : reviveError(error) };
    this.#progress.count(result);
    return new StatusResult(result);
  }
}

module.exports = { statuses };

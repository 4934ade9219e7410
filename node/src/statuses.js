'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const { setImmediate: nextTurn } = require('node:timers/promises');

const { onAbort } = require('./abort.js');
const { encode } = require('./codec.js');
const { pending, queue } = require('./completion_queue.js');
const { reviveError, unwrap } = require('./errors.js');
const native = require('./native.js');
const { OrderReader, isIterable } = require('./orders.js');
const { StatusResult, reviveResponse } = require('./responses.js');

/** Events per turn of the event loop: a stream of invalid orders, which never waits, blocks it. */
const EVENTS_PER_TURN = 64;

/** Requests the statuses of the orders while the results are taken. Calls `warn` repeatedly. */
function statuses(client, resource, orders, options, warn) {
  const opened = unwrap(native.statusesOpen(client, resource, orders, options, isIterable));
  const batch = new StatusBatch(opened, options ?? {}, warn);
  const results = batch.results();
  const { return: generatorReturn } = results;
  // A generator's own `return` waits for its pending `await`, here until the next result.
  const stop = (value) => {
    batch.stop();
    return generatorReturn.call(results, value);
  };
  // Defined: under `--frozen-intrinsics` an inherited property cannot be assigned.
  return Object.defineProperties(results, {
    return: { value: stop },
    [Symbol.asyncDispose]: { value: () => stop() },
  });
}

class StatusBatch {
  #handle;
  #key;
  #iterable;
  #onProgress;
  #signal;
  #warn;

  /** The orders in flight as the caller passed them, by number. */
  #inFlight = new Map();
  #lastNumber = 0;
  #done = 0;
  #failed = 0;
  #isStopped = false;

  /** Ends the current wait. */
  #wake = () => {};
  /** A ready result will call `wake`. */
  #isListening = false;

  constructor({ handle, key, orders }, { onProgress, signal }, warn) {
    this.#handle = handle;
    this.#key = key;
    this.#iterable = orders;
    this.#onProgress = onProgress;
    this.#signal = signal;
    this.#warn = warn;
  }

  async *results() {
    const orders = new OrderReader(this.#iterable);
    try {
      for (let events = 1; ; events += 1) {
        if (events % EVENTS_PER_TURN === 0) {
          await nextTurn();
        }
        if (this.#isStopped) {
          return;
        }
        const { event, pause, number, outcome } = this.#nextEvent();
        if (event === 'done') {
          return;
        } else if (event === 'ready') {
          yield this.#ready(number, outcome);
        } else if (event === 'pending') {
          await this.#wait(pause);
        } else {
          const order = orders.next(() => this.#wake());
          if (order === undefined) {
            await this.#wait(null);
          } else if (order.done) {
            unwrap(native.statusesFinish(this.#handle));
          } else {
            const refused = this.#submit(order.value);
            if (refused !== undefined) {
              yield refused;
            }
          }
        }
      }
    } finally {
      unwrap(native.statusesClose(this.#handle));
      this.#warn();
      await orders.close();
    }
  }

  /** Ends the iteration and its current wait. */
  stop() {
    this.#isStopped = true;
    this.#wake();
  }

  #nextEvent() {
    const isAborted = Boolean(this.#signal?.aborted);
    return unwrap(native.statusesNextEvent(this.#handle, isAborted), this.#signal);
  }

  /** The result, if the order is refused before a request. */
  #submit(order) {
    const number = (this.#lastNumber += 1);
    const submitted = native.statusesSubmit(this.#handle, number, order, encode);
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
    this.#done += 1;
    this.#failed += error === undefined ? 0 : 1;
    this.#onProgress?.(this.#done, this.#failed);
    return new StatusResult(result);
  }

  /** Waits for a wake-up, at most `pause` milliseconds. */
  async #wait(pause) {
    const woken = new Promise((resolve) => (this.#wake = resolve));
    this.#listen();
    const stopListening = onAbort(this.#signal, this.#wake);
    const timer = pause === null ? undefined : setTimeout(this.#wake, pause);
    await woken;
    clearTimeout(timer);
    stopListening();
    this.#warn();
  }

  /** Lets a ready result call `wake`. With no order in flight the process may end. */
  #listen() {
    if (this.#isListening || this.#inFlight.size === 0) {
      return;
    }
    this.#isListening = true;
    const wake = () => {
      this.#isListening = false;
      this.#wake();
    };
    pending(unwrap(native.statusesReady(queue, this.#handle))).then(wake);
  }
}

module.exports = { statuses };

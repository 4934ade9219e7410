'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const { setImmediate: eventLoopTurned } = require('node:timers/promises');

const { revive, unwrap } = require('./errors.js');
const { pending, queue } = require('./completion_queue.js');
const native = require('./native.js');
const { Orders, isIterable } = require('./orders.js');
const { StatusResult, reviveReply } = require('./replies.js');
const { onAbort } = require('./signals.js');
const { encode } = require('./codec.js');

/** How many steps are made in a row: orders that are refused unsent never wait, and would starve the event loop. */
const STEPS_IN_A_ROW = 64;

/** The statuses of the orders, asked for while they are taken. `warn` is called from time to time. */
function statuses(client, kind, orders, options, warn) {
  const opened = unwrap(native.statusesOpen(client, kind, orders, options, isIterable));
  const asking = new Asking(opened, options ?? {}, warn);
  const results = asking.results();
  const { return: end } = results;
  // By itself a generator would return only once the answer that is waited for has come.
  const leave = (value) => {
    asking.leave();
    return end.call(results, value);
  };
  return Object.assign(results, { return: leave, [Symbol.asyncDispose]: () => leave() });
}

class Asking {
  #handle;
  #by;
  #iterable;
  #onProgress;
  #signal;
  #warn;

  /** What the caller named the orders that are under way, by number. */
  #underWay = new Map();
  #asked = 0;
  #done = 0;
  #failed = 0;
  #left = false;

  /** Wakes whoever waits. */
  #wake = () => {};
  /** Whether an answer will wake. */
  #listening = false;

  constructor({ handle, by, orders }, { onProgress, signal }, warn) {
    this.#handle = handle;
    this.#by = by;
    this.#iterable = orders;
    this.#onProgress = onProgress;
    this.#signal = signal;
    this.#warn = warn;
  }

  async *results() {
    const orders = new Orders(this.#iterable);
    try {
      for (let steps = 1; ; steps += 1) {
        if (steps % STEPS_IN_A_ROW === 0) {
          await eventLoopTurned();
        }
        if (this.#left) {
          return;
        }
        const { step, pause, number, outcome } = this.#step();
        if (step === 'ended') {
          return;
        } else if (step === 'told') {
          yield this.#told(number, outcome);
        } else if (step === 'wait') {
          await this.#woken(pause);
        } else {
          const taken = orders.next(() => this.#wake());
          if (taken === undefined) {
            await this.#woken(null);
          } else if (taken.done) {
            unwrap(native.statusesFinish(this.#handle));
          } else {
            const refused = this.#ask(taken.value);
            if (refused !== undefined) {
              yield refused;
            }
          }
        }
      }
    } finally {
      unwrap(native.statusesClose(this.#handle));
      this.#warn();
      await orders.end();
    }
  }

  /** Lets whoever waits for a result know that nobody wants one. */
  leave() {
    this.#left = true;
    this.#wake();
  }

  #step() {
    const aborted = Boolean(this.#signal?.aborted);
    return unwrap(native.statusesStep(this.#handle, aborted), this.#signal);
  }

  /** The result, when the order is refused at once. */
  #ask(order) {
    const number = (this.#asked += 1);
    const asked = native.statusesAsk(this.#handle, number, order, encode);
    if (asked.error !== undefined) {
      return this.#result(order, asked);
    }
    this.#underWay.set(number, order);
    return undefined;
  }

  #told(number, outcome) {
    const order = this.#underWay.get(number);
    this.#underWay.delete(number);
    return this.#result(order, outcome);
  }

  #result(order, { ok, error }) {
    const status = error === undefined ? reviveReply(ok) : null;
    const result = { [this.#by]: order, status, error: error === undefined ? null : revive(error) };
    this.#done += 1;
    this.#failed += error === undefined ? 0 : 1;
    this.#onProgress?.(this.#done, this.#failed);
    return new StatusResult(result);
  }

  /** Waits until there may be something new, or the pause is over. */
  async #woken(pause) {
    const woken = new Promise((resolve) => (this.#wake = resolve));
    this.#listen();
    const stop = onAbort(this.#signal, this.#wake);
    const timer = pause === null ? undefined : setTimeout(this.#wake, pause);
    await woken;
    clearTimeout(timer);
    stop();
    this.#warn();
  }

  /** Has an answer wake. Without one to come, nothing here keeps the process alive. */
  #listen() {
    if (this.#listening || this.#underWay.size === 0) {
      return;
    }
    this.#listening = true;
    const wake = () => {
      this.#listening = false;
      this.#wake();
    };
    pending(unwrap(native.statusesTold(queue, this.#handle))).then(wake);
  }
}

module.exports = { statuses };

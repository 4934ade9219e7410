'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const { setImmediate: nextTurn } = require('node:timers/promises');

const { onAbort } = require('./abort.js');
const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');

/** Events per turn of the event loop: events that never wait would block it. */
const EVENTS_PER_TURN = 64;

/** The events of a native stream with many requests in flight. */
class Batch {
  #client;
  #native;
  #signal;
  #isStopped = false;

  /** Ends the current wait. */
  #wake = () => {};
  /** What becomes ready will call `wake`. */
  #isListening = false;

  /**
   * `native` has the `handle`, its functions `nextEvent`, `ready` and `close`, and `isBusy`: whether
   * anything can become ready. If not, the process may end.
   */
  constructor(client, native, signal) {
    this.#client = client;
    this.#native = native;
    this.#signal = signal;
  }

  /** The events other than `pending` and `done`. */
  async *events() {
    try {
      for (let events = 1; ; events += 1) {
        if (events % EVENTS_PER_TURN === 0) {
          await nextTurn();
        }
        if (this.#isStopped) {
          return;
        }
        const next = this.#nextEvent();
        if (next.event === 'done') {
          return;
        } else if (next.event === 'pending') {
          await this.wait(next.pause);
        } else {
          yield next;
        }
      }
    } finally {
      unwrap(this.#native.close(this.#native.handle));
      this.#client.warn();
    }
  }

  /** Ends the current wait. */
  wake() {
    this.#wake();
  }

  /** Waits for a wake-up, at most `pause` milliseconds. */
  async wait(pause) {
    const woken = new Promise((resolve) => (this.#wake = resolve));
    this.#listen();
    const stopListening = onAbort(this.#signal, this.#wake);
    const timer = pause === null ? undefined : setTimeout(this.#wake, pause);
    await woken;
    clearTimeout(timer);
    stopListening();
    this.#client.warn();
  }

  /** `results`, a generator that reads the events, with a `return` that ends the current wait. */
  stoppable(results) {
    const { return: generatorReturn } = results;
    // A generator's own `return` waits for its pending `await`, here until the next result.
    const stop = (value) => {
      this.#isStopped = true;
      this.#wake();
      return generatorReturn.call(results, value);
    };
    // Defined: under `--frozen-intrinsics` an inherited property cannot be assigned.
    return Object.defineProperties(results, {
      return: { value: stop },
      [Symbol.asyncDispose]: { value: () => stop() },
    });
  }

  #nextEvent() {
    const isAborted = Boolean(this.#signal?.aborted);
    const nextEvent = () => this.#native.nextEvent(this.#native.handle, isAborted);
    return unwrap(this.#client.observe(nextEvent), this.#signal);
  }

  /** Lets what becomes ready call `wake`. */
  #listen() {
    if (this.#isListening || !this.#native.isBusy()) {
      return;
    }
    this.#isListening = true;
    const wake = () => {
      this.#isListening = false;
      this.#wake();
    };
    pending(unwrap(this.#native.ready(queue, this.#native.handle))).then(wake);
  }
}

/** Counts the results and reports the counts after each. */
class Progress {
  #onProgress;
  #done = 0;
  #failed = 0;

  constructor(onProgress) {
    this.#onProgress = onProgress;
  }

  count({ error }) {
    this.#done += 1;
    this.#failed += error === null ? 0 : 1;
    this.#onProgress?.(this.#done, this.#failed);
  }
}

module.exports = { Batch, Progress };

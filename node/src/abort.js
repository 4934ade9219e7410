'use strict';

/** The audience of each signal that calls listen to. */
const audiences = new WeakMap();

/** All who are told of one signal's abort. One listener stands for them: Node takes more than ten for a leak. */
class Audience {
  #signal;
  #hearers = new Set();
  #tell = () => this.#hearers.forEach((heard) => heard());

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#tell);
    audiences.set(signal, this);
  }

  add(heard) {
    this.#hearers.add(heard);
  }

  /** Never throws: what has become of a call counts for more than what its signal throws. */
  delete(heard) {
    this.#hearers.delete(heard);
    if (this.#hearers.size > 0) {
      return;
    }
    audiences.delete(this.#signal);
    try {
      this.#signal.removeEventListener('abort', this.#tell);
    } catch {}
  }
}

/**
 * Calls `heard` when the signal, if there is one, is aborted, and at once if it is already. What this gives ends that.
 * What is no signal is left to the native side to refuse.
 */
function onAbort(signal, heard) {
  if (signal?.aborted) {
    heard();
  }
  if (!isSignal(signal)) {
    return () => {};
  }
  const audience = audiences.get(signal) ?? new Audience(signal);
  audience.add(heard);
  return () => audience.delete(heard);
}

function isSignal(signal) {
  const methods = [signal?.addEventListener, signal?.removeEventListener];
  return methods.every((method) => typeof method === 'function');
}

/** What a call was cancelled for. Never throws, as above. */
function reasonOf(signal) {
  try {
    return signal?.reason;
  } catch (error) {
    return error;
  }
}

module.exports = { onAbort, reasonOf };

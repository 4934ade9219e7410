'use strict';

/** The subscribers of each signal that calls listen to. */
const subscribersOf = new WeakMap();

/** The callbacks of one signal, behind one listener: Node warns of a leak at more than ten. */
class AbortSubscribers {
  #signal;
  #callbacks = new Set();
  #onAbort = () => this.#callbacks.forEach((callback) => callback());

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
    subscribersOf.set(signal, this);
  }

  add(callback) {
    this.#callbacks.add(callback);
  }

  /** Never throws: the outcome of a call must not be replaced by an error of its signal. */
  delete(callback) {
    this.#callbacks.delete(callback);
    if (this.#callbacks.size > 0) {
      return;
    }
    subscribersOf.delete(this.#signal);
    try {
      this.#signal.removeEventListener('abort', this.#onAbort);
    } catch {}
  }
}

/**
 * Calls `callback` when the signal is aborted, at once if it already is. Returns a function that
 * unsubscribes. A value that is not a signal is ignored here: the native side refuses it.
 */
function onAbort(signal, callback) {
  if (signal?.aborted) {
    callback();
  }
  if (!isSignal(signal)) {
    return () => {};
  }
  const subscribers = subscribersOf.get(signal) ?? new AbortSubscribers(signal);
  subscribers.add(callback);
  return () => subscribers.delete(callback);
}

function isSignal(signal) {
  const methods = [signal?.addEventListener, signal?.removeEventListener];
  return methods.every((method) => typeof method === 'function');
}

/** The signal's reason. Never throws, as `AbortSubscribers.delete`. */
function abortReason(signal) {
  try {
    return signal?.reason;
  } catch (error) {
    return error;
  }
}

module.exports = { abortReason, onAbort };

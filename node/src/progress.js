'use strict';

const { AsyncResource } = require('node:async_hooks');

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { reviveResponse } = require('./responses.js');

/** The listeners of the waits in progress, by number. */
const listeners = new Map();
let lastNumber = 0;
let channel;

/** Listens to the updates of a wait. `close` ends that, and throws the error of `onUpdate`. */
function listen(options) {
  const { onUpdate, signal } = options ?? {};
  let thrown;
  const number = (lastNumber = (lastNumber + 1) % 2 ** 32);
  const deliver = (update) => {
    try {
      if (!signal?.aborted) {
        onUpdate(reviveResponse(unwrap(update)));
      }
      return true;
    } catch (error) {
      thrown = { error };
      return false;
    }
  };
  // The native side calls in the async context that opened the channel, that of the first wait.
  listeners.set(number, AsyncResource.bind(deliver));
  channel ??= unwrap(native.progressChannelNew((number, update) => listeners.get(number)?.(update) ?? false));
  return {
    listener: unwrap(native.progressListenerNew(channel, number)),
    close() {
      listeners.delete(number);
      if (thrown !== undefined) {
        throw thrown.error;
      }
    },
  };
}

module.exports = { listen };

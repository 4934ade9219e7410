'use strict';

const { setMaxListeners } = require('node:events');

/** What the promise gives; until then an abort of the signal, if there is one, calls `cancel`. */
async function untilAborted(signal, promise, cancel) {
  if (signal instanceof EventTarget) {
    // One signal may stand for hundreds of calls; Node takes more than ten listeners for a leak.
    setMaxListeners(0, signal);
  }
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    // The caller's own getters can abort it while their values are read.
    cancel();
  }
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

module.exports = { untilAborted };

'use strict';

const { setImmediate, setInterval } = require('node:timers');

const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** Promises settled per turn of the event loop: two hundred at once would block it. */
const SETTLED_PER_TURN = 8;

/** The resolve functions of the pending promises, by number. */
const resolvers = new Map();

/** Keeps the process alive while a promise is pending. */
const keepAlive = setInterval(() => {}, 2 ** 31 - 1).unref();

/** Not in `wake` itself: Node runs a thousand wake-ups in one turn. */
const queue = unwrap(native.completionQueueNew(() => setImmediate(settleSome)));

function settleSome() {
  for (let settled = 0; settled < SETTLED_PER_TURN; settled += 1) {
    const completion = native.completionQueuePop(queue);
    if (completion === null) {
      return;
    }
    // The promise of a call that failed to start was never returned, so it has no resolver.
    resolvers.get(completion.promise)?.(completion.outcome);
    resolvers.delete(completion.promise);
    if (resolvers.size === 0) {
      keepAlive.unref();
    }
  }
  setImmediate(settleSome);
}

/** The promise that the native side settles under this number. */
function pending(promise) {
  keepAlive.ref();
  return new Promise((resolve) => resolvers.set(promise, resolve));
}

module.exports = { pending, queue };

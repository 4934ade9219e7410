'use strict';

const { setImmediate, setInterval } = require('node:timers');

const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** How many promises are settled before the event loop turns: two hundred at once would keep it from all else. */
const SETTLED_IN_A_TURN = 8;

/** How the promises that were given a number are fulfilled. */
const fulfills = new Map();

/** Keeps the process alive as long as anything is promised. */
const alive = setInterval(() => {}, 2 ** 31 - 1).unref();

/** Not at the ring itself: Node answers a thousand rings in one turn. */
const mailbox = unwrap(native.mailbox(() => setImmediate(settleSome)));

function settleSome() {
  for (let settled = 0; settled < SETTLED_IN_A_TURN; settled += 1) {
    const letter = native.mailboxTake(mailbox);
    if (letter === null) {
      return;
    }
    // Of a call that failed while it was started nobody knows the number.
    fulfills.get(letter.number)?.(letter.outcome);
    fulfills.delete(letter.number);
    if (fulfills.size === 0) {
      alive.unref();
    }
  }
  setImmediate(settleSome);
}

/** The promise that the native side will settle by this number. */
function promised(number) {
  alive.ref();
  return new Promise((fulfill) => fulfills.set(number, fulfill));
}

module.exports = { mailbox, promised };

'use strict';

const { AsyncResource } = require('node:async_hooks');

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { reviveReply } = require('./replies.js');

/** Who is told what by the one function that the native side calls, by number. */
const tellers = new Map();
let last = 0;
let ear;

/** A listener of a wait with these options; `end` throws what `onUpdate` threw, and forgets the listener. */
function listen(options) {
  const { onUpdate, signal } = options ?? {};
  let thrown;
  const number = (last = (last + 1) % 2 ** 32);
  const tell = (update) => {
    try {
      if (!signal?.aborted) {
        onUpdate(reviveReply(unwrap(update)));
      }
      return true;
    } catch (error) {
      thrown = { error };
      return false;
    }
  };
  // The native side calls from where the ear was made: in the async context of whoever waited first.
  tellers.set(number, AsyncResource.bind(tell));
  ear ??= unwrap(native.ear((number, update) => tellers.get(number)?.(update) ?? false));
  return {
    listener: unwrap(native.listener(ear, number)),
    end() {
      tellers.delete(number);
      if (thrown !== undefined) {
        throw thrown.error;
      }
    },
  };
}

module.exports = { listen };

'use strict';

/** What external signers threw last, by number. */
const thrown = new Map();
const LIMIT = 256;
let lastNumber = 0;

/** Keeps an exception for the error of its call, which a cancelled call does not have. */
function remember(exception) {
  lastNumber = (lastNumber + 1) % 2 ** 32;
  thrown.set(lastNumber, exception);
  if (thrown.size > LIMIT) {
    thrown.delete(thrown.keys().next().value);
  }
  return lastNumber;
}

/** The exception of that number. */
function recall(number) {
  const exception = thrown.get(number);
  thrown.delete(number);
  return exception;
}

/** The text of an exception can have secrets. Its name has none. */
function nameOf(exception) {
  return exception instanceof Error ? `${exception.constructor?.name}` : `a value of type ${typeof exception}`;
}

module.exports = { nameOf, recall, remember };

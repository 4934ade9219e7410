'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { nameOf } = require('./thrown.js');

/** The functions in the limits, by operation. */
function functionsOf(limits) {
  const functions = new Map();
  for (const [operation, limit] of Object.entries(limits ?? {})) {
    if (typeof limit?.allowedNumbers === 'function') {
      functions.set(operation, limit.allowedNumbers);
    }
  }
  return functions;
}

/**
 * Asks the function about the number of the call that this thread makes next, if there is one.
 * `find` returns the number and its operation.
 */
function decideNumber(functions, find) {
  if (functions.size === 0) {
    return;
  }
  const asked = unwrap(find());
  const decide = functions.get(asked?.operation);
  if (decide === undefined) {
    return;
  }
  let decided;
  let failure = null;
  try {
    decided = decide(asked.number);
    if (typeof decided !== 'boolean') {
      failure = `it returned ${typeof decided}, not a boolean`;
    }
  } catch (error) {
    failure = `it threw ${nameOf(error)}`;
  }
  unwrap(native.decideNumber(asked.number, decided === true, failure));
}

module.exports = { decideNumber, functionsOf };

'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');

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
    failure = describe(error);
  }
  unwrap(native.decideNumber(asked.number, decided === true, failure));
}

/** What was thrown, which can be anything. */
function describe(error) {
  try {
    return String(error);
  } catch {
    return 'it threw';
  }
}

module.exports = { decideNumber, functionsOf };

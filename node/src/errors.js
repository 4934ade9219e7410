'use strict';

const { abortReason } = require('./abort.js');
const errors = require('./generated/errors.js');
const { LedgerRow } = require('./generated/records.js');
const { toRealm } = require('./realm.js');
const { recall } = require('./thrown.js');

/** The value of a native outcome; throws its error. `signal` is the signal of the call. */
function unwrap({ ok, error }, signal) {
  if (error !== undefined) {
    throw reviveError(error, signal);
  }
  return ok;
}

/** The public error for the data of the native side. */
function reviveError({ class: name, message, fields: native, body, cause, thrown }, signal) {
  const fields = toRealm(native);
  const source = sourceOf();
  if (fields.previous !== undefined) {
    fields.previous = new LedgerRow(fields.previous);
  }
  return new errors[name](message, { ...fields, body, cause: source });

  function sourceOf() {
    if (name === 'CancelledError') {
      return abortReason(signal);
    }
    return thrown === undefined ? cause && reviveError(cause, signal) : recall(thrown);
  }
}

module.exports = { reviveError, unwrap };

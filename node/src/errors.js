'use strict';

const { abortReason } = require('./abort.js');
const errors = require('./generated/errors.js');
const { LedgerRow } = require('./generated/records.js');
const { toRealm } = require('./realm.js');

/** The value of a native outcome; throws its error. `signal` is the signal of the call. */
function unwrap({ ok, error }, signal) {
  if (error !== undefined) {
    throw reviveError(error, signal);
  }
  return ok;
}

/** The public error for the data of the native side. */
function reviveError({ class: name, message, fields: native, body, cause }, signal) {
  const fields = toRealm(native);
  const source = name === 'CancelledError' ? abortReason(signal) : cause && reviveError(cause, signal);
  if (fields.previous !== undefined) {
    fields.previous = new LedgerRow(fields.previous);
  }
  return new errors[name](message, { ...fields, body, cause: source });
}

module.exports = { reviveError, unwrap };

'use strict';

const { abortReason } = require('./abort.js');
const errors = require('./generated/errors.js');
const { LedgerRow } = require('./generated/records.js');
const native = require('./native.js');
const { toRealm } = require('./realm.js');
const { Support } = require('./support.js');
const { recall } = require('./thrown.js');

/** The value of a native outcome; throws its error. `signal` is the signal of the call. */
function unwrap({ ok, error }, signal) {
  if (error !== undefined) {
    throw reviveError(error, signal);
  }
  return ok;
}

/** The public error for the data of the native side. */
function reviveError({ class: name, message, fields: members, body, support, cause, thrown }, signal) {
  const fields = toRealm(members);
  const source = sourceOf();
  if (fields.previous !== undefined) {
    fields.previous = new LedgerRow(fields.previous);
  }
  return new errors[name](message, { ...fields, body, support: supportReader(support), cause: source });

  function sourceOf() {
    if (name === 'CancelledError') {
      return abortReason(signal);
    }
    return thrown === undefined ? cause && reviveError(cause, signal) : recall(thrown);
  }
}

/** A function that reads the record behind a handle once. Undefined without one. */
function supportReader(handle) {
  let read;
  return handle && (() => (read ??= new Support(toRealm(unwrap(native.supportRead(handle))))));
}

module.exports = { reviveError, supportReader, unwrap };

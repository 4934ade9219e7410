'use strict';

const { inspect } = require('node:util');

const { reviveError, supportReader, unwrap } = require('./errors.js');
const records = require('./generated/records.js');
const native = require('./native.js');
const { toRealm } = require('./realm.js');
const { FieldRecord } = require('./record.js');
const { parseRecord } = require('./record_text.js');

/** The response to a raw request. */
class Reply {
  #handle;
  #readSupport;

  constructor({ status, body, handle, readSupport }) {
    this.#handle = handle;
    this.#readSupport = readSupport;
    this.status = status;
    Object.defineProperty(this, 'body', { value: body });
    Object.freeze(this);
  }

  get support() {
    return this.#readSupport();
  }

  json() {
    return toRealm(unwrap(native.replyJson(this.#handle)));
  }

  toJSON() {
    return { status: this.status };
  }
}

/** What the provider knows of an order whose create had no response. */
class Resolution extends FieldRecord {
  constructor({ found, status, matched_by, other_id }, response) {
    super({ found, status: status && reviveRecord(status, response), matched_by, other_id });
    Object.freeze(this);
  }
}

/** The status of one of many orders, or the error of its request. */
class StatusResult extends FieldRecord {
  constructor({ id = null, order_id = null, status, error }) {
    super({ id, order_id, status, error });
    Object.freeze(this);
  }

  [inspect.custom](_depth, options) {
    const { id, order_id, status, error } = this;
    const [key, order] = order_id === null ? ['id', id] : ['order_id', order_id];
    // An invalid order can hold anything, such as a card number.
    const shown = { [key]: error?.code === 'invalid_argument' ? typeof order : order };
    const result = error === null ? { payment_status: status.payment_status } : { error: error.name };
    return `StatusResult ${inspect({ ...shown, ...result }, options)}`;
  }
}

/** What became of an open row of the ledger. */
class Reconciled extends FieldRecord {
  constructor({ row, error, other_id }) {
    super({ row: new records.LedgerRow(row), error: error && reviveError(error), other_id });
    Object.freeze(this);
  }

  [inspect.custom](_depth, options) {
    const { row, error, other_id } = this;
    return `Reconciled ${inspect({ row, error: error && error.name, other_id }, options)}`;
  }
}

/** The public object for a response of the native side. */
function reviveResponse(response) {
  response.readSupport = supportReader(response.support);
  if (response.body !== undefined) {
    return new Reply(response);
  }
  const record = parseRecord(response);
  return record.type === undefined ? new Resolution(record, response) : reviveRecord(record, response);
}

/** The object for a parsed record. What is not in its text is in `response`. */
function reviveRecord(record, response) {
  const { fields } = record;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (typeof value === 'object' && value !== null) {
      fields[name] = Array.isArray(value) ? Object.freeze(value.map(revivePart)) : revivePart(value);
    }
  }
  return new records[record.type](record, response);
}

function revivePart(record) {
  return reviveRecord(record);
}

module.exports = { Reconciled, Reply, Resolution, StatusResult, reviveResponse };

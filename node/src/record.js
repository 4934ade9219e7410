'use strict';

const { inspect } = require('node:util');

/** The fields that may appear in logs; all others may be personal data. */
const SHOWN = ['id', 'order_id', 'payment_status', 'amount'];

/** An object with the provider's fields: they are its own, all of them in JSON, a few in logs. */
class FieldRecord {
  constructor(fields) {
    Object.assign(this, fields);
  }

  toJSON() {
    return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, plain(value)]));
  }

  [inspect.custom](_depth, options) {
    return show(this, SHOWN, options);
  }
}

function plain(value) {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value instanceof FieldRecord) {
    return value.toJSON();
  }
  // JSON.stringify throws at a bigint, and an id may be one.
  return typeof value === 'bigint' ? String(value) : value;
}

/** A create in the ledger. */
class LedgerRow extends FieldRecord {
  constructor(fields) {
    super(fields);
    Object.freeze(this);
  }

  [inspect.custom](_depth, options) {
    return show(this, [...SHOWN, 'operation', 'state'], options);
  }
}

function show(record, names, options) {
  const shown = Object.entries(record).filter(([name]) => names.includes(name));
  return `${record.constructor.name} ${inspect(Object.fromEntries(shown), options)}`;
}

module.exports = { FieldRecord, LedgerRow };

'use strict';

const { inspect } = require('node:util');

const { toRealm } = require('./realm.js');

/** An object with fields of the provider: own properties, all of them in JSON. */
class FieldRecord {
  constructor(fields) {
    Object.assign(this, fields);
  }

  toJSON() {
    return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, toJson(value)]));
  }
}

function toJson(value) {
  if (Array.isArray(value)) {
    return value.map(toJson);
  }
  if (value instanceof FieldRecord) {
    return value.toJSON();
  }
  // JSON.stringify throws for a bigint, and an id can be one.
  return typeof value === 'bigint' ? String(value) : value;
}

/** A row of the ledger. */
class RowRecord extends FieldRecord {
  constructor(fields) {
    super(fields);
    Object.freeze(this);
  }
}

/** A typed response, or a part of one. Everything that is not a field is hidden from JSON. */
class TypedRecord extends FieldRecord {
  constructor(fields, is_final, others) {
    super(fields);
    hide(this, others);
    if (is_final !== null) {
      hide(this, { is_final });
    }
  }
}

/** The response to a call. */
class ResponseRecord extends TypedRecord {
  constructor({ fields, is_final, other, raw }) {
    super(fields, is_final, { other: toRealm(other), raw });
    Object.freeze(this);
  }
}

/** A record in a field of a response; it has no bytes of its own. */
class PartRecord extends TypedRecord {
  constructor({ fields, is_final, other }) {
    super(fields, is_final, { other: toRealm(other) });
    Object.freeze(this);
  }
}

/** The handle of a verified notification on the native side; null for any other value. */
let notificationHandle;

/** The signed fields of a notification or redirect. The others are kept apart as `unsigned`. */
class SignedRecord extends TypedRecord {
  /** Null for a redirect. */
  #handle;

  static {
    notificationHandle = (event) => (#handle in Object(event) ? event.#handle : null);
  }

  constructor({ fields, is_final, details, other, raw, handle = null }) {
    super(fields, is_final, { ...details, unsigned: toRealm(other), raw });
    this.#handle = handle;
    Object.freeze(this);
  }
}

function hide(record, properties) {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(record, name, { value });
  }
}

/**
 * A class of records. `inspect` shows only the loggable fields: the others can be personal data.
 * The name is a string, because a minifier may rename classes.
 */
function defineRecord(Base, name, loggable) {
  const classes = {
    [name]: class extends Base {
      [inspect.custom](_depth, options) {
        const shown = Object.entries(this).filter(([field]) => loggable.includes(field));
        return `${name} ${inspect(Object.fromEntries(shown), options)}`;
      }
    },
  };
  return classes[name];
}

module.exports = {
  FieldRecord,
  PartRecord,
  ResponseRecord,
  RowRecord,
  SignedRecord,
  defineRecord,
  notificationHandle,
};

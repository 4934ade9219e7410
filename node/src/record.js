'use strict';

const { Buffer } = require('node:buffer');
const { inspect } = require('node:util');

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
  #isFinal;

  constructor({ fields, is_final }) {
    super(fields);
    this.#isFinal = is_final ?? undefined;
  }

  get is_final() {
    return this.#isFinal;
  }
}

/** A record in a field of a response; it has no bytes of its own. */
class PartRecord extends TypedRecord {
  #other;

  constructor(record) {
    super(record);
    this.#other = record.other;
    Object.freeze(this);
  }

  get other() {
    return this.#other;
  }
}

/** A record with the bytes that it was read from. */
class WholeRecord extends TypedRecord {
  #raw;

  constructor(record, raw) {
    super(record);
    this.#raw = raw;
  }

  /** A Buffer is made when it is asked for: making one took as long as the rest of the record. */
  get raw() {
    if (typeof this.#raw === 'string') {
      this.#raw = Buffer.from(this.#raw);
    }
    return this.#raw;
  }
}

/** The response to a call. */
class ResponseRecord extends WholeRecord {
  #other;
  #readSupport;

  constructor(record, { raw, readSupport }) {
    super(record, raw);
    this.#other = record.other;
    this.#readSupport = readSupport;
    Object.freeze(this);
  }

  get other() {
    return this.#other;
  }

  get support() {
    return this.#readSupport?.() ?? null;
  }
}

/** The handle of a verified notification on the native side; null for any other value. */
let notificationHandle;

/** The signed fields of a notification or redirect. The others are kept apart as `unsigned`. */
class SignedRecord extends WholeRecord {
  /** Null for a redirect. */
  #handle;

  static {
    notificationHandle = (event) => (#handle in Object(event) ? event.#handle : null);
  }

  constructor(record, { raw, handle = null }) {
    super(record, raw);
    for (const [name, value] of Object.entries({ ...record.details, unsigned: record.other })) {
      Object.defineProperty(this, name, { value });
    }
    this.#handle = handle;
    Object.freeze(this);
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

'use strict';

const { FieldRecord, defineRecord } = require('./record.js');

/** What was sent and received, for the provider's support. */
class SupportRecord extends FieldRecord {
  #text;

  constructor({ fields, text }) {
    fields.attempts = Object.freeze(fields.attempts.map(Object.freeze));
    super(fields);
    this.#text = text;
    Object.freeze(this);
  }

  toText() {
    return this.#text;
  }
}

const Support = defineRecord(SupportRecord, 'Support', ['time_ms', 'path', 'http_status']);

module.exports = { Support };

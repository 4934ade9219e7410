'use strict';

const { FieldRecord } = require('./record.js');

class AliKassaError extends Error {
  /** The record, or a function that reads it: most programs never ask for it. */
  #support;

  constructor(message, { body, support, cause, ...fields } = {}) {
    const text = fields.hint === undefined ? message : `${message} (${fields.hint})`;
    super(text, cause === undefined ? {} : { cause });
    Object.assign(this, { code: this.code, attempts: 0 }, fields);
    if (body !== undefined) {
      // Not enumerable: a body can hold personal data, and enumerable properties appear in logs.
      Object.defineProperty(this, 'body', { value: body });
    }
    this.#support = support;
  }

  get support() {
    return typeof this.#support === 'function' ? this.#support() : this.#support;
  }

  toJSON() {
    const data = { name: this.name, message: this.message, ...this };
    // The text of a signer's exception can have secrets.
    if (this.cause !== undefined && this.code !== 'signing') {
      data.cause = this.cause instanceof AliKassaError ? this.cause.toJSON() : String(this.cause);
    }
    if (this.previous !== undefined) {
      data.previous = new FieldRecord(this.previous).toJSON();
    }
    return data;
  }
}

describe(AliKassaError, 'AliKassaError', '');

/** A class of errors, derived from `Parent`. */
function defineError(Parent, name, code) {
  const Class = { [name]: class extends Parent {} }[name];
  describe(Class, name, code);
  return Class;
}

/** The name is set as a string, because a minifier may rename classes. */
function describe({ prototype }, name, code) {
  const attributes = { configurable: true, writable: true };
  Object.defineProperty(prototype, 'name', { value: name, ...attributes });
  Object.defineProperty(prototype, 'code', { value: code, ...attributes });
}

module.exports = { AliKassaError, defineError };

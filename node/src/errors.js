'use strict';

const { LedgerRow } = require('./record.js');
const { reasonOf } = require('./abort.js');

class AliKassaError extends Error {
  constructor(message, { body, cause, ...fields } = {}) {
    const text = fields.hint === undefined ? message : `${message} (${fields.hint})`;
    super(text, cause === undefined ? {} : { cause });
    Object.assign(this, { code: this.code, attempts: 0 }, fields);
    if (body !== undefined) {
      // Not enumerable: an answer can hold personal data, and what is enumerable ends up in logs.
      Object.defineProperty(this, 'body', { value: body });
    }
  }

  toJSON() {
    const data = { name: this.name, message: this.message, ...this };
    if (this.cause !== undefined) {
      data.cause = this.cause instanceof AliKassaError ? this.cause.toJSON() : String(this.cause);
    }
    if (this.previous !== undefined) {
      data.previous = new LedgerRow(this.previous).toJSON();
    }
    return data;
  }
}

class ApiError extends AliKassaError {}
class AuthenticationError extends ApiError {}
class NotFoundError extends ApiError {}
class RateLimitError extends ApiError {}
class ServerError extends ApiError {}
class ValidationError extends ApiError {}

class ConfigurationError extends AliKassaError {}
class KeyLoadError extends ConfigurationError {}

class NotificationError extends AliKassaError {}
class AccountMismatchError extends NotificationError {}
class MalformedNotificationError extends NotificationError {}
class SignatureMismatchError extends NotificationError {}

class CancelledError extends AliKassaError {}
class DeadlineExceededError extends AliKassaError {}
class DuplicateOrderError extends AliKassaError {}
class InternalError extends AliKassaError {}
class InvalidArgumentError extends AliKassaError {}
class LedgerError extends AliKassaError {}
class OutcomeUnknownError extends AliKassaError {}
class ProtocolError extends AliKassaError {}
class TransportError extends AliKassaError {}

const classes = {
  AccountMismatchError,
  AliKassaError,
  ApiError,
  AuthenticationError,
  CancelledError,
  ConfigurationError,
  DeadlineExceededError,
  DuplicateOrderError,
  InternalError,
  InvalidArgumentError,
  KeyLoadError,
  LedgerError,
  MalformedNotificationError,
  NotFoundError,
  NotificationError,
  OutcomeUnknownError,
  ProtocolError,
  RateLimitError,
  ServerError,
  SignatureMismatchError,
  TransportError,
  ValidationError,
};

// From the keys above and not from the classes' own names, which a minifier may change.
for (const [name, { prototype }] of Object.entries(classes)) {
  const own = { configurable: true, writable: true };
  Object.defineProperty(prototype, 'name', { value: name, ...own });
  Object.defineProperty(prototype, 'code', { value: codeOf(name), ...own });
}

/** `not_found` of a NotFoundError; the root has none of its own. */
function codeOf(name) {
  const kind = name.slice(0, -'Error'.length);
  return kind === 'AliKassa' ? '' : kind.replace(/\B[A-Z]/g, '_$&').toLowerCase();
}

/** The value of an outcome, or its error thrown. `signal` is what the caller may have cancelled with. */
function unwrap({ ok, error }, signal) {
  if (error !== undefined) {
    throw revive(error, signal);
  }
  return ok;
}

/** The public error for what the native side gives. */
function revive({ class: name, message, fields, body, cause }, signal) {
  const source = name === 'CancelledError' ? reasonOf(signal) : cause && revive(cause, signal);
  if (fields.previous !== undefined) {
    fields.previous = new LedgerRow(fields.previous);
  }
  return new classes[name](message, { ...fields, body, cause: source });
}

module.exports = { ...classes, revive, unwrap };

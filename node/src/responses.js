'use strict';

const { inspect } = require('node:util');

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { FieldRecord, LedgerRow } = require('./record.js');

const PaymentStatus = Object.freeze({
  WAIT: 'wait',
  PAID: 'paid',
  CANCEL: 'cancel',
  FAIL: 'fail',
});

/** What the typed replies share: the fields are the object's own, all else about the answer stays out of JSON. */
class TypedReply extends FieldRecord {
  constructor({ fields, is_final, ...about }) {
    super(revived(fields));
    define(this, about);
    if (is_final !== null) {
      define(this, { is_final });
    }
    Object.freeze(this);
  }
}

class AnswerReply extends TypedReply {
  constructor({ fields, is_final, other, raw }) {
    super({ fields, is_final, other, raw });
  }
}

/** A part of an answer: its bytes are the answer's. */
class Part extends TypedReply {
  constructor({ fields, is_final, other }) {
    super({ fields, is_final, other });
  }
}

/** What was signed; what was not is kept apart under its own name. */
class Verified extends TypedReply {
  constructor({ fields, is_final, details, other, raw }) {
    super({ fields, is_final, ...details, unsigned: other, raw });
  }
}

class AccountInfo extends AnswerReply {}
class AccountMethod extends Part {}
class Balance extends AnswerReply {}
class CreatedPayment extends AnswerReply {}
class CreatedPayout extends AnswerReply {}
class History extends AnswerReply {}
class HistoryMeta extends Part {}
class HistoryPayment extends Part {}
class Payment extends AnswerReply {}
class Payout extends AnswerReply {}
class Redirect extends Verified {}

/** What the native side knows a Notification by; anything else not at all. */
let eventHandleOf;

class Notification extends Verified {
  #handle;

  static {
    eventHandleOf = (event) => (#handle in Object(event) ? event.#handle : null);
  }

  constructor({ handle, ...verified }) {
    super(verified);
    this.#handle = handle;
  }
}

const classes = {
  AccountInfo,
  AccountMethod,
  Balance,
  CreatedPayment,
  CreatedPayout,
  History,
  HistoryMeta,
  HistoryPayment,
  Notification,
  Payment,
  Payout,
  Redirect,
};

/** The fields with records in place of what the native side has for them, in lists too. */
function revived(fields) {
  const value = (field) => {
    if (Array.isArray(field)) {
      return Object.freeze(field.map(value));
    }
    return field !== null && typeof field === 'object' ? reviveReply(field) : field;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, value(field)]));
}

function define(object, properties) {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(object, name, { value });
  }
}

class Reply {
  #handle;

  constructor({ status, body, handle }) {
    this.#handle = handle;
    this.status = status;
    Object.defineProperty(this, 'body', { value: body });
    Object.freeze(this);
  }

  json() {
    return unwrap(native.replyJson(this.#handle));
  }
}

/** What is known of an order whose create was not answered. */
class Resolution {
  constructor({ found, status, matched_by }) {
    this.found = found;
    this.status = status && reviveReply(status);
    this.matched_by = matched_by;
    Object.freeze(this);
  }
}

/** What one of many orders was answered, or the error of it. */
class StatusResult extends FieldRecord {
  constructor({ id = null, order_id = null, status, error }) {
    super({ id, order_id, status, error });
    Object.freeze(this);
  }

  [inspect.custom](_depth, options) {
    const { id, order_id, status, error } = this;
    const [name, named] = order_id === null ? ['id', id] : ['order_id', order_id];
    // What is no name of an order may hold anything.
    const order = { [name]: error?.code === 'invalid_argument' ? typeof named : named };
    const answer = error === null ? { payment_status: status.payment_status } : { error: error.name };
    return `StatusResult ${inspect({ ...order, ...answer }, options)}`;
  }
}

/** The public object for what the native side answers. */
function reviveReply(answer) {
  if (Array.isArray(answer)) {
    return answer.map((row) => new LedgerRow(row));
  }
  if ('found' in answer) {
    return new Resolution(answer);
  }
  return answer.type === undefined ? new Reply(answer) : new classes[answer.type](answer);
}

module.exports = { ...classes, PaymentStatus, Reply, Resolution, StatusResult, eventHandleOf, reviveReply };

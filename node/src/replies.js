'use strict';

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
  constructor({ fields, is_final, other, raw }) {
    super(fields);
    Object.defineProperties(this, { other: { value: other }, raw: { value: raw } });
    if (is_final !== null) {
      Object.defineProperty(this, 'is_final', { value: is_final });
    }
    Object.freeze(this);
  }
}

class Balance extends TypedReply {}
class CreatedPayment extends TypedReply {}
class CreatedPayout extends TypedReply {}
class Payment extends TypedReply {}
class Payout extends TypedReply {}

const classes = { Balance, CreatedPayment, CreatedPayout, Payment, Payout };

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

module.exports = {
  Balance,
  CreatedPayment,
  CreatedPayout,
  Payment,
  PaymentStatus,
  Payout,
  Reply,
  Resolution,
  reviveReply,
};

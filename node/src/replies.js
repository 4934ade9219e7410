'use strict';

const { inspect } = require('node:util');

const { unwrap } = require('./errors.js');
const native = require('./native.js');

const PaymentStatus = Object.freeze({
  WAIT: 'wait',
  PAID: 'paid',
  CANCEL: 'cancel',
  FAIL: 'fail',
});

/** The fields that may appear in logs; all others may be personal data. */
const SHOWN = ['id', 'order_id', 'payment_status', 'amount'];

/** What the typed replies share: the fields are the object's own, all else about the answer stays out of JSON. */
class TypedReply {
  constructor({ fields, is_final, other, raw }) {
    Object.assign(this, fields);
    Object.defineProperties(this, { other: { value: other }, raw: { value: raw } });
    if (is_final !== null) {
      Object.defineProperty(this, 'is_final', { value: is_final });
    }
    Object.freeze(this);
  }

  toJSON() {
    // JSON.stringify throws at a bigint, and an id may be one.
    const plain = (value) => (typeof value === 'bigint' ? String(value) : value);
    return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, plain(value)]));
  }

  [inspect.custom](_depth, options) {
    const shown = Object.entries(this).filter(([name]) => SHOWN.includes(name));
    return `${this.constructor.name} ${inspect(Object.fromEntries(shown), options)}`;
  }
}

class Balance extends TypedReply {}
class Payment extends TypedReply {}
class Payout extends TypedReply {}

const classes = { Balance, Payment, Payout };

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

/** The public object for what the native side answers. */
function reviveReply(answer) {
  return answer.type === undefined ? new Reply(answer) : new classes[answer.type](answer);
}

module.exports = { Balance, Payment, PaymentStatus, Payout, Reply, reviveReply };

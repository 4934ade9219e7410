'use strict';

const { unwrap } = require('./errors.js');
const { pending, queue } = require('./completion_queue.js');
const native = require('./native.js');
const { LedgerRow } = require('./record.js');
const { eventHandleOf } = require('./responses.js');

/** What the native side knows a Ledger by; anything else as it is. */
let ledgerHandleOf;

class Ledger {
  #handle;

  static {
    ledgerHandleOf = (ledger) => (#handle in Object(ledger) ? ledger.#handle : ledger);
  }

  constructor(path) {
    const made = unwrap(native.ledgerNew(path));
    this.#handle = made.handle;
    this.path = made.path;
    Object.freeze(this);
  }

  async open() {
    const rows = unwrap(await pending(unwrap(native.ledgerOpen(queue, this.#handle))));
    return rows.map((row) => new LedgerRow(row));
  }

  async release(operation, orderId, reason, options) {
    const released = native.ledgerRelease(queue, this.#handle, operation, orderId, reason, options);
    unwrap(await pending(unwrap(released)));
  }

  async note(event) {
    const noted = native.ledgerNote(queue, this.#handle, eventHandleOf(event));
    return unwrap(await pending(unwrap(noted)));
  }
}

module.exports = { Ledger, ledgerHandleOf };

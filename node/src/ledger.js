'use strict';

const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const { LedgerRow } = require('./generated/records.js');
const native = require('./native.js');
const { notificationHandle } = require('./record.js');

/** The handle of a Ledger on the native side; any other value unchanged. */
let ledgerHandle;

class Ledger {
  #handle;

  static {
    ledgerHandle = (ledger) => (#handle in Object(ledger) ? ledger.#handle : ledger);
  }

  constructor(path) {
    const opened = unwrap(native.ledgerNew(path));
    this.#handle = opened.handle;
    this.path = opened.path;
    Object.freeze(this);
  }

  async open() {
    const rows = unwrap(await pending(unwrap(native.ledgerOpen(queue, this.#handle))));
    return Array.from(rows, (row) => new LedgerRow(row));
  }

  async get(operation, orderId, options) {
    const got = native.ledgerGet(queue, this.#handle, operation, orderId, options);
    const row = unwrap(await pending(unwrap(got)));
    return row && new LedgerRow(row);
  }

  async rows(options) {
    const rows = unwrap(await pending(unwrap(native.ledgerRows(queue, this.#handle, options))));
    return Array.from(rows, (row) => new LedgerRow(row));
  }

  async release(operation, orderId, reason, options) {
    const released = native.ledgerRelease(queue, this.#handle, operation, orderId, reason, options);
    unwrap(await pending(unwrap(released)));
  }

  async backup(path) {
    unwrap(await pending(unwrap(native.ledgerBackup(queue, this.#handle, path))));
  }

  async resume(reason) {
    unwrap(await pending(unwrap(native.ledgerResume(queue, this.#handle, reason))));
  }

  async note(event) {
    const noted = native.ledgerNote(queue, this.#handle, notificationHandle(event));
    return unwrap(await pending(unwrap(noted)));
  }
}

// `process.exit` and an uncaught error end the program without freeing its objects.
process.on('exit', () => native.ledgersCheckpoint());

module.exports = { Ledger, ledgerHandle };

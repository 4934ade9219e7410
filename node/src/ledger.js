'use strict';

const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const { LedgerEvent, LedgerRow } = require('./generated/records.js');
const { LedgerList } = require('./ledger_list.js');
const native = require('./native.js');
const { notificationHandle } = require('./record.js');

/** The handle of a Ledger on the native side; any other value unchanged. */
let ledgerHandle;

class Ledger {
  #handle;

  static {
    ledgerHandle = (ledger) => (#handle in Object(ledger) ? ledger.#handle : ledger);
  }

  /** The SQL of the tables in PostgreSQL. */
  static schemaSql(schema) {
    return unwrap(native.ledgerSchemaSql(schema));
  }

  constructor(location) {
    const opened = unwrap(native.ledgerNew(location));
    this.#handle = opened.handle;
    this.location = opened.location;
    Object.freeze(this);
  }

  open() {
    return new LedgerList(native.ledgerOpen(this.#handle), LedgerRow);
  }

  async get(operation, orderId, options) {
    const got = native.ledgerGet(queue, this.#handle, operation, orderId, options);
    const row = unwrap(await pending(unwrap(got)));
    return row && new LedgerRow(row);
  }

  rows(options) {
    return new LedgerList(native.ledgerRows(this.#handle, options), LedgerRow);
  }

  events(options) {
    return new LedgerList(native.ledgerEvents(this.#handle, options), LedgerEvent);
  }

  async release(operation, orderId, reason, options) {
    const released = native.ledgerRelease(queue, this.#handle, operation, orderId, reason, options);
    unwrap(await pending(unwrap(released)));
  }

  async check() {
    return Array.from(unwrap(await pending(unwrap(native.ledgerCheck(queue, this.#handle)))));
  }

  async importFrom(path) {
    return unwrap(await pending(unwrap(native.ledgerImport(queue, this.#handle, path))));
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

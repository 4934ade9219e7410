'use strict';

const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const native = require('./native.js');

/**
 * The rows or events of a ledger. Each `for await` and each `await` reads them anew; nothing is read
 * before.
 */
class LedgerList {
  #query;
  #Record;

  /** `query` is an outcome of the native side: an invalid option is an error when it is read. */
  constructor(query, Record) {
    this.#query = query;
    this.#Record = Record;
    Object.freeze(this);
  }

  async *[Symbol.asyncIterator]() {
    const pages = unwrap(native.ledgerPages(unwrap(this.#query)));
    for (;;) {
      const page = unwrap(await pending(unwrap(native.ledgerNextPage(queue, pages))));
      if (page.length === 0) {
        return;
      }
      for (const fields of page) {
        yield new this.#Record(fields);
      }
    }
  }

  then(onFulfilled, onRejected) {
    return this.#all().then(onFulfilled, onRejected);
  }

  catch(onRejected) {
    return this.#all().catch(onRejected);
  }

  finally(onFinally) {
    return this.#all().finally(onFinally);
  }

  get [Symbol.toStringTag]() {
    return 'LedgerList';
  }

  async #all() {
    const all = [];
    for await (const record of this) {
      all.push(record);
    }
    return all;
  }
}

module.exports = { LedgerList };

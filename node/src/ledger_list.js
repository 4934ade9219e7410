'use strict';

const { pending, queue } = require('./completion_queue.js');
const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** Rows or events of a ledger. Each `await` and each `for await` reads them anew. */
class LedgerList {
  #query;
  #Record;

  /** An error in `query`, an outcome of the native side, is thrown when the list is read. */
  constructor(query, Record) {
    this.#query = query;
    this.#Record = Record;
    Object.freeze(this);
  }

  async *[Symbol.asyncIterator]() {
    for await (const page of this.#pages()) {
      yield* page;
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

  async *#pages() {
    const pages = unwrap(native.ledgerPages(unwrap(this.#query)));
    for (;;) {
      const page = unwrap(await pending(unwrap(native.ledgerNextPage(queue, pages))));
      if (page.length === 0) {
        return;
      }
      yield Array.from(page, (fields) => new this.#Record(fields));
    }
  }

  async #all() {
    const all = [];
    for await (const page of this.#pages()) {
      all.push(...page);
    }
    return all;
  }
}

module.exports = { LedgerList };

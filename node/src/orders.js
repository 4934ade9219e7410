'use strict';

/** Reads the orders of a sync or async iterable, one after the other. */
class OrderReader {
  #iterator;
  #isAsync;
  /** Returns or throws the result of the last read, once it is known. */
  #result;
  #isReading = false;
  #hasEnded = false;

  constructor(iterable) {
    const asyncIterator = iterable[Symbol.asyncIterator];
    this.#isAsync = typeof asyncIterator === 'function';
    this.#iterator = (this.#isAsync ? asyncIterator : iterable[Symbol.iterator]).call(iterable);
  }

  /** `{ done, value }`, or undefined while a read is pending; `onReady` is called when it ends. */
  next(onReady) {
    if (!this.#isAsync) {
      return this.#take(() => this.#iterator.next());
    }
    if (this.#result !== undefined) {
      return this.#take(this.#result);
    }
    if (!this.#isReading) {
      this.#read(onReady);
    }
    return undefined;
  }

  /** Returns the iterator, unless it has ended by itself. */
  async close() {
    if (this.#hasEnded) {
      return;
    }
    const returned = this.#iterator.return?.();
    if (this.#isReading) {
      // A generator returns only after its pending read, which may never settle.
      Promise.resolve(returned).catch(() => {});
    } else {
      await returned;
    }
  }

  #take(next) {
    this.#result = undefined;
    // An iterator whose `next` throws has ended.
    this.#hasEnded = true;
    const taken = next();
    this.#hasEnded = Boolean(taken.done);
    return taken;
  }

  async #read(onReady) {
    this.#isReading = true;
    try {
      const taken = await this.#iterator.next();
      this.#result = () => taken;
    } catch (error) {
      this.#result = () => {
        throw error;
      };
    }
    this.#isReading = false;
    onReady();
  }
}

/** A string is iterable too, but its characters are not orders. */
function isIterable(value) {
  const has = (name) => typeof value[name] === 'function';
  return typeof value !== 'string' && (has(Symbol.asyncIterator) || has(Symbol.iterator));
}

module.exports = { OrderReader, isIterable };

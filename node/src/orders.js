'use strict';

/** The orders of an iterable, taken one after the other; in time, when they are promised. */
class Orders {
  #iterator;
  #promised;
  /** Gives what was promised and has come, or throws it. */
  #arrived;
  #awaited = false;
  #ended = false;

  constructor(iterable) {
    const asynchronous = iterable[Symbol.asyncIterator];
    this.#promised = typeof asynchronous === 'function';
    this.#iterator = (this.#promised ? asynchronous : iterable[Symbol.iterator]).call(iterable);
  }

  /** `{ done, value }` as of an iterator; undefined while it is awaited, and then `arrive` is called. */
  next(arrive) {
    if (!this.#promised) {
      return this.#take(() => this.#iterator.next());
    }
    if (this.#arrived !== undefined) {
      return this.#take(this.#arrived);
    }
    if (!this.#awaited) {
      this.#await(arrive);
    }
    return undefined;
  }

  /** Tells the iterable that nothing more will be taken, unless it ended by itself. */
  async end() {
    if (this.#ended) {
      return;
    }
    const ending = this.#iterator.return?.();
    if (this.#awaited) {
      // A generator ends after it gave what is awaited, which may be never.
      Promise.resolve(ending).catch(() => {});
    } else {
      await ending;
    }
  }

  #take(next) {
    this.#arrived = undefined;
    this.#ended = true;
    const taken = next();
    this.#ended = Boolean(taken.done);
    return taken;
  }

  async #await(arrive) {
    this.#awaited = true;
    try {
      const taken = await this.#iterator.next();
      this.#arrived = () => taken;
    } catch (error) {
      this.#arrived = () => {
        throw error;
      };
    }
    this.#awaited = false;
    arrive();
  }
}

/** A text is iterable too, but its letters are no orders. */
function isIterable(value) {
  const next = (name) => typeof value[name] === 'function';
  return typeof value !== 'string' && (next(Symbol.asyncIterator) || next(Symbol.iterator));
}

module.exports = { Orders, isIterable };

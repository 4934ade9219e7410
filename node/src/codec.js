'use strict';

const { isExternal, isMap, isProxy } = require('node:util').types;

const native = require('./native.js');

/** The deepest nesting that is read, so that a cycle has an end. */
const MAX_DEPTH = native.maxDepth();

/** What stands before a short text, made once: to make it took a tenth of the time of a body. */
const HEADS = Array.from({ length: 256 }, (_, length) => head(length));

/** Longer than anything that can be sent, and short enough that the longest string of V8 holds three such texts. */
const LONGEST = 2 ** 27;

/**
 * A value of the caller as one text: that crosses to the native side at once, and not value by value.
 *
 *     n  t  f         null, true, false
 *     i-12;           an integer
 *     s3;abc          a text of three UTF-16 units
 *     l … e           a list's values
 *     ms3;abc … e     an object's keys, each a text, and after each its value
 *     !float;         what cannot be sent, and why; nothing after it counts
 *
 * The outermost object, if it is refused, begins with its `order_id`, a text, wherever that stands: the error names it.
 *
 * With `objects` the value is the fields of a typed call: undefined is a field not given, and so it is in those that
 * `objects` names. What the caller's getters throw is thrown on. `bindings/node/src/codec.rs` reads it.
 */
function write(value, objects) {
  const writer = new Writer();
  return objects === null ? writer.value(value, 1) : writer.fields(value, objects);
}

/** The body of a raw request. */
function writeBody(value) {
  return typeof value === 'object' && value !== null ? write(value, null) : '!not_an_object;';
}

class Writer {
  /** Whether a value was refused. What comes after it is not looked at: its getters may have something to say too. */
  #refused = false;

  value(value, depth) {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return isExact(value) ? `i${value};` : this.#refuse('float');
      case 'bigint':
        return BigInt.asIntN(64, value) === value ? `i${value};` : this.#refuse('out_of_range');
      case 'boolean':
        return value ? 't' : 'f';
      case 'object':
        return value === null ? 'n' : this.#object(value, depth);
      default:
        return this.#refuse('type');
    }
  }

  fields(object, objects) {
    const inTurn = entries(object);
    return inTurn === undefined ? this.#refuse('not_an_object') : this.#map(inTurn, 1, objects);
  }

  #object(object, depth) {
    if (depth > MAX_DEPTH) {
      return this.#refuse('too_deep');
    }
    if (isList(object)) {
      return this.#list(object, depth);
    }
    const inTurn = entries(object);
    return inTurn === undefined ? this.#refuse('type') : this.#map(inTurn, depth);
  }

  #list(list, depth) {
    const { length } = list;
    let written = 'l';
    for (let at = 0; at < length && !this.#refused; at += 1) {
      written += this.value(list[at], depth + 1);
      if (written.length > LONGEST) {
        return this.#refuse('too_large');
      }
    }
    return `${written}e`;
  }

  #map(inTurn, depth, objects) {
    let written = 'm';
    for (let at = 0; at + 1 < inTurn.length && !this.#refused; at += 2) {
      const [key, value] = [inTurn[at], inTurn[at + 1]];
      if (value === undefined && objects !== undefined) {
        continue;
      }
      written += typeof key === 'string' ? this.#text(key) : this.#refuse('type');
      if (!this.#refused) {
        written += objects?.includes(key) ? this.#part(value, depth + 1) : this.value(value, depth + 1);
      }
      if (written.length > LONGEST) {
        written = `m${this.#refuse('too_large')}`;
      }
    }
    return this.#refused && depth === 1 ? orderFirst(inTurn, written) : `${written}e`;
  }

  /** A field of a typed call that has fields of its own. */
  #part(value, depth) {
    const inTurn = typeof value === 'object' && value !== null ? entries(value) : undefined;
    return inTurn === undefined ? this.value(value, depth) : this.#map(inTurn, depth, []);
  }

  #text(text) {
    if (!text.isWellFormed()) {
      return this.#refuse('lone_surrogate');
    }
    if (text.length > LONGEST) {
      return this.#refuse('too_large');
    }
    return (HEADS[text.length] ?? head(text.length)) + text;
  }

  #refuse(reason) {
    this.#refused = true;
    return `!${reason};`;
  }
}

function orderFirst(inTurn, refused) {
  for (let at = 0; at + 1 < inTurn.length; at += 2) {
    const [key, value] = [inTurn[at], inTurn[at + 1]];
    if (key === 'order_id' && typeof value === 'string' && value.length <= LONGEST && value.isWellFormed()) {
      return `m${head(key.length)}${key}${head(value.length)}${value}${refused.slice(1)}`;
    }
  }
  return refused;
}

function head(length) {
  return `s${length};`;
}

/** Whether JavaScript holds the number for certain; JSON has no minus zero that is an integer. */
function isExact(number) {
  return Number.isSafeInteger(number) && !Object.is(number, -0);
}

/** A proxy's items may be anything each time they are asked for. */
function isList(object) {
  return !isProxy(object) && Array.isArray(object);
}

/** The keys and values of a Map or a plain object in turn; nothing for what has no place in a body. */
function entries(object) {
  if (isMap(object)) {
    return [...object].flat();
  }
  if (!isPlain(object)) {
    return undefined;
  }
  const inTurn = [];
  // Not by Object.entries, whose pairs took most of the time, and this is done for each body.
  for (const key of Object.keys(object)) {
    inTurn.push(key, object[key]);
  }
  return inTurn;
}

/** Without comparing with this realm's `Object.prototype`: tests run in realms of their own. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null ? !isExternal(object) : Object.getPrototypeOf(prototype) === null;
}

module.exports = { write, writeBody };

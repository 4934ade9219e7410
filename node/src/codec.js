'use strict';

const { isMap, isProxy } = require('node:util').types;

const native = require('./native.js');

/** The deepest nesting that is encoded, so that a cycle ends. */
const MAX_DEPTH = native.maxDepth();

/** The prefixes of short texts, made once: making them took a tenth of the time of a body. */
const TEXT_PREFIXES = Array.from({ length: 256 }, (_, length) => textPrefix(length));

/** Longer than any body that can be sent; V8's longest string holds three such texts. */
const MAX_LENGTH = 2 ** 27;

/**
 * Encodes a value of the caller as one string, which crosses to the native side in one step.
 *
 *     n  t  f         null, true, false
 *     i-12;           an integer
 *     s3;abc          a text of three UTF-16 units
 *     l … e           the values of a list
 *     ms3;abc … e     the keys of an object, each a text followed by its value
 *     !float;         a value that cannot be sent, with the reason; the decoder stops here
 *
 * A refused outermost object begins with its `order_id`, wherever that is in the object, so that
 * the error can name it.
 *
 * With `objects` the value holds the fields of a typed call: an undefined field is left out, also
 * inside the fields that `objects` names. An error thrown by a getter of the caller propagates.
 * `bindings/node/src/codec.rs` decodes the string.
 */
function encode(value, objects) {
  const encoder = new Encoder();
  return objects === null ? encoder.value(value, 1) : encoder.fields(value, objects);
}

/** Encodes the body of a raw request. */
function encodeBody(value) {
  return typeof value === 'object' && value !== null ? encode(value, null) : '!not_an_object;';
}

class Encoder {
  /** Set by the first refused value. No value after it is read: its getter could throw. */
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
    const pairs = entries(object);
    return pairs === undefined ? this.#refuse('not_an_object') : this.#map(pairs, 1, objects);
  }

  #object(object, depth) {
    if (depth > MAX_DEPTH) {
      return this.#refuse('too_deep');
    }
    if (isList(object)) {
      return this.#list(object, depth);
    }
    const pairs = entries(object);
    return pairs === undefined ? this.#refuse('type') : this.#map(pairs, depth);
  }

  #list(list, depth) {
    const { length } = list;
    let encoded = 'l';
    for (let index = 0; index < length && !this.#refused; index += 1) {
      encoded += this.value(list[index], depth + 1);
      if (encoded.length > MAX_LENGTH) {
        return this.#refuse('too_large');
      }
    }
    return `${encoded}e`;
  }

  #map(pairs, depth, objects) {
    let encoded = 'm';
    for (let index = 0; index + 1 < pairs.length && !this.#refused; index += 2) {
      const [key, value] = [pairs[index], pairs[index + 1]];
      if (value === undefined && objects !== undefined) {
        continue;
      }
      encoded += typeof key === 'string' ? this.#text(key) : this.#refuse('type');
      if (!this.#refused) {
        encoded += objects?.includes(key) ? this.#objectField(value, depth + 1) : this.value(value, depth + 1);
      }
      if (encoded.length > MAX_LENGTH) {
        encoded = `m${this.#refuse('too_large')}`;
      }
    }
    return this.#refused && depth === 1 ? withOrderIdPrefix(pairs, encoded) : `${encoded}e`;
  }

  /** Encodes a field of a typed call that is an object with its own fields. */
  #objectField(value, depth) {
    const pairs = typeof value === 'object' && value !== null ? entries(value) : undefined;
    return pairs === undefined ? this.value(value, depth) : this.#map(pairs, depth, []);
  }

  #text(text) {
    if (!text.isWellFormed()) {
      return this.#refuse('lone_surrogate');
    }
    if (text.length > MAX_LENGTH) {
      return this.#refuse('too_large');
    }
    return (TEXT_PREFIXES[text.length] ?? textPrefix(text.length)) + text;
  }

  #refuse(reason) {
    this.#refused = true;
    return `!${reason};`;
  }
}

function withOrderIdPrefix(pairs, refused) {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [key, value] = [pairs[index], pairs[index + 1]];
    if (key === 'order_id' && typeof value === 'string' && value.length <= MAX_LENGTH && value.isWellFormed()) {
      return `m${textPrefix(key.length)}${key}${textPrefix(value.length)}${value}${refused.slice(1)}`;
    }
  }
  return refused;
}

function textPrefix(length) {
  return `s${length};`;
}

/** Whether the number is an exact integer; JSON has no integer minus zero. */
function isExact(number) {
  return Number.isSafeInteger(number) && !Object.is(number, -0);
}

/** A proxy is refused: it can return other items at each read. */
function isList(object) {
  return !isProxy(object) && Array.isArray(object);
}

/** The keys and values of a Map or plain object, alternating; undefined for any other object. */
function entries(object) {
  if (isMap(object)) {
    return [...object].flat();
  }
  if (!isPlain(object)) {
    return undefined;
  }
  const pairs = [];
  // Object.entries took most of the time of encoding a body.
  for (const key of Object.keys(object)) {
    pairs.push(key, object[key]);
  }
  return pairs;
}

/** Does not compare with this realm's `Object.prototype`: test runners use other realms. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null ? !native.isHandle(object) : Object.getPrototypeOf(prototype) === null;
}

module.exports = { encode, encodeBody };

'use strict';

const { isMap } = require('node:util').types;

const { unwrap } = require('./errors.js');
const native = require('./native.js');

function canonicalJson(data) {
  return unwrap(native.canonicalJson(data, entries));
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
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = { canonicalJson, entries };

'use strict';

/**
 * A native value with the arrays and objects of this realm.
 *
 * The native side makes them in the main realm. A test runner such as Jest loads this package in
 * another one, where its strict comparisons tell the two apart.
 */
function toRealm(value) {
  if (Array.isArray(value)) {
    return Array.from(value, toRealm);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toRealm(member)]));
}

module.exports = { toRealm };

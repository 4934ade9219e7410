'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** The options that are not undefined or null. */
function presentOptions(options) {
  return unwrap(native.presentOptions(options));
}

module.exports = { presentOptions };

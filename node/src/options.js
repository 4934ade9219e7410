'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** The options that are not undefined or null, by documented name: `base_url` for `baseUrl`. */
function normalizeOptions(options) {
  return unwrap(native.normalizeOptions(options));
}

module.exports = { normalizeOptions };

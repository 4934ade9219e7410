'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');

/** The options that are given, neither undefined nor null, under the names of the documents: `base_url` for `baseUrl`. */
function given(options) {
  return unwrap(native.options(options));
}

module.exports = { given };

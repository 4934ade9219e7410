'use strict';

const { encodeBody } = require('./codec.js');
const { unwrap } = require('./errors.js');
const native = require('./native.js');

function canonicalJson(data) {
  return Buffer.from(unwrap(native.canonicalJson(encodeBody(data))), 'latin1');
}

module.exports = { canonicalJson };

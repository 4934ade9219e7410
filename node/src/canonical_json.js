'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { encodeBody } = require('./codec.js');

function canonicalJson(data) {
  return Buffer.from(unwrap(native.canonicalJson(encodeBody(data))), 'latin1');
}

module.exports = { canonicalJson };

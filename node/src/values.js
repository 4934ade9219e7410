'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { writeBody } = require('./codec.js');

function canonicalJson(data) {
  return Buffer.from(unwrap(native.canonicalJson(writeBody(data))), 'latin1');
}

module.exports = { canonicalJson };

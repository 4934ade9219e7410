'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { write } = require('./tape.js');

function canonicalJson(data) {
  return Buffer.from(unwrap(native.canonicalJson(data, write)), 'latin1');
}

module.exports = { canonicalJson };

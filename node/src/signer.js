'use strict';

const { AsyncResource } = require('node:async_hooks');

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { remember } = require('./thrown.js');

/** The functions of the external signers, by number. */
const signers = [];
let channel;

/** The native key whose signatures `sign` makes. */
function externalKey(publicKey, sign) {
  channel ??= unwrap(native.signerChannelNew(makeSignature));
  const key = unwrap(native.signingKeyExternal(publicKey, sign, channel, signers.length));
  // The native side calls in the async context that opened the channel, that of the first key.
  signers.push(AsyncResource.bind(sign));
  return key;
}

async function makeSignature(signer, message, digest, request) {
  try {
    native.signatureFinish(request, await signers[signer](message, digest));
  } catch (error) {
    native.signatureFail(request, nameOf(error), remember(error));
  }
}

/** The text of an exception can have secrets. Its name has none. */
function nameOf(error) {
  return error instanceof Error ? `${error.constructor?.name}` : `a value of type ${typeof error}`;
}

module.exports = { externalKey };

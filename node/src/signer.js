'use strict';

const { AsyncResource } = require('node:async_hooks');

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { nameOf, remember } = require('./thrown.js');

/** The functions of the external signers, by number. */
const signers = new Map();
let lastSigner = 0;
let channel;

/** The native key whose signatures `sign` makes. */
function externalKey(publicKey, sign) {
  channel ??= unwrap(native.signerChannelNew(makeSignature));
  for (const ended of native.signersEnded(channel)) {
    signers.delete(ended);
  }
  lastSigner = (lastSigner + 1) % 2 ** 32;
  const key = unwrap(native.signingKeyExternal(publicKey, sign, channel, lastSigner));
  // The native side calls in the async context that opened the channel, that of the first key.
  signers.set(lastSigner, AsyncResource.bind(sign));
  return key;
}

async function makeSignature(signer, message, digest, request) {
  try {
    native.signatureFinish(request, await signers.get(signer)(message, digest));
  } catch (error) {
    native.signatureFail(request, nameOf(error), remember(error));
  }
}

module.exports = { externalKey };

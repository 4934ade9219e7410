'use strict';

const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { externalKey } = require('./signer.js');
const { warn } = require('./warnings.js');

/** The handle of a SigningKey on the native side; any other value unchanged. */
let signingKeyHandle;

/** The handle of a VerifyingKey on the native side; any other value unchanged. */
let verifyingKeyHandle;

class SigningKey {
  #handle;

  static load(folder) {
    return new SigningKey(unwrap(native.signingKeyLoad(folder)));
  }

  static fromPem(pem, password) {
    return new SigningKey(unwrap(native.signingKeyFromPem(pem, password)));
  }

  static external(publicKey, sign) {
    return new SigningKey(externalKey(verifyingKeyHandle(publicKey), sign));
  }

  static {
    signingKeyHandle = (cert) => (#handle in Object(cert) ? cert.#handle : cert);
  }

  constructor({ handle, bits, notices }) {
    this.#handle = checkHandle(handle, 'SigningKey');
    this.bits = bits;
    Object.freeze(this);
    warn(notices);
  }

  sign(data, options) {
    return unwrap(native.signingKeySign(this.#handle, data, options));
  }
}

class VerifyingKey {
  #handle;

  static load(folder) {
    return new VerifyingKey(unwrap(native.verifyingKeyLoad(folder)));
  }

  static fromPem(pem) {
    return new VerifyingKey(unwrap(native.verifyingKeyFromPem(pem)));
  }

  static {
    verifyingKeyHandle = (cert) => (#handle in Object(cert) ? cert.#handle : cert);
  }

  constructor(handle) {
    this.#handle = checkHandle(handle, 'VerifyingKey');
  }

  verify(data, signature, options) {
    return unwrap(native.verifyingKeyVerify(this.#handle, data, signature, options));
  }
}

function checkHandle(handle, name) {
  if (!native.isHandle(handle)) {
    throw new TypeError(`${name}: use ${name}.load(folder) or ${name}.fromPem(pem)`);
  }
  return handle;
}

module.exports = { SigningKey, VerifyingKey, signingKeyHandle, verifyingKeyHandle };

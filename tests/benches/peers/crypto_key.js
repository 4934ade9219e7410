// Signing with node:crypto and a key that is loaded once, for the Node peers.

'use strict';

const { createPrivateKey, sign } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { promisify } = require('node:util');

const signInThreads = promisify(sign);

function loadKey(folder) {
  const key = createPrivateKey({
    key: readFileSync(`${folder}/private.pem`),
    passphrase: readFileSync(`${folder}/password.txt`, 'utf8').trim(),
  });
  return {
    sign: (body) => sign('sha1', body, key).toString('base64'),
    signInThreads: async (body) => (await signInThreads('sha1', body, key)).toString('base64'),
  };
}

module.exports = { loadKey };

// The provider's Node sample, from its page on the payout status. It loads the key for each call and leaves connections to
// Node. Rewritten with the sample's statements in the same order; the bench sets digest, address and certificate folder.

'use strict';

const { createSign } = require('node:crypto');
const { readFileSync } = require('node:fs');
const https = require('node:https');

function sign(folder, body) {
  const key = readFileSync(`${folder}/private.pem`, 'utf8');
  const passphrase = readFileSync(`${folder}/password.txt`, 'utf8').trim();
  const signer = createSign('SHA1');
  signer.update(body);
  signer.end();
  return signer.sign({ key, passphrase }, 'base64');
}

function connect({ tls_url, account, payout_cert }) {
  const { hostname, port } = new URL(tls_url);
  return (path, data) => {
    const body = JSON.stringify(data);
    const options = {
      hostname,
      port,
      path: `/${path}`,
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Account: account,
        Sign: sign(payout_cert, body),
        'User-Agent': 'AliKassa2.0 API',
      },
      timeout: 30_000,
    };
    return new Promise((resolve, reject) => {
      const request = https.request(options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(JSON.parse(text)));
      });
      request.on('error', reject);
      request.write(body);
      request.end();
    });
  };
}

module.exports = { connect, sign };

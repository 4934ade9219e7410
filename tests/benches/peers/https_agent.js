// node:https with one keep-alive agent and a key that is loaded once.

'use strict';

const https = require('node:https');

const { loadKey } = require('./crypto_key.js');

function connect({ tls_url, account, payout_cert }) {
  const { sign } = loadKey(payout_cert);
  const { hostname, port } = new URL(tls_url);
  const agent = new https.Agent({ keepAlive: true });
  return (path, data) => {
    const body = Buffer.from(JSON.stringify(data));
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Account: account,
      Sign: sign(body),
    };
    const options = { agent, hostname, port, path: `/${path}`, method: 'POST', headers, timeout: 30_000 };
    return new Promise((resolve, reject) => {
      const request = https.request(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks).toString()));
          else reject(new Error(`HTTP status ${response.statusCode}`));
        });
        response.on('error', reject);
      });
      request.on('error', reject);
      request.on('timeout', () => request.destroy(new Error('no response within 30 s')));
      request.end(body);
    });
  };
}

module.exports = { connect };

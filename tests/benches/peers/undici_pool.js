// undici with one pool and a key that is loaded once. Signs on the event loop, or in libuv's threads.

'use strict';

const { Pool } = require('undici');

const { loadKey } = require('./crypto_key.js');

function connect({ tls_url, account, payout_cert }, connections, { remembersSignatures = false } = {}) {
  const { sign: signOnce, signInThreads } = loadKey(payout_cert);
  const sign = remembersSignatures ? remembered(signOnce) : signOnce;
  const pool = new Pool(tls_url, { connections, headersTimeout: 30_000, bodyTimeout: 30_000 });

  async function post(path, body, signature) {
    const headers = { 'content-type': 'application/json', account, sign: signature };
    const response = await pool.request({ path: `/${path}`, method: 'POST', headers, body });
    if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`);
    return response.body.json();
  }

  return {
    call(path, data) {
      const body = Buffer.from(JSON.stringify(data));
      return post(path, body, sign(body));
    },
    async callWithThreads(path, data) {
      const body = Buffer.from(JSON.stringify(data));
      return post(path, body, await signInThreads(body));
    },
    close: () => pool.close(),
  };
}

// Signs each body once.
function remembered(sign) {
  const signatures = new Map();
  return (body) => {
    const text = body.toString();
    if (!signatures.has(text)) signatures.set(text, sign(body));
    return signatures.get(text);
  };
}

module.exports = { connect };

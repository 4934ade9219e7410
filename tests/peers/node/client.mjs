// The provider's Node sample as a JSON-lines program. tests/README.md documents the protocol.

import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

const verbs = {
  hello: () => ({ language: 'node', version: process.versions.node, verbs: Object.keys(verbs) }),
  sign: ({ key, body, digest }) => sign(Buffer.from(body, 'base64'), key, digest),
  send,
};

function sign(body, folder, digest) {
  const key = readFileSync(`${folder}/private.pem`, 'utf8');
  const passphrase = readFileSync(`${folder}/password.txt`, 'utf8').trim();
  return createSign(digest).update(body).sign({ key, passphrase }, 'base64');
}

function send({ url, ca_file, account, key, digest, data }) {
  const body = JSON.stringify(data);
  const options = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Account: account, Sign: sign(body, key, digest) },
    timeout: 30_000,
    ca: ca_file && readFileSync(ca_file),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? https : http).request(url, options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(parts).toString('base64') }),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no response within 30 s')));
    request.on('error', reject);
    // A write before the end, without a Content-Length, makes the body chunked, as in the sample.
    request.write(body);
    request.end();
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  let response;
  try {
    const request = JSON.parse(line);
    const verb = Object.hasOwn(verbs, request.do) && verbs[request.do];
    response = verb ? { ok: await verb(request) } : { error: { class: 'UnknownVerb' } };
  } catch (error) {
    response = { error: { class: error.name, code: error.code, message: error.message } };
  }
  process.stdout.write(`${JSON.stringify(response)}\n`);
}

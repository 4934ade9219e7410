// B9: encoding a body of twenty fields, compared with one signature over it. Prints the seconds per call as JSON.

'use strict';

const { canonicalJson, SigningKey } = require('alikassa');

const { alternate } = require('./alternate.js');

const ROUNDS = 300;
const CALLS = { ours: 50, 'JSON.stringify': 50, 'one signature': 2 };

async function main(body, folder) {
  const key = SigningKey.load(folder);
  const bytes = canonicalJson(body);
  const candidates = {
    ours: () => canonicalJson(body),
    'JSON.stringify': () => Buffer.from(JSON.stringify(body)),
    'one signature': () => key.sign(bytes, { digest: 'sha1' }),
  };
  console.log(JSON.stringify(await alternate(candidates, ROUNDS, CALLS)));
}

main(JSON.parse(process.argv[2]), process.argv[3]);

// B1: signing distinct bodies with a loaded key. Prints the seconds per signature as JSON.

'use strict';

const { SigningKey } = require('alikassa');

const { loadKey } = require('../peers/crypto_key.js');
const { alternate } = require('./alternate.js');

const ROUNDS = 200;
const CALLS = 5;

async function main(folder) {
  const ours = SigningKey.load(folder);
  const theirs = loadKey(folder);
  const body = (n) => Buffer.from(`{"id":"${n}"}`);
  const candidates = {
    ours: (n) => ours.sign(body(n), { digest: 'sha1' }),
    'node:crypto': (n) => theirs.sign(body(n)),
  };
  console.log(JSON.stringify(await alternate(candidates, ROUNDS, CALLS)));
}

main(process.argv[2]);

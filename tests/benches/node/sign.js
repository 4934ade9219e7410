// B1: signing distinct bodies with a key that is loaded. Prints seconds per signature as JSON.

'use strict';

const { SigningKey } = require('alikassa');

const { loadKey } = require('../peers/crypto_key.js');
const { alternate } = require('./alternate.js');

const ROUNDS = 200;
const EACH = 5;

async function main(folder) {
  const ours = SigningKey.load(folder);
  const theirs = loadKey(folder);
  const body = (n) => Buffer.from(`{"id":"${n}"}`);
  const contestants = {
    ours: (n) => ours.sign(body(n), { digest: 'sha1' }),
    'node:crypto': (n) => theirs.sign(body(n)),
  };
  console.log(JSON.stringify(await alternate(contestants, ROUNDS, EACH)));
}

main(process.argv[2]);

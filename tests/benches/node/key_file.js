// B2: loading the encrypted key file and making the first signature, in a warm process. Prints the seconds as JSON.

'use strict';

const { SigningKey } = require('alikassa');

const documented = require('../peers/documented.js');
const { alternate } = require('./alternate.js');

const ROUNDS = 200;

async function main(folder) {
  const candidates = {
    ours: (n) => SigningKey.load(folder).sign(`{"id":"${n}"}`, { digest: 'sha1' }),
    'documented sample': (n) => documented.sign(folder, `{"id":"${n}"}`),
  };
  console.log(JSON.stringify(await alternate(candidates, ROUNDS, 1)));
}

main(process.argv[2]);

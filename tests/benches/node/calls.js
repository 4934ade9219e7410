// B3 and B4: one call after another over TLS. Prints the seconds per call as JSON.
//
// The second argument is the operation: `distinct`, statuses of changing payouts; `status`, the same status repeatedly; or
// `balance`.

'use strict';

const { ok } = require('node:assert/strict');

const documented = require('../peers/documented.js');
const https_agent = require('../peers/https_agent.js');
const undici_pool = require('../peers/undici_pool.js');
const { alternate } = require('./alternate.js');
const { connect } = require('./ours.js');

const ROUNDS = 120;
const CALLS = 10;

async function main(server, operation) {
  const pool = undici_pool.connect(server, 1);
  const candidates = {
    ours: ours(server, operation),
    'node:https': theirs(https_agent.connect(server), server, operation),
    undici: theirs(pool.call, server, operation),
    'documented sample': theirs(documented.connect(server), server, operation),
  };
  console.log(JSON.stringify(await alternate(candidates, ROUNDS, CALLS)));
  await pool.close();
  process.exit();
}

function ours(server, operation) {
  const client = connect(server);
  if (operation === 'balance') return () => client.account.balance();
  return (n) => client.payouts.status({ id: payout(server, operation, n) });
}

// The same with a peer. Its response must be the requested one.
function theirs(call, server, operation) {
  const status = async (n) => {
    const id = payout(server, operation, n);
    const response = await call('v1/payout/status', { id: String(id) });
    ok(response.id === id, response.message);
  };
  const balance = async () => {
    const response = await call('v1/account/balance', {});
    ok(response.currency === 'RUB', response.message);
  };
  return operation === 'balance' ? balance : status;
}

// The payout that the call with this number requests.
function payout({ payouts }, operation, n) {
  return payouts[operation === 'distinct' ? n % payouts.length : 0];
}

main(JSON.parse(process.argv[2]), process.argv[3]);

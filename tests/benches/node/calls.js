// B3 and B4: one call after another over TLS. Prints seconds per call as JSON.
//
// What is asked for is the second argument: `distinct`, a status that was not asked for lately; `status`, the same again and
// again; or `balance`.

'use strict';

const { ok } = require('node:assert/strict');

const documented = require('../peers/documented.js');
const https_agent = require('../peers/https_agent.js');
const undici_pool = require('../peers/undici_pool.js');
const { alternate } = require('./alternate.js');
const { connect } = require('./ours.js');

const ROUNDS = 120;
const EACH = 10;

async function main(server, asked) {
  const pool = undici_pool.connect(server, 1);
  const contestants = {
    ours: ours(server, asked),
    'node:https': theirs(https_agent.connect(server), server, asked),
    undici: theirs(pool.call, server, asked),
    'documented sample': theirs(documented.connect(server), server, asked),
  };
  console.log(JSON.stringify(await alternate(contestants, ROUNDS, EACH)));
  await pool.close();
  process.exit();
}

function ours(server, asked) {
  const client = connect(server);
  if (asked === 'balance') return () => client.account.balance();
  return (n) => client.payouts.status({ id: payout(server, asked, n) });
}

// The same through a peer, whose answer must be the one asked for.
function theirs(call, server, asked) {
  const status = async (n) => {
    const id = payout(server, asked, n);
    const answer = await call('v1/payout/status', { id: String(id) });
    ok(answer.id === id, answer.message);
  };
  const balance = async () => {
    const answer = await call('v1/account/balance', {});
    ok(answer.currency === 'RUB', answer.message);
  };
  return asked === 'balance' ? balance : status;
}

// The payout that the call with this number asks for.
function payout({ payouts }, asked, n) {
  return payouts[asked === 'distinct' ? n % payouts.length : 0];
}

main(JSON.parse(process.argv[2]), process.argv[3]);

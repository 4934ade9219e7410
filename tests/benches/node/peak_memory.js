// The peak memory of a process with many calls in flight. Prints its bytes as JSON.
//
// The arguments are the server, `ours` or `undici`, and the number of calls in flight. The server waits before each
// response, so that all calls are in flight at once.

'use strict';

const { setTimeout } = require('node:timers/promises');

const undici_pool = require('../peers/undici_pool.js');
const { ours, theirs } = require('./statuses.js');

const ROUNDS = 2;
// So many calls start at once, for the server accepts connections one by one.
const BURST = 20;
const PAUSE_MS = 10;

async function main(server, whose, inFlight) {
  const status =
    whose === 'ours'
      ? ours(server, inFlight)
      : theirs(undici_pool.connect(server, inFlight, { remembersSignatures: true }).call);
  for (let round = 0; round < ROUNDS; round += 1) {
    const calls = [];
    while (calls.length < inFlight) {
      if (calls.length % BURST === 0) await setTimeout(PAUSE_MS);
      calls.push(status(server.payouts[0]));
    }
    await Promise.all(calls);
  }
  console.log(JSON.stringify(process.resourceUsage().maxRSS * 1024));
  process.exit();
}

main(JSON.parse(process.argv[2]), process.argv[3], Number(process.argv[4]));

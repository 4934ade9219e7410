// The processor time of a status without its signature, at several numbers of calls in flight, to a server with a delay.
//
// The same status is requested again and again, so that we and the peer remember its signature. Prints, for each round, the
// seconds of processor time and the context switches of this process per call, as JSON. The second argument is the number
// of calls in flight.

'use strict';

const undici_pool = require('../peers/undici_pool.js');
const { alternateBatches } = require('./alternate.js');
const { ours, theirs } = require('./statuses.js');

const ROUNDS = 12;
// The server waits 50 ms before each response.
const CALLS_PER_CONNECTION = 10;

async function main(server, inFlight) {
  const { call, close } = undici_pool.connect(server, inFlight, { remembersSignatures: true });
  const clients = { ours: ours(server, inFlight), undici: theirs(call) };
  const batches = Object.entries(clients).map(([name, status]) => [
    name,
    () => measure(status, server.payouts[0], inFlight),
  ]);
  const measured = Object.entries(await alternateBatches(Object.fromEntries(batches), ROUNDS));
  const column = (key) => Object.fromEntries(measured.map(([name, rounds]) => [name, rounds.map((round) => round[key])]));
  console.log(JSON.stringify({ seconds: column('seconds'), switches: column('switches') }));
  await close();
  process.exit();
}

// Processor time and context switches per call.
async function measure(status, payout, inFlight) {
  const before = process.resourceUsage();
  await Promise.all(Array.from({ length: inFlight }, () => work(status, payout)));
  const after = process.resourceUsage();
  const calls = inFlight * CALLS_PER_CONNECTION;
  const sum = (...keys) => keys.reduce((total, key) => total + after[key] - before[key], 0) / calls;
  return {
    seconds: sum('userCPUTime', 'systemCPUTime') / 1e6,
    switches: sum('voluntaryContextSwitches', 'involuntaryContextSwitches'),
  };
}

// Requests one status after another.
async function work(status, payout) {
  for (let n = 0; n < CALLS_PER_CONNECTION; n += 1) await status(payout);
}

main(JSON.parse(process.argv[2]), Number(process.argv[3]));

// B5 and B7: many calls at once over TLS from one event loop, to a server that takes its time. Prints as JSON what each flight took
// per call, and how late the loop then was with what was due, the 99th percentile, both in seconds.

'use strict';

const { ok } = require('node:assert/strict');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const undici_pool = require('../peers/undici_pool.js');
const { alternateFlights } = require('./alternate.js');
const { connect } = require('./ours.js');

const ROUNDS = 20;
const CALLS = 2_000;
const AT_ONCE = 200;
const TICK_MS = 1;

async function main(server) {
  const { call, callWithThreads, close } = undici_pool.connect(server, AT_ONCE);
  const asks = { ours: ours(server), undici: theirs(call), 'undici, threads sign': theirs(callWithThreads) };
  const flights = Object.entries(asks).map(([name, ask]) => [name, () => flight(ask, server.payouts.slice(0, CALLS))]);
  const measured = Object.entries(await alternateFlights(Object.fromEntries(flights), ROUNDS));
  const each = (kind) => Object.fromEntries(measured.map(([name, rounds]) => [name, rounds.map((round) => round[kind])]));
  console.log(JSON.stringify({ seconds: each('seconds'), late: each('late') }));
  await close();
}

// What a user of the library writes.
function ours(server) {
  const client = connect(server, { maxConnections: AT_ONCE });
  return (id) => client.payouts.status({ id });
}

// The same through a peer, whose answer must be the one asked for.
function theirs(call) {
  return async (id) => {
    const answer = await call('v1/payout/status', { id: String(id) });
    ok(answer.id === id, answer.message);
  };
}

// Seconds per call of one flight, and how late the event loop was meanwhile.
async function flight(ask, payouts) {
  const orders = payouts.values();
  const delay = monitorEventLoopDelay({ resolution: TICK_MS });
  delay.enable();
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => askAll(ask, orders)));
  const seconds = (performance.now() - began) / 1000 / CALLS;
  delay.disable();
  // The histogram holds the time from tick to tick.
  return { seconds, late: Math.max(0, delay.percentile(99) / 1e9 - TICK_MS / 1000) };
}

// Ask for one order after another, as long as there is one.
async function askAll(ask, orders) {
  for (const order of orders) await ask(order);
}

main(JSON.parse(process.argv[2]));

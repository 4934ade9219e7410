// B5 and B7: many concurrent calls over TLS from one event loop, to a server with a delay. Prints, for each round, the
// seconds per call and the 99th percentile of the event loop's delay in seconds, as JSON.

'use strict';

const { monitorEventLoopDelay } = require('node:perf_hooks');

const undici_pool = require('../peers/undici_pool.js');
const { alternateBatches } = require('./alternate.js');
const { ours, theirs } = require('./statuses.js');

const ROUNDS = 20;
const CALLS = 2_000;
const CONCURRENCY = 200;
const TICK_MS = 1;

async function main(server) {
  const { call, callWithThreads, close } = undici_pool.connect(server, CONCURRENCY);
  const clients = { ours: ours(server, CONCURRENCY), undici: theirs(call), 'undici, threads sign': theirs(callWithThreads) };
  const payouts = server.payouts.slice(0, CALLS);
  const batches = Object.entries(clients).map(([name, status]) => [name, () => measure(status, payouts)]);
  const measured = Object.entries(await alternateBatches(Object.fromEntries(batches), ROUNDS));
  const column = (key) => Object.fromEntries(measured.map(([name, rounds]) => [name, rounds.map((round) => round[key])]));
  console.log(JSON.stringify({ seconds: column('seconds'), delay: column('delay') }));
  await close();
}

// Seconds per call, and the event loop's delay during the calls.
async function measure(status, payouts) {
  const queue = payouts.values();
  const monitor = monitorEventLoopDelay({ resolution: TICK_MS });
  monitor.enable();
  const start = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, () => work(status, queue)));
  const seconds = (performance.now() - start) / 1000 / CALLS;
  monitor.disable();
  // The histogram holds the time between two ticks, the tick's own length included.
  return { seconds, delay: Math.max(0, monitor.percentile(99) / 1e9 - TICK_MS / 1000) };
}

// Requests one status after another until the queue is empty.
async function work(status, queue) {
  for (const id of queue) await status(id);
}

main(JSON.parse(process.argv[2]));

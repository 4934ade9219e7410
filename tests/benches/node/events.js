// The time that a hook adds to a call: a repeated status of a server on this machine, and a notification, which needs
// none. Prints the seconds per call as JSON.
//
// Both clients take turns. The events are delivered while the calls go on, so their whole cost is in the time.

'use strict';

const { strictEqual } = require('node:assert/strict');

const { alternate } = require('./alternate.js');
const { connect } = require('./ours.js');

const ROUNDS = 100;
const CALLS = 100;

async function main(server) {
  let events = 0;
  const hooks = { ours: () => (events += 1), 'no hook': undefined };
  const query = await notification(server.url);
  const clients = Object.entries(hooks).map(([name, onEvent]) => [
    name,
    connect(server, { notificationCert: server.notification_cert, onEvent }),
  ]);
  const each = (call) => Object.fromEntries(clients.map(([name, client]) => [name, () => call(client)]));
  const times = {
    status: await alternate(each((client) => client.payouts.status({ id: server.payouts[0] })), ROUNDS, CALLS),
    verify: await alternate(each((client) => verify(client, query)), ROUNDS, CALLS),
  };
  for (const [, client] of clients) await client.close();
  strictEqual(events, 5 * (ROUNDS + 1) * CALLS);
  console.log(JSON.stringify(times));
}

// Events are delivered between turns of the event loop.
async function verify(client, query) {
  client.notifications.verify({ query });
  await new Promise(setImmediate);
}

// The query of a notification, signed by the sandbox.
async function notification(url) {
  const body = JSON.stringify({ order_id: '1756900030' });
  const response = await fetch(`${url}/_sandbox/notify`, { method: 'POST', body });
  return (await response.json()).query;
}

main(JSON.parse(process.argv[2]));

// A status as a user of the library requests it, and the same with a peer.

'use strict';

const { ok } = require('node:assert/strict');

const { connect } = require('./ours.js');

// The code that a user of the library writes.
function ours(server, connections) {
  const client = connect(server, { maxConnections: connections });
  return (id) => client.payouts.status({ id });
}

// The same with a peer. Its response must be the requested one.
function theirs(call) {
  return async (id) => {
    const response = await call('v1/payout/status', { id: String(id) });
    ok(response.id === id, response.message);
  };
}

module.exports = { ours, theirs };

// The library, set up as a user would, in the same way for all scripts.

'use strict';

const { Client } = require('alikassa');

// A client with a fixed digest, so that only the call is measured.
function connect(server, options) {
  return new Client({
    account: server.account,
    payoutCert: server.payout_cert,
    baseUrl: server.tls_url,
    caFile: server.ca_file,
    digest: 'sha1',
    ...options,
  });
}

module.exports = { connect };

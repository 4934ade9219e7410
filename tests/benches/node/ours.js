// The library as a user of it would set it up, for all scripts the same.

'use strict';

const { Client } = require('alikassa');

// A client whose digest is settled, so that nothing but the call is measured.
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

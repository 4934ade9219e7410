'use strict';

const { AliKassaError } = require('./alikassa_error.js');
const { canonicalJson } = require('./canonical_json.js');
const { Client } = require('./client.js');
const { SigningKey, VerifyingKey } = require('./keys.js');
const { Ledger } = require('./ledger.js');
const native = require('./native.js');
const { Reconciled, Reply, Resolution, StatusResult } = require('./responses.js');
const { Support } = require('./support.js');

const version = native.version();

// `import { … }` finds the names by parsing this object, not by running it. The parser knows only
// shorthand names and spreads of `require`.
module.exports = {
  ...require('./generated/errors.js'),
  ...require('./generated/records.js'),
  AliKassaError,
  Client,
  Ledger,
  Reconciled,
  Reply,
  Resolution,
  SigningKey,
  StatusResult,
  Support,
  VerifyingKey,
  canonicalJson,
  version,
};

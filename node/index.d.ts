/**
 * The client, its errors and its types.
 *
 * @module alikassa
 */

// The types of the package. What follows from the core's tables is generated, in `types/generated`.
// What these lines leave out is internal: `record`, `resources` and `generated/resources`.

export * from './types/generated/errors.js';
export * from './types/generated/operations.js';
export * from './types/generated/options.js';
export * from './types/generated/records.js';
export * from './types/generated/requests.js';

export * from './types/alikassa_error.js';
export * from './types/call_options.js';
export * from './types/client.js';
export * from './types/keys.js';
export * from './types/ledger.js';
export * from './types/limits.js';
export * from './types/orders.js';
export * from './types/responses.js';
export * from './types/support.js';
export * from './types/values.js';
export * from './types/webhooks.js';

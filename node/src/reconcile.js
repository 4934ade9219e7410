'use strict';

const { Batch, Progress } = require('./batch.js');
const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { Reconciled } = require('./responses.js');

/** Requests the statuses of the open rows. Calls `warn` repeatedly. Returns the rows at the end. */
async function reconcile(client, options, warn) {
  const handle = unwrap(native.reconcileOpen(client, options, true));
  const { onProgress, signal } = options ?? {};
  const progress = new Progress(onProgress);
  const settled = [];
  for await (const reconciled of results(handle, signal, warn)) {
    settled.push(reconciled);
    progress.count(reconciled);
  }
  const failed = settled.find(({ error }) => error !== null);
  if (failed !== undefined) {
    throw failed.error;
  }
  return settled.map(({ row }) => row).sort((one, other) => one.created_ms - other.created_ms);
}

/** The same, row by row. */
function iterReconcile(client, options, warn) {
  const handle = unwrap(native.reconcileOpen(client, options, false));
  return results(handle, options?.signal, warn);
}

function results(handle, signal, warn) {
  const stream = {
    handle,
    nextEvent: native.reconcileNextEvent,
    ready: native.reconcileReady,
    close: native.reconcileClose,
    isBusy: () => true,
  };
  const batch = new Batch(stream, signal, warn);
  return batch.stoppable(rows(batch));
}

async function* rows(batch) {
  for await (const { reconciled } of batch.events()) {
    yield new Reconciled(reconciled);
  }
}

module.exports = { iterReconcile, reconcile };

'use strict';

const { Batch, Progress } = require('./batch.js');
const { unwrap } = require('./errors.js');
const native = require('./native.js');
const { Reconciled } = require('./responses.js');

/** Requests the statuses of the open rows. Returns the rows at the end. */
async function reconcile(client, options) {
  const handle = unwrap(native.reconcileOpen(client.handle, options, true));
  const { onProgress, signal } = options ?? {};
  const progress = new Progress(onProgress);
  const settled = [];
  for await (const reconciled of results(client, handle, signal)) {
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
function iterReconcile(client, options) {
  const handle = unwrap(native.reconcileOpen(client.handle, options, false));
  return results(client, handle, options?.signal);
}

function results(client, handle, signal) {
  const stream = {
    handle,
    nextEvent: native.reconcileNextEvent,
    ready: native.reconcileReady,
    close: native.reconcileClose,
    isBusy: () => true,
  };
  const batch = new Batch(client, stream, signal);
  return batch.stoppable(rows(batch));
}

async function* rows(batch) {
  for await (const { reconciled } of batch.events()) {
    yield new Reconciled(reconciled);
  }
}

module.exports = { iterReconcile, reconcile };

/* The ledger. */

#include "driver.h"

static int32_t release(const alikassa_ledger *ledger, alikassa_str request,
                       alikassa_error **error) {
  alikassa_str operation = json_text(json_slice(request, "operation"));
  alikassa_str order_id = json_text(json_slice(request, "order_id"));
  alikassa_str reason = json_text(json_slice(request, "reason"));
  alikassa_str account = json_text(json_slice(request, "account"));
  return alikassa_ledger_release(ledger, operation.data, operation.len, order_id.data,
                                 order_id.len, reason.data, reason.len, account.data, account.len,
                                 error);
}

void handle_ledger(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  alikassa_str act = json_text(json_slice(request, "act"));
  alikassa_ledger *ledger = NULL;
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  if (alikassa_ledger_new(path.data, path.len, &ledger, &error) ||
      (is(act, "open") ? alikassa_ledger_open(ledger, &rows, &error)
                       : release(ledger, request, &error))) {
    respond_error(error);
  } else if (rows) {
    respond_json(rows);
  } else {
    respond_null();
  }
  alikassa_ledger_free(ledger);
}

/* The ledger. */

#include "driver.h"

#include <stdlib.h>

/* Each act writes a reply if it has one. */
typedef int32_t act(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                    alikassa_error **error);

static act open_rows, get, rows, release, backup, resume;

static const struct {
  const char *name;
  act *run;
} acts[] = {{"open", open_rows},   {"get", get},       {"rows", rows},
            {"release", release}, {"backup", backup}, {"resume", resume}};

static alikassa_str text(alikassa_str request, const char *key) {
  return json_text(json_slice(request, key));
}

static int32_t open_rows(const alikassa_ledger *ledger, alikassa_str request,
                         alikassa_reply **reply, alikassa_error **error) {
  (void)request;
  return alikassa_ledger_open(ledger, reply, error);
}

static int32_t get(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                   alikassa_error **error) {
  alikassa_str operation = text(request, "operation"), order_id = text(request, "order_id");
  alikassa_str account = text(request, "account");
  return alikassa_ledger_get(ledger, operation.data, operation.len, order_id.data, order_id.len,
                             account.data, account.len, reply, error);
}

static int32_t rows(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                    alikassa_error **error) {
  int64_t since = (int64_t)json_number(json_slice(request, "since"));
  return alikassa_ledger_rows(ledger, since, reply, error);
}

static int32_t release(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                       alikassa_error **error) {
  (void)reply;
  alikassa_str operation = text(request, "operation"), order_id = text(request, "order_id");
  alikassa_str reason = text(request, "reason"), account = text(request, "account");
  return alikassa_ledger_release(ledger, operation.data, operation.len, order_id.data,
                                 order_id.len, reason.data, reason.len, account.data, account.len,
                                 error);
}

static int32_t backup(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                      alikassa_error **error) {
  (void)reply;
  alikassa_str to = text(request, "to");
  return alikassa_ledger_backup(ledger, to.data, to.len, error);
}

static int32_t resume(const alikassa_ledger *ledger, alikassa_str request, alikassa_reply **reply,
                      alikassa_error **error) {
  (void)reply;
  alikassa_str reason = text(request, "reason");
  return alikassa_ledger_resume(ledger, reason.data, reason.len, error);
}

static act *find(alikassa_str name) {
  for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
    if (is(name, acts[i].name)) {
      return acts[i].run;
    }
  }
  fprintf(stderr, "driver: unknown act %.*s\n", (int)name.len, name.data);
  exit(1);
}

/* The protocol's `get` returns a row or null, and the C interface a list. */
static void respond_row(alikassa_reply *reply) {
  const char *at = NULL;
  alikassa_str row = str("null");
  json_next_item(json_of(reply), &at, &row);
  printf("{\"ok\":");
  put(row);
  putchar('}');
  alikassa_reply_free(reply);
}

void handle_ledger(alikassa_str request) {
  alikassa_str path = text(request, "path"), name = text(request, "act");
  alikassa_ledger *ledger = NULL;
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_ledger_new(path.data, path.len, &ledger, &error) ||
      find(name)(ledger, request, &reply, &error)) {
    respond_error(error);
  } else if (is(name, "get")) {
    respond_row(reply);
  } else if (reply) {
    respond_json(reply);
  } else {
    respond_null();
  }
  alikassa_ledger_free(ledger);
}

/* The ledger. */

#include "driver.h"

#include <stdlib.h>

/* What an act returns: nothing, a row, or a list. */
struct result {
  int is_list;
  alikassa_reply **replies;
  size_t count;
};

typedef int32_t act(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                    alikassa_error **error);

static act open_rows, get, rows, events, release, backup, resume;

static const struct {
  const char *name;
  act *run;
} acts[] = {{"open", open_rows}, {"get", get},       {"rows", rows},    {"events", events},
            {"release", release}, {"backup", backup}, {"resume", resume}};

static alikassa_str text(alikassa_str request, const char *key) {
  return json_text(json_slice(request, key));
}

static void add(struct result *result, alikassa_reply *reply) {
  size_t size = (result->count + 1) * sizeof(alikassa_reply *);
  result->replies = realloc(result->replies, size);
  if (!result->replies) {
    abort();
  }
  result->replies[result->count++] = reply;
}

static int32_t read_rows(alikassa_rows *rows, struct result *result, alikassa_error **error) {
  alikassa_reply *row = NULL;
  int32_t status;
  result->is_list = 1;
  while (!(status = alikassa_rows_next(rows, &row, error)) && row) {
    add(result, row);
  }
  alikassa_rows_free(rows);
  return status;
}

static int32_t open_rows(const alikassa_ledger *ledger, alikassa_str request,
                         struct result *result, alikassa_error **error) {
  alikassa_rows *open = NULL;
  int32_t status = alikassa_ledger_open(ledger, &open, error);
  (void)request;
  return status ? status : read_rows(open, result, error);
}

static int32_t get(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                   alikassa_error **error) {
  alikassa_str operation = text(request, "operation"), order_id = text(request, "order_id");
  alikassa_str account = text(request, "account");
  alikassa_reply *row = NULL;
  int32_t status = alikassa_ledger_get(ledger, operation.data, operation.len, order_id.data,
                                       order_id.len, account.data, account.len, &row, error);
  if (row) {
    add(result, row);
  }
  return status;
}

static int32_t rows(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                    alikassa_error **error) {
  alikassa_str state = text(request, "state"), account = text(request, "account");
  int64_t since = (int64_t)duration(request, "since");
  alikassa_rows *selected = NULL;
  int32_t status = alikassa_ledger_rows(ledger, state.data, state.len, since, account.data,
                                        account.len, &selected, error);
  return status ? status : read_rows(selected, result, error);
}

static int32_t events(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                      alikassa_error **error) {
  alikassa_str operation = text(request, "operation"), order_id = text(request, "order_id");
  alikassa_str account = text(request, "account");
  int64_t since = (int64_t)duration(request, "since");
  alikassa_events *selected = NULL;
  alikassa_reply *event = NULL;
  int32_t status = alikassa_ledger_events(ledger, operation.data, operation.len, order_id.data,
                                          order_id.len, account.data, account.len, since,
                                          &selected, error);
  result->is_list = 1;
  while (!status && !(status = alikassa_events_next(selected, &event, error)) && event) {
    add(result, event);
  }
  alikassa_events_free(selected);
  return status;
}

static int32_t release(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                       alikassa_error **error) {
  (void)result;
  alikassa_str operation = text(request, "operation"), order_id = text(request, "order_id");
  alikassa_str reason = text(request, "reason"), account = text(request, "account");
  return alikassa_ledger_release(ledger, operation.data, operation.len, order_id.data,
                                 order_id.len, reason.data, reason.len, account.data, account.len,
                                 error);
}

static int32_t backup(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                      alikassa_error **error) {
  (void)result;
  alikassa_str to = text(request, "to");
  return alikassa_ledger_backup(ledger, to.data, to.len, error);
}

static int32_t resume(const alikassa_ledger *ledger, alikassa_str request, struct result *result,
                      alikassa_error **error) {
  (void)result;
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

static void respond_result(const struct result *result) {
  printf("{\"ok\":");
  if (result->is_list) {
    putchar('[');
  } else if (!result->count) {
    put(str("null"));
  }
  for (size_t i = 0; i < result->count; i++) {
    if (i) {
      putchar(',');
    }
    put(json_of(result->replies[i]));
  }
  if (result->is_list) {
    putchar(']');
  }
  putchar('}');
}

void handle_ledger(alikassa_str request) {
  alikassa_str path = text(request, "path"), name = text(request, "act");
  alikassa_ledger *ledger = NULL;
  alikassa_error *error = NULL;
  struct result result = {0, NULL, 0};
  if (alikassa_ledger_new(path.data, path.len, &ledger, &error) ||
      find(name)(ledger, request, &result, &error)) {
    respond_error(error);
  } else {
    respond_result(&result);
  }
  for (size_t i = 0; i < result.count; i++) {
    alikassa_reply_free(result.replies[i]);
  }
  free(result.replies);
  alikassa_ledger_free(ledger);
}

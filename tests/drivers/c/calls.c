/* Calls of the API. */

#define _POSIX_C_SOURCE 200809L

#include "driver.h"
#include "generated.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

uint64_t duration(alikassa_str request, const char *name) {
  alikassa_str slice = json_slice(request, name);
  return json_is_null(slice) ? 0 : json_number(slice);
}

/* The status of a resolution does not contain its type. */
static void put_resolution(alikassa_reply *reply, const char *status_type) {
  alikassa_str json = json_of(reply), status = json_slice(json, "status");
  printf("{\"type\":\"Resolution\",\"found\":");
  put(json_slice(json, "found"));
  printf(",\"matched_by\":");
  put(json_slice(json, "matched_by"));
  printf(",\"other_id\":");
  put(json_slice(json, "other_id"));
  printf(",\"status\":");
  if (json_is_null(status)) {
    put(status);
  } else {
    put_record(str(status_type), status, body_of(reply));
    putchar('}');
  }
}

/* The updates of a wait as JSON, separated by commas. */
typedef struct {
  char *bytes;
  size_t len;
} update_list;

static int32_t add_update(void *context, alikassa_str status_json) {
  update_list *updates = context;
  alikassa_str status = json_slice(status_json, "payment_status");
  char *longer = keep(updates->len + status.len + 1);
  memcpy(longer, updates->bytes, updates->len);
  longer[updates->len] = updates->len ? ',' : ' ';
  memcpy(longer + updates->len + 1, status.data, status.len);
  updates->bytes = longer;
  updates->len += status.len + 1;
  return 0;
}

/* A call with its result. */
typedef struct {
  const alikassa_client *client;
  alikassa_call *call;
  alikassa_str operation, input;
  uint64_t timeout, deadline, interval;
  const char *resolution_status;
  int is_wait;
  update_list updates;
  alikassa_reply *reply;
  alikassa_error *error;
} driver_call;

/* Calls the operation. Returns 0 if there is none of that name. */
static int run(driver_call *c, int32_t *status) {
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITH_JSON); i++) {
    if (is(c->operation, OPERATIONS_WITH_JSON[i].name)) {
      *status = OPERATIONS_WITH_JSON[i].with(c->client, c->call, c->input.data, c->input.len,
                                             c->timeout, c->deadline, &c->reply, &c->error);
      return 1;
    }
  }
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITHOUT_JSON); i++) {
    if (is(c->operation, OPERATIONS_WITHOUT_JSON[i].name)) {
      *status = OPERATIONS_WITHOUT_JSON[i].with(c->client, c->call, c->timeout, c->deadline,
                                                &c->reply, &c->error);
      return 1;
    }
  }
  for (size_t i = 0; i < COUNT_OF(RESOLVES); i++) {
    if (is(c->operation, RESOLVES[i].name)) {
      c->resolution_status = RESOLVES[i].status;
      *status = RESOLVES[i].with(c->client, c->call, c->input.data, c->input.len, c->timeout,
                                 c->deadline, &c->reply, &c->error);
      return 1;
    }
  }
  for (size_t i = 0; i < COUNT_OF(WAITS); i++) {
    if (is(c->operation, WAITS[i].name)) {
      c->is_wait = 1;
      *status = WAITS[i].with(c->client, c->call, c->input.data, c->input.len, c->interval,
                              c->timeout, c->deadline, add_update, &c->updates, &c->reply,
                              &c->error);
      return 1;
    }
  }
  return 0;
}

/* Cancels a call after a while. */
typedef struct {
  const alikassa_call *call;
  uint64_t after_ms;
} canceller;

static void *cancel_later(void *later) {
  const canceller *cancel = later;
  const struct timespec pause = {(time_t)(cancel->after_ms / 1000),
                                 (long)(cancel->after_ms % 1000) * 1000000};
  nanosleep(&pause, NULL);
  alikassa_call_cancel(cancel->call, NULL);
  return NULL;
}

/* `run`, which is cancelled if the request says so. Every other call could be, since calls that can
 * be cancelled run on other threads. */
static int run_cancellable(alikassa_str request, driver_call *c, int32_t *status) {
  static unsigned calls;
  canceller cancel = {NULL, duration(request, "cancel_after")};
  pthread_t thread;
  if (calls++ % 2 || cancel.after_ms) {
    alikassa_call_new(&c->call, NULL);
  }
  cancel.call = c->call;
  int is_cancelled = cancel.after_ms && !pthread_create(&thread, NULL, cancel_later, &cancel);
  int found = run(c, status);
  if (is_cancelled) {
    pthread_join(thread, NULL);
  }
  alikassa_call_free(c->call);
  return found;
}

void handle_call(alikassa_str request) {
  alikassa_str input = json_slice(request, "input");
  driver_call call = {
      .client = *find_client(request),
      .operation = json_text(json_slice(request, "operation")),
      .input = input.data ? input : str("{}"),
      .timeout = duration(request, "timeout"),
      .deadline = duration(request, "deadline"),
      .interval = duration(request, "interval"),
      .updates = {keep(0), 0},
  };
  int32_t status = ALIKASSA_STATUS_OK;
  if (is(json_slice(request, "dry_run"), "true")) {
    status = alikassa_dry_run(call.client, call.operation.data, call.operation.len, call.input.data,
                              call.input.len, call.deadline, &call.reply, &call.error);
  } else if (!run_cancellable(request, &call, &status)) {
    respond_unsupported("UnknownOperation", call.operation);
    return;
  }
  if (status) {
    respond_error(call.error);
    return;
  }
  keep_support_of_reply(call.reply);
  printf("{\"ok\":");
  if (call.resolution_status) {
    put_resolution(call.reply, call.resolution_status);
  } else {
    put_reply(call.reply);
  }
  if (call.is_wait) {
    printf(",\"updates\":[%.*s]", (int)call.updates.len, call.updates.bytes);
  }
  printf("}}");
  alikassa_reply_free(call.reply);
}

void handle_reconcile(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_reconcile(*find_client(request), duration(request, "timeout"),
                         duration(request, "deadline"), &reply, &error)) {
    respond_error(error);
  } else {
    respond_json(reply);
  }
}

/* What became of a row, with the code of its error. */
static void put_reconciled(alikassa_reply *reply) {
  alikassa_error *error = NULL;
  alikassa_str code = {NULL, 0};
  alikassa_reply_error(reply, &error);
  alikassa_error_code(error, &code);
  alikassa_str row = json_slice(json_of(reply), "row");
  printf("%.*s,\"error\":", (int)row.len - 1, row.data);
  if (error) {
    put_text(code);
  } else {
    printf("null");
  }
  printf(",\"other_id\":");
  put(json_slice(json_of(reply), "other_id"));
  putchar('}');
  alikassa_error_free(error);
  alikassa_reply_free(reply);
}

void handle_iter_reconcile(alikassa_str request) {
  enum { MAX_ROWS = 64 };
  alikassa_reply *replies[MAX_ROWS];
  int count = 0;
  alikassa_reconcile_iter *rows = NULL;
  alikassa_error *error = NULL;
  uint32_t concurrency = (uint32_t)duration(request, "concurrency");
  int32_t status =
      alikassa_reconcile_start(*find_client(request), concurrency, 0, duration(request, "timeout"),
                               duration(request, "deadline"), &rows, &error);
  while (!status && count < MAX_ROWS &&
         !(status = alikassa_reconcile_next(rows, &replies[count], &error)) && replies[count]) {
    count++;
  }
  alikassa_reconcile_free(rows);
  if (status) {
    while (count > 0) {
      alikassa_reply_free(replies[--count]);
    }
    respond_error(error);
    return;
  }
  printf("{\"ok\":[");
  for (int i = 0; i < count; i++) {
    printf("%s", i ? "," : "");
    put_reconciled(replies[i]);
  }
  printf("]}");
}

void handle_raw_request(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  alikassa_str json = json_text(json_slice(request, "text"));
  alikassa_str cert = json_text(json_slice(request, "cert"));
  int32_t read = is(json_slice(request, "read"), "true");
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (is(json_slice(request, "dry_run"), "true")) {
    if (alikassa_request_dry_run(*find_client(request), path.data, path.len, json.data, json.len,
                                 cert.data, cert.len, duration(request, "deadline"), &reply, &error)) {
      respond_error(error);
      return;
    }
    keep_support_of_reply(reply);
    respond_reply(reply);
    return;
  }
  if (alikassa_request(*find_client(request), path.data, path.len, json.data, json.len, cert.data,
                       cert.len, read, duration(request, "timeout"),
                       duration(request, "deadline"), &reply, &error)) {
    respond_error(error);
    return;
  }
  keep_support_of_reply(reply);
  int32_t http_status = 0;
  alikassa_str body = {NULL, 0};
  alikassa_reply_http_status(reply, &http_status);
  alikassa_reply_body(reply, &body);
  printf("{\"ok\":{\"status\":%d,\"body\":", (int)http_status);
  put_base64(body);
  printf("}}");
  alikassa_reply_free(reply);
}

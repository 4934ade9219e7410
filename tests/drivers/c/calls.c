/* Calls of the API. */

#include "driver.h"

#include <string.h>

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
  printf(",\"status\":");
  if (json_is_null(status)) {
    put(status);
  } else {
    put_record(str(status_type), status, body_of(reply));
    putchar('}');
  }
}

typedef int32_t call_function(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                              alikassa_reply **, alikassa_error **);

typedef int32_t wait_function(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                              uint64_t, alikassa_on_update, void *, alikassa_reply **,
                              alikassa_error **);

static call_function balance, info;

static const struct {
  const char *name;
  call_function *call;
  wait_function *wait;
  const char *resolution_type;
} OPERATIONS[] = {
    {"payments.create", alikassa_payments_create, NULL, NULL},
    {"payments.status", alikassa_payments_status, NULL, NULL},
    {"payments.resolve", alikassa_payments_resolve, NULL, "Payment"},
    {"payments.wait", NULL, alikassa_payments_wait, NULL},
    {"payments.history", alikassa_payments_history, NULL, NULL},
    {"payouts.create", alikassa_payouts_create, NULL, NULL},
    {"payouts.status", alikassa_payouts_status, NULL, NULL},
    {"payouts.resolve", alikassa_payouts_resolve, NULL, "Payout"},
    {"payouts.wait", NULL, alikassa_payouts_wait, NULL},
    {"account.balance", balance, NULL, NULL},
    {"account.info", info, NULL, NULL},
};

static int32_t balance(const alikassa_client *client, const char *json, size_t json_len,
                       uint64_t timeout, uint64_t deadline, alikassa_reply **reply,
                       alikassa_error **error) {
  (void)json, (void)json_len;
  return alikassa_account_balance(client, timeout, deadline, reply, error);
}

static int32_t info(const alikassa_client *client, const char *json, size_t json_len,
                    uint64_t timeout, uint64_t deadline, alikassa_reply **reply,
                    alikassa_error **error) {
  (void)json, (void)json_len;
  return alikassa_account_info(client, timeout, deadline, reply, error);
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

void handle_call(alikassa_str request) {
  const alikassa_client *client = *find_client(request);
  alikassa_str operation = json_text(json_slice(request, "operation"));
  alikassa_str input = json_slice(request, "input");
  uint64_t timeout = duration(request, "timeout"), deadline = duration(request, "deadline");
  size_t at = 0, count = sizeof OPERATIONS / sizeof *OPERATIONS;
  while (at < count && !is(operation, OPERATIONS[at].name)) {
    at++;
  }
  /* Calls in C cannot be cancelled. */
  if (at == count || json_slice(request, "cancel_after").data) {
    respond_unsupported("UnknownOperation", operation);
    return;
  }
  if (!input.data) {
    input = str("{}");
  }
  update_list updates = {keep(0), 0};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (OPERATIONS[at].wait
          ? OPERATIONS[at].wait(client, input.data, input.len, duration(request, "interval"),
                                timeout, deadline, add_update, &updates, &reply, &error)
          : OPERATIONS[at].call(client, input.data, input.len, timeout, deadline, &reply,
                                &error)) {
    respond_error(error);
    return;
  }
  printf("{\"ok\":");
  if (OPERATIONS[at].resolution_type) {
    put_resolution(reply, OPERATIONS[at].resolution_type);
  } else {
    put_reply(reply);
  }
  if (OPERATIONS[at].wait) {
    printf(",\"updates\":[%.*s]", (int)updates.len, updates.bytes);
  }
  printf("}}");
  alikassa_reply_free(reply);
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

void handle_raw_request(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  alikassa_str json = json_text(json_slice(request, "text"));
  alikassa_str cert = json_text(json_slice(request, "cert"));
  int32_t read = is(json_slice(request, "read"), "true");
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_request(*find_client(request), path.data, path.len, json.data, json.len, cert.data,
                       cert.len, read, duration(request, "timeout"),
                       duration(request, "deadline"), &reply, &error)) {
    respond_error(error);
    return;
  }
  int32_t http_status = 0;
  alikassa_str body = {NULL, 0};
  alikassa_reply_http_status(reply, &http_status);
  alikassa_reply_body(reply, &body);
  printf("{\"ok\":{\"status\":%d,\"body\":", (int)http_status);
  put_base64(body);
  printf("}}");
  alikassa_reply_free(reply);
}

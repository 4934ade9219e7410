/* Calls of the library with handles as integers, and its callbacks. */

#include "_cgo_export.h"
#include "bridge_read.h"

/* The call that the functions of limits belong to, which run on its thread before it starts. */
static _Thread_local uintptr_t current_context;

static void on_event(void *context, const alikassa_reply *event) {
  alikassa_str json = {0};
  alikassa_reply_json(event, &json);
  alikassaGoEvent(NUMBER(context), (char *)json.data, json.len);
}

static int32_t on_update(void *context, alikassa_str json) {
  return alikassaGoUpdate(NUMBER(context), (char *)json.data, json.len);
}

static int32_t allow_number(void *context, alikassa_str number) {
  return alikassaGoAllowNumber(NUMBER(context), current_context, (char *)number.data, number.len);
}

void bridge_destroy(void *context) { alikassaGoDestroy(NUMBER(context)); }

bridge_made bridge_config_new(const char *account, size_t account_len) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  alikassa_config_new(account, account_len, &config, &error);
  return (bridge_made){NUMBER(config), NUMBER(error)};
}

bridge_made bridge_config_from_env(void) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  alikassa_config_from_env(&config, &error);
  return (bridge_made){NUMBER(config), NUMBER(error)};
}

uintptr_t bridge_set_text(bridge_text_setter set, uintptr_t config, const char *text, size_t len) {
  alikassa_error *error = NULL;
  set((alikassa_config *)config, text, len, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_duration(bridge_duration_setter set, uintptr_t config, uint64_t ms) {
  alikassa_error *error = NULL;
  set((alikassa_config *)config, ms, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_count(bridge_count_setter set, uintptr_t config, uint32_t count) {
  alikassa_error *error = NULL;
  set((alikassa_config *)config, count, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_flag(bridge_flag_setter set, uintptr_t config, int32_t flag) {
  alikassa_error *error = NULL;
  set((alikassa_config *)config, flag, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_key(bridge_key_setter set, uintptr_t config, uintptr_t key) {
  alikassa_error *error = NULL;
  set((alikassa_config *)config, (alikassa_signing_key *)key, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_on_event(uintptr_t config, uintptr_t context) {
  alikassa_error *error = NULL;
  alikassa_config_set_on_event((alikassa_config *)config, on_event, (void *)context, bridge_destroy, &error);
  return NUMBER(error);
}

uintptr_t bridge_set_limits(uintptr_t config, const char *operation, size_t operation_len, const char *json,
                            size_t json_len, uintptr_t context) {
  alikassa_error *error = NULL;
  alikassa_config_set_limits((alikassa_config *)config, operation, operation_len, json, json_len,
                             context ? allow_number : NULL, (void *)context, bridge_destroy, &error);
  return NUMBER(error);
}

void bridge_free_config(uintptr_t config) { alikassa_config_free((alikassa_config *)config); }

bridge_made bridge_client_new(uintptr_t config) {
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  alikassa_client_new((alikassa_config *)config, &client, &error);
  return (bridge_made){NUMBER(client), NUMBER(error)};
}

bridge_made bridge_client_for_account(uintptr_t client, const char *account, size_t account_len) {
  alikassa_client *derived = NULL;
  alikassa_error *error = NULL;
  alikassa_client_for_account((alikassa_client *)client, account, account_len, &derived, &error);
  return (bridge_made){NUMBER(derived), NUMBER(error)};
}

bridge_text bridge_take_notices(uintptr_t client) {
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  alikassa_client_take_notices((alikassa_client *)client, &text, &error);
  return read_text(text, error);
}

uintptr_t bridge_client_close(uintptr_t client) {
  alikassa_error *error = NULL;
  alikassa_client_close((alikassa_client *)client, &error);
  return NUMBER(error);
}

void bridge_free_client(uintptr_t client) { alikassa_client_free((alikassa_client *)client); }

uintptr_t bridge_call_new(void) {
  alikassa_call *call = NULL;
  alikassa_call_new(&call, NULL);
  return NUMBER(call);
}

void bridge_call_cancel(uintptr_t call) { alikassa_call_cancel((alikassa_call *)call, NULL); }

void bridge_free_call(uintptr_t call) { alikassa_call_free((alikassa_call *)call); }

bridge_reply bridge_call_with_fields(bridge_with_fields function, bridge_call call, const char *json, size_t len) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  current_context = call.context;
  function((alikassa_client *)call.client, (alikassa_call *)call.call, json, len, call.timeout_ms, call.deadline_ms,
           &reply, &error);
  return read_reply(reply, error);
}

bridge_reply bridge_call_without_fields(bridge_without_fields function, bridge_call call) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  function((alikassa_client *)call.client, (alikassa_call *)call.call, call.timeout_ms, call.deadline_ms, &reply,
           &error);
  return read_reply(reply, error);
}

bridge_reply bridge_call_wait(bridge_wait function, bridge_call call, const char *json, size_t len,
                              uint64_t interval_ms, int has_update) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  function((alikassa_client *)call.client, (alikassa_call *)call.call, json, len, interval_ms, call.timeout_ms,
           call.deadline_ms, has_update ? on_update : NULL, (void *)call.context, &reply, &error);
  return read_reply(reply, error);
}

bridge_reply bridge_call_request(bridge_call call, const char *path, size_t path_len, const char *json, size_t json_len,
                                 const char *cert, size_t cert_len, int32_t read) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  current_context = call.context;
  alikassa_request_with((alikassa_client *)call.client, (alikassa_call *)call.call, path, path_len, json, json_len, cert,
                        cert_len, read, call.timeout_ms, call.deadline_ms, &reply, &error);
  return read_reply(reply, error);
}

bridge_reply bridge_call_dry_run(bridge_call call, const char *operation, size_t operation_len, const char *json,
                                 size_t json_len) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  current_context = call.context;
  alikassa_dry_run((alikassa_client *)call.client, operation, operation_len, json, json_len, call.deadline_ms, &reply,
                   &error);
  return read_reply(reply, error);
}

bridge_reply bridge_call_request_dry_run(bridge_call call, const char *path, size_t path_len, const char *json,
                                         size_t json_len, const char *cert, size_t cert_len) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  current_context = call.context;
  alikassa_request_dry_run((alikassa_client *)call.client, path, path_len, json, json_len, cert, cert_len,
                           call.deadline_ms, &reply, &error);
  return read_reply(reply, error);
}

bridge_made bridge_reconcile_start(bridge_call call, uint32_t concurrency, double rate) {
  alikassa_reconcile_iter *rows = NULL;
  alikassa_error *error = NULL;
  alikassa_reconcile_start((alikassa_client *)call.client, concurrency, rate, call.timeout_ms, call.deadline_ms, &rows,
                           &error);
  return (bridge_made){NUMBER(rows), NUMBER(error)};
}

bridge_reply bridge_reconcile_next(uintptr_t rows, uintptr_t call, uintptr_t *row_error) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL, *about_row = NULL;
  alikassa_reconcile_next_with((alikassa_reconcile_iter *)rows, (alikassa_call *)call, &reply, &error);
  if (reply) {
    alikassa_reply_error(reply, &about_row);
  }
  *row_error = NUMBER(about_row);
  return read_reply(reply, error);
}

void bridge_free_reconcile(uintptr_t rows) { alikassa_reconcile_free((alikassa_reconcile_iter *)rows); }

void bridge_free_reply(uintptr_t reply) { alikassa_reply_free((alikassa_reply *)reply); }

bridge_reply bridge_query(bridge_verify_query verify, uintptr_t client, const char *query, size_t query_len,
                          const char *digest, size_t digest_len) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  verify((alikassa_client *)client, query, query_len, digest, digest_len, &reply, &error);
  return read_reply(reply, error);
}

bridge_reply bridge_body(bridge_verify_body verify, uintptr_t client, const char *body, size_t body_len,
                         const char *type, size_t type_len, const char *digest, size_t digest_len) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  verify((alikassa_client *)client, body, body_len, type, type_len, digest, digest_len, &reply, &error);
  return read_reply(reply, error);
}

bridge_failure bridge_read_error(uintptr_t number) {
  const alikassa_error *error = (const alikassa_error *)number;
  alikassa_error *cause = NULL;
  bridge_failure failure = {0, {0}, {0}, {0}};
  alikassa_error_json(error, &failure.json);
  alikassa_error_body(error, &failure.body);
  alikassa_error_support_text(error, &failure.support);
  alikassa_error_cause(error, &cause);
  failure.cause = NUMBER(cause);
  return failure;
}

void bridge_free_error(uintptr_t error) { alikassa_error_free((alikassa_error *)error); }

/* Every function with NULL in place of a handle, a result or an input. It returns an error status. */

#include "generated.h"
#include "misuse.h"

#define NULL_POINTER ALIKASSA_STATUS_NULL_POINTER
#define INVALID_ARGUMENT ALIKASSA_STATUS_INVALID_ARGUMENT

static void null_handles(void);
static void every_option_and_operation(void);
static void null_outputs(void);
static void null_inputs(void);
static void freeing_null_does_nothing(void);

int main(void) {
  null_handles();
  every_option_and_operation();
  null_outputs();
  null_inputs();
  freeing_null_does_nothing();
  return 0;
}

/* Checks a call of a row of a table. */
#define CHECK_ROW(row, condition) check((condition), (row).name, __FILE__, __LINE__)

/* Every option fails with `status`, with a value that it accepts. */
static void options_fail(alikassa_config *config, int32_t status) {
  for (size_t i = 0; i < COUNT_OF(TEXT_OPTIONS); i++) {
    const char *value = TEXT_OPTIONS[i].value ? TEXT_OPTIONS[i].value : "x";
    CHECK_ROW(TEXT_OPTIONS[i],
              TEXT_OPTIONS[i].set(config, value, strlen(value), NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(DURATION_OPTIONS); i++) {
    CHECK_ROW(DURATION_OPTIONS[i], DURATION_OPTIONS[i].set(config, 1, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(COUNT_OPTIONS); i++) {
    CHECK_ROW(COUNT_OPTIONS[i], COUNT_OPTIONS[i].set(config, 1, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(FLAG_OPTIONS); i++) {
    CHECK_ROW(FLAG_OPTIONS[i], FLAG_OPTIONS[i].set(config, 1, NULL) == status);
  }
}

/* Every operation that takes JSON fails with `status` and writes no reply. */
static void operations_with_json_fail(const alikassa_client *client, const char *json,
                                      alikassa_reply **reply, int32_t status) {
  alikassa_reply *const before = reply ? *reply : NULL;
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITH_JSON); i++) {
    CHECK_ROW(OPERATIONS_WITH_JSON[i],
              OPERATIONS_WITH_JSON[i].call(client, json, 2, 0, 0, reply, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(RESOLVES); i++) {
    CHECK_ROW(RESOLVES[i], RESOLVES[i].call(client, json, 2, 0, 0, reply, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(WAITS); i++) {
    CHECK_ROW(WAITS[i], WAITS[i].call(client, json, 2, 0, 0, 0, never_called, NULL, reply,
                                      NULL) == status);
    CHECK_ROW(WAITS[i], WAITS[i].call(client, json, 2, 0, 0, 0, NULL, NULL, reply, NULL) == status);
  }
  CHECK(!reply || *reply == before);
}

/* Every operation with this `call` fails with `status` and writes no reply. */
static void cancellable_operations_fail(const alikassa_client *client, const alikassa_call *call,
                                        alikassa_reply **reply, int32_t status) {
  alikassa_reply *const before = reply ? *reply : NULL;
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITH_JSON); i++) {
    CHECK_ROW(OPERATIONS_WITH_JSON[i], OPERATIONS_WITH_JSON[i].with(client, call, "{}", 2, 0, 0,
                                                                    reply, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITHOUT_JSON); i++) {
    CHECK_ROW(OPERATIONS_WITHOUT_JSON[i],
              OPERATIONS_WITHOUT_JSON[i].with(client, call, 0, 0, reply, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(RESOLVES); i++) {
    CHECK_ROW(RESOLVES[i],
              RESOLVES[i].with(client, call, "{}", 2, 0, 0, reply, NULL) == status);
  }
  for (size_t i = 0; i < COUNT_OF(WAITS); i++) {
    CHECK_ROW(WAITS[i], WAITS[i].with(client, call, "{}", 2, 0, 0, 0, never_called, NULL, reply,
                                      NULL) == status);
  }
  CHECK(alikassa_request_with(client, call, "v1/x", 4, "{}", 2, "payout", 6, 1, 0, 0, reply,
                              NULL) == status);
  CHECK(alikassa_reconcile_with(client, call, 0, 0, reply, NULL) == status);
  CHECK(!reply || *reply == before);
}

/* Every operation fails with `status` and writes no reply. */
static void operations_fail(const alikassa_client *client, alikassa_reply **reply,
                            int32_t status) {
  operations_with_json_fail(client, "{}", reply, status);
  cancellable_operations_fail(client, NULL, reply, status);
  alikassa_reply *const before = reply ? *reply : NULL;
  for (size_t i = 0; i < COUNT_OF(OPERATIONS_WITHOUT_JSON); i++) {
    CHECK_ROW(OPERATIONS_WITHOUT_JSON[i],
              OPERATIONS_WITHOUT_JSON[i].call(client, 0, 0, reply, NULL) == status);
  }
  CHECK(!reply || *reply == before);
}

static void every_option_and_operation(void) {
  alikassa_reply *reply = (alikassa_reply *)(uintptr_t)0x5a5a;
  options_fail(NULL, BAD_HANDLE);
  operations_fail(NULL, &reply, BAD_HANDLE);
  operations_fail(NULL, NULL, NULL_POINTER);

  alikassa_config *config = new_config(ACCOUNT);
  alikassa_client *client = new_client(config);
  options_fail((alikassa_config *)client, BAD_HANDLE);
  operations_fail((alikassa_client *)config, &reply, BAD_HANDLE);
  operations_fail(client, NULL, NULL_POINTER);
  operations_with_json_fail(client, NULL, &reply, NULL_POINTER);
  cancellable_operations_fail(client, (alikassa_call *)config, &reply, BAD_HANDLE);
  for (size_t i = 0; i < COUNT_OF(TEXT_OPTIONS); i++) {
    CHECK_ROW(TEXT_OPTIONS[i], TEXT_OPTIONS[i].set(config, NULL, 1, NULL) == NULL_POINTER);
    CHECK_ROW(TEXT_OPTIONS[i], TEXT_OPTIONS[i].set(config, "x", SIZE_MAX, NULL) == INVALID_ARGUMENT);
  }
  for (size_t i = 0; i < COUNT_OF(FLAG_OPTIONS); i++) {
    CHECK_ROW(FLAG_OPTIONS[i], FLAG_OPTIONS[i].set(config, 2, NULL) == INVALID_ARGUMENT);
  }

  alikassa_client_free(client);
  alikassa_config_free(config);
  options_fail(config, BAD_HANDLE);
  operations_fail(client, &reply, BAD_HANDLE);
}

static void null_handles(void) {
  alikassa_client *client = NULL;
  alikassa_reply *reply = NULL;
  alikassa_error *cause = NULL;
  alikassa_text *text = NULL;
  uint64_t count = 0;
  alikassa_rows *rows = NULL;
  alikassa_events *events = NULL;
  alikassa_reconcile_iter *open = NULL;
  alikassa_str str;
  int32_t i32;
  uint32_t u32;
  int64_t i64;
  CHECK(set_on_event(NULL, never_an_event) == BAD_HANDLE);
  CHECK(alikassa_client_new(NULL, &client, NULL) == BAD_HANDLE);
  derive_and_preview_nothing(NULL);
  CHECK(alikassa_client_take_notices(NULL, &text, NULL) == BAD_HANDLE);
  CHECK(alikassa_client_close(NULL, NULL) == BAD_HANDLE);
  CHECK(alikassa_reconcile(NULL, 0, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_reconcile_start(NULL, 0, 0, 0, 0, &open, NULL) == BAD_HANDLE);
  CHECK(alikassa_reconcile_next(NULL, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_reconcile_next_with(NULL, NULL, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_client_keep(NULL, "x", 1, NULL) == BAD_HANDLE);
  CHECK(alikassa_config_set_wrapper(NULL, "x/1", 3, NULL) == BAD_HANDLE);
  CHECK(alikassa_call_cancel(NULL, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_location(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_ledger_open(NULL, &rows, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_get(NULL, "x", 1, "x", 1, NULL, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_rows(NULL, NULL, 0, 0, NULL, 0, &rows, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_events(NULL, NULL, 0, NULL, 0, NULL, 0, 0, &events, NULL) == BAD_HANDLE);
  CHECK(alikassa_rows_next(NULL, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_events_next(NULL, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_release(NULL, "x", 1, "x", 1, "x", 1, NULL, 0, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_check(NULL, &text, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_import_from(NULL, "x", 1, &count, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_backup(NULL, "x", 1, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_resume(NULL, "x", 1, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_note(NULL, NULL, &str, NULL) == BAD_HANDLE);
  CHECK(alikassa_notifications_verify_query(NULL, "x", 1, NULL, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_notifications_verify_body(NULL, "x", 1, NULL, 0, NULL, 0, &reply, NULL) ==
        BAD_HANDLE);
  CHECK(alikassa_redirects_verify_query(NULL, "x", 1, NULL, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_redirects_verify_body(NULL, "x", 1, NULL, 0, NULL, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_request(NULL, "v1/x", 4, "{}", 2, "payout", 6, 1, 0, 0, &reply, NULL) ==
        BAD_HANDLE);
  CHECK(set_limits(NULL) == BAD_HANDLE);
  set_no_keys(NULL, NULL);
  make_no_external_key(NULL, never_signs, BAD_HANDLE);
  CHECK(alikassa_reply_type(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_reply_http_status(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_reply_is_final(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_reply_field(NULL, "id", 2, &str) == BAD_HANDLE);
  CHECK(alikassa_reply_json(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_reply_body(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_reply_error(NULL, &cause) == BAD_HANDLE);
  CHECK(alikassa_reply_support_text(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_status(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_error_code(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_message(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_hint(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_operation(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_order_id(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_outcome(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_error_attempts(NULL, &u32) == BAD_HANDLE);
  CHECK(alikassa_error_field(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_reason(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_phase(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_http_status(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_error_server_message(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_body(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_retry_after_ms(NULL, &i64) == BAD_HANDLE);
  CHECK(alikassa_error_previous(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_same_body(NULL, &i32) == BAD_HANDLE);
  CHECK(alikassa_error_cause(NULL, &cause) == BAD_HANDLE);
  CHECK(alikassa_error_json(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_error_support_text(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_text_get(NULL, &str) == BAD_HANDLE);
  CHECK(alikassa_sign(NULL, "x", 1, "sha1", 4, &text, NULL) == BAD_HANDLE);
  CHECK(alikassa_verify(NULL, "x", 1, "x", 1, "auto", 4, &str, NULL) == BAD_HANDLE);
}

static void null_outputs(void) {
  CHECK(alikassa_config_new(ACCOUNT, strlen(ACCOUNT), NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_client_new(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_client_from_env(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_config_from_env(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_client_for_account(NULL, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_client_take_notices(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reconcile(NULL, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reconcile_start(NULL, 0, 0, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reconcile_next(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_client_kept("x", 1, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_call_new(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_new(NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_location(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_open(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_get(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_rows(NULL, NULL, 0, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_events(NULL, NULL, 0, NULL, 0, NULL, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_rows_next(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_events_next(NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_note(NULL, NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_notifications_verify_query(NULL, NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_notifications_verify_body(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_redirects_verify_query(NULL, NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_redirects_verify_body(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_request(NULL, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_dry_run(NULL, NULL, 0, NULL, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_request_dry_run(NULL, NULL, 0, NULL, 0, NULL, 0, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reply_json(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reply_field(NULL, NULL, 0, NULL) == NULL_POINTER);
  CHECK(alikassa_error_message(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_error_support_text(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_reply_support_text(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_error_previous(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_error_same_body(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_error_cause(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_text_get(NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_signing_key_load(NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_signing_key_from_pem(NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_verifying_key_load(NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_verifying_key_from_pem(NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_signing_key_external(NULL, NULL, NULL, NULL, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_sign(NULL, NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_verify(NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_canonical_json(NULL, 0, NULL, NULL) == NULL_POINTER);
}

static void null_inputs(void) {
  alikassa_config *config = NULL;
  CHECK(alikassa_config_new(NULL, 5, &config, NULL) == NULL_POINTER);
  config = new_config(ACCOUNT);
  CHECK(alikassa_config_set_base_url(config, NULL, 1, NULL) == NULL_POINTER);
  CHECK(set_on_event(config, NULL) == NULL_POINTER);
  CHECK(alikassa_config_set_payment_key(config, NULL, 9, NULL, 0, NULL) == NULL_POINTER);
  CHECK(alikassa_config_set_payout_key(config, "x", 1, NULL, 9, NULL) == NULL_POINTER);
  CHECK(alikassa_config_add_notification_cert(config, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_config_add_notification_key(config, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_config_set_limits(config, NULL, 1, "{}", 2, never_asked, NULL, never_destroyed,
                                   NULL) == NULL_POINTER);
  CHECK(alikassa_config_set_limits(config, "x", 1, NULL, 2, never_asked, NULL, never_destroyed,
                                   NULL) == NULL_POINTER);
  set_no_keys(config, NULL);
  CHECK(alikassa_config_set_wrapper(config, NULL, 3, NULL) == NULL_POINTER);
  alikassa_client *client = new_client(config);
  alikassa_client *derived = NULL;
  CHECK(alikassa_client_keep(client, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_client_keep(client, NULL, 0, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_client_kept(NULL, 1, &derived, NULL) == NULL_POINTER);
  CHECK(alikassa_client_kept("\xff", 1, &derived, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_client_unkeep(NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_client_for_account(client, NULL, 5, &derived, NULL) == NULL_POINTER);
  CHECK(alikassa_client_for_account(client, "", 0, &derived, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_client_for_account(client, "\xff", 1, &derived, NULL) == INVALID_ARGUMENT);
  CHECK(derived == NULL);
  alikassa_reply *reply = NULL;
  CHECK(alikassa_dry_run(client, NULL, 1, "{}", 2, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_dry_run(client, "payouts.create", 14, NULL, 2, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_request_dry_run(client, NULL, 4, "{}", 2, "payout", 6, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_request_dry_run(client, "v1/x", 4, NULL, 2, "payout", 6, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_request_dry_run(client, "v1/x", 4, "{}", 2, NULL, 6, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_payouts_status(client, NULL, 2, 0, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_request(client, NULL, 4, "{}", 2, "payout", 6, 1, 0, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_payouts_create(client, NULL, 2, 0, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_payouts_wait(client, NULL, 2, 0, 0, 0, NULL, NULL, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_notifications_verify_query(client, NULL, 1, NULL, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_notifications_verify_query(client, "x", 1, NULL, 1, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_redirects_verify_body(client, NULL, 1, NULL, 0, NULL, 0, &reply, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_redirects_verify_body(client, "x", 1, NULL, 1, NULL, 0, &reply, NULL) ==
        NULL_POINTER);
  alikassa_signing_key *key = NULL;
  CHECK(alikassa_signing_key_load(NULL, 1, &key, NULL) == NULL_POINTER);
  make_no_external_key(NULL, NULL, NULL_POINTER);
  alikassa_ledger *ledger = NULL;
  CHECK(alikassa_config_set_ledger(config, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_new(NULL, 1, &ledger, NULL) == NULL_POINTER);
  ledger = new_ledger("never-made.sqlite");
  CHECK(alikassa_ledger_get(ledger, NULL, 1, "x", 1, NULL, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_get(ledger, "x", 1, NULL, 1, NULL, 0, &reply, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_get(ledger, "x", 1, "x", 1, NULL, 1, &reply, NULL) == NULL_POINTER);
  alikassa_rows *rows = NULL;
  CHECK(alikassa_ledger_rows(ledger, NULL, 1, 0, NULL, 0, &rows, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_rows(ledger, NULL, 0, 0, NULL, 1, &rows, NULL) == NULL_POINTER);
  alikassa_events *events = NULL;
  CHECK(alikassa_ledger_events(ledger, NULL, 1, NULL, 0, NULL, 0, 0, &events, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_ledger_events(ledger, NULL, 0, NULL, 1, NULL, 0, 0, &events, NULL) ==
        NULL_POINTER);
  CHECK(alikassa_ledger_events(ledger, NULL, 0, NULL, 0, NULL, 1, 0, &events, NULL) ==
        NULL_POINTER);
  alikassa_text *text = NULL;
  uint64_t count = 0;
  CHECK(alikassa_ledger_check(ledger, NULL, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_import_from(ledger, NULL, 1, &count, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_schema_sql(NULL, 1, &text, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_backup(ledger, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_resume(ledger, NULL, 1, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_release(ledger, NULL, 1, "x", 1, "x", 1, NULL, 0, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_release(ledger, "x", 1, NULL, 1, "x", 1, NULL, 0, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_release(ledger, "x", 1, "x", 1, NULL, 1, NULL, 0, NULL) == NULL_POINTER);
  CHECK(alikassa_ledger_release(ledger, "x", 1, "x", 1, "x", 1, NULL, 1, NULL) == NULL_POINTER);
  alikassa_ledger_free(ledger);
  alikassa_client_free(client);
  alikassa_config_free(config);
}

static void freeing_null_does_nothing(void) {
  alikassa_config_free(NULL);
  alikassa_client_free(NULL);
  alikassa_call_free(NULL);
  alikassa_events_free(NULL);
  alikassa_ledger_free(NULL);
  alikassa_reconcile_free(NULL);
  alikassa_reply_free(NULL);
  alikassa_rows_free(NULL);
  alikassa_error_free(NULL);
  alikassa_text_free(NULL);
  alikassa_signing_key_free(NULL);
  alikassa_verifying_key_free(NULL);
}

/* Values that the library refuses: the error says why, and nothing else changes. */

#include "check.h"

#define ACCOUNT "93d5df06-996c-48c3-9847-348d6b580b80"
#define INVALID_ARGUMENT ALIKASSA_STATUS_INVALID_ARGUMENT

static void invalid_values(void);
static void failures_write_only_the_error(void);
static void a_setter_that_fails_changes_nothing(void);

int main(void) {
  invalid_values();
  failures_write_only_the_error();
  a_setter_that_fails_changes_nothing();
  return 0;
}

/* Checks that an argument is invalid for this reason, and frees the error. */
static void expect_reason(int32_t status, alikassa_error *error, const char *reason) {
  CHECK(status == INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_reason), reason));
  alikassa_error_free(error);
}

static void invalid_values(void) {
  static const char cut[] = "\xd0\x97\xd0";
  alikassa_config *config = NULL;
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  int32_t status = alikassa_config_new(cut, 3, &config, &error);
  expect_reason(status, error, "utf8");
  status = alikassa_config_new("x", SIZE_MAX, &config, &error);
  expect_reason(status, error, "too_large");
  status = alikassa_canonical_json("{\"a\": \"\xff\"}", 10, &text, &error);
  expect_reason(status, error, "syntax");
  status = alikassa_canonical_json("{\"a\": 1}", 7, &text, &error);
  expect_reason(status, error, "syntax");
  status = alikassa_canonical_json(NULL, 0, &text, &error);
  expect_reason(status, error, "syntax");
  status = alikassa_canonical_json("{\"a\": 1.5}", 10, &text, &error);
  expect_reason(status, error, "float");
  status = alikassa_canonical_json("[]", 2, &text, &error);
  expect_reason(status, error, "not_an_object");

  config = new_config(ACCOUNT);
  status = alikassa_config_set_payout_cert(config, "no\0folder", 9, &error);
  CHECK(status == ALIKASSA_STATUS_KEY_LOAD);
  alikassa_error_free(error);
  status = alikassa_config_set_limits(config, "payouts.create", 14, "[]", 2, NULL, NULL, NULL,
                                      &error);
  expect_reason(status, error, "not_an_object");
  status = alikassa_config_set_limits(config, "payouts.create", 14, "{\"max_amount\": 1.5}", 19, NULL,
                                      NULL, NULL, &error);
  expect_reason(status, error, "float");
  alikassa_client *client = new_client(config);
  alikassa_reply *reply = NULL;
  status = alikassa_request(client, "v1/x", 4, "{}", 2, "payout", 6, 2, 0, 0, &reply, &error);
  expect_reason(status, error, "type");
  status = alikassa_request(client, "v1/x", 4, "{}", 2, "pay", 3, 1, 0, 0, &reply, &error);
  expect_reason(status, error, "cert");
  status = alikassa_payouts_status(client, "{}", 2, 0, 0, &reply, &error);
  expect_reason(status, error, "exactly_one");
  status = alikassa_payouts_status(client, "[]", 2, 0, 0, &reply, &error);
  expect_reason(status, error, "not_an_object");
  status = create_payout(client, "x", "1.005", &reply, &error);
  expect_reason(status, error, "format");
  status = alikassa_payouts_resolve(client, "{\"amount\": \"1\"}", 15, 0, 0, &reply, &error);
  expect_reason(status, error, "required");
  status = alikassa_payouts_wait(client, "{\"id\": 1}", 9, 1, 0, 0, never_called, NULL, &reply,
                                 &error);
  expect_reason(status, error, "out_of_range");
  status = alikassa_payments_history(client, "{\"page\": 0}", 11, 0, 0, &reply, &error);
  expect_reason(status, error, "out_of_range");
  status = alikassa_notifications_verify_query(client, cut, 3, NULL, 0, &reply, &error);
  expect_reason(status, error, "utf8");
  alikassa_ledger *ledger = NULL;
  status = alikassa_ledger_new(NULL, 0, &ledger, &error);
  expect_reason(status, error, "empty");
  status = alikassa_ledger_new(cut, 3, &ledger, &error);
  expect_reason(status, error, "utf8");
  status = alikassa_config_set_ledger(config, NULL, 0, &error);
  expect_reason(status, error, "empty");
  status = alikassa_account_balance(client, UINT64_MAX, 0, &reply, &error);
  expect_reason(status, error, "out_of_range");
  alikassa_client_free(client);
  alikassa_config_free(config);
}

static void failures_write_only_the_error(void) {
  alikassa_reply *const before = (alikassa_reply *)(uintptr_t)0x5a5a;
  alikassa_reply *reply = before;
  alikassa_error *error = NULL;
  CHECK(alikassa_account_balance(NULL, 0, 0, &reply, &error) == ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(reply == before);
  int32_t status = 0, outcome = -1, http_status = -1;
  uint32_t attempts = 9;
  int64_t wait = 0;
  CHECK(alikassa_error_status(error, &status) == ALIKASSA_STATUS_OK && status == ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(equal(error_text(error, alikassa_error_code), "invalid_argument"));
  CHECK(equal(error_text(error, alikassa_error_field), "client"));
  CHECK(equal(error_text(error, alikassa_error_reason), "bad_handle"));
  CHECK(error_text(error, alikassa_error_message).len > 0);
  CHECK(is_absent(error_text(error, alikassa_error_hint)));
  CHECK(equal(error_text(error, alikassa_error_operation), "account.balance"));
  CHECK(is_absent(error_text(error, alikassa_error_order_id)));
  CHECK(is_absent(error_text(error, alikassa_error_phase)));
  CHECK(is_absent(error_text(error, alikassa_error_server_message)));
  CHECK(is_absent(error_text(error, alikassa_error_body)));
  CHECK(is_absent(error_text(error, alikassa_error_previous)));
  alikassa_error *cause = error;
  CHECK(!alikassa_error_cause(error, &cause) && cause == NULL);
  CHECK(!alikassa_error_same_body(error, &status) && status == -1);
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NONE);
  CHECK(!alikassa_error_attempts(error, &attempts) && attempts == 0);
  CHECK(!alikassa_error_http_status(error, &http_status) && http_status == 0);
  CHECK(!alikassa_error_retry_after_ms(error, &wait) && wait == -1);
  alikassa_error_free(error);

  alikassa_ledger *const no_ledger = (alikassa_ledger *)(uintptr_t)0x5a5a;
  alikassa_ledger *ledger = no_ledger;
  CHECK(alikassa_ledger_new(NULL, 0, &ledger, NULL) == INVALID_ARGUMENT && ledger == no_ledger);
  CHECK(create_payout(NULL, "x", "1", &reply, &error) == ALIKASSA_STATUS_BAD_HANDLE && reply == before);
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NOT_SENT);
  CHECK(equal(error_text(error, alikassa_error_operation), "payouts.create"));
  alikassa_error_free(error);
}

static void a_setter_that_fails_changes_nothing(void) {
  alikassa_config *config = new_config(ACCOUNT);
  CHECK(alikassa_config_set_digest(config, "md5", 3, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_config_set_roots(config, "none", 4, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_config_set_payment_cert(config, "nowhere", 7, NULL) == ALIKASSA_STATUS_KEY_LOAD);
  CHECK(alikassa_config_add_notification_cert(config, "nowhere", 7, NULL) ==
        ALIKASSA_STATUS_KEY_LOAD);
  CHECK(alikassa_config_add_notification_key(config, "x", 1, NULL) == ALIKASSA_STATUS_KEY_LOAD);
  alikassa_client_free(new_client(config));
  CHECK(alikassa_config_set_timeout_ms(config, 0, NULL) == ALIKASSA_STATUS_OK);
  alikassa_client *client = NULL;
  CHECK(alikassa_client_new(config, &client, NULL) == INVALID_ARGUMENT);
  alikassa_config_free(config);
}

/* Calls over TLS to the sandbox of the environment, in which the suite has set faults. */

#include "check.h"
#include "generated.h"

static void typed_calls(const alikassa_client *client);
static void raw_call(const alikassa_client *client);
static void errors_have_their_statuses(const alikassa_client *client);
static void options(void);
static void a_closed_client_refuses_calls(alikassa_client *client);

int main(void) {
  alikassa_client *client = client_from_env();
  typed_calls(client);
  raw_call(client);
  errors_have_their_statuses(client);
  options();
  a_closed_client_refuses_calls(client);
  return 0;
}

static alikassa_str field(const alikassa_reply *reply, const char *name) {
  alikassa_str value = {NULL, 0};
  CHECK(alikassa_reply_field(reply, name, strlen(name), &value) == ALIKASSA_STATUS_OK);
  return value;
}

static void payment(const alikassa_client *client) {
  static const char json[] = "{\"order_id\": \"1756900030\", \"id\": null}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payments_status(client, json, strlen(json), 0, 0, &reply, &error), error,
            "payment");
  alikassa_str text = {NULL, 0};
  int32_t number = 0;
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "Payment"));
  CHECK(!alikassa_reply_http_status(reply, &number) && number == 200);
  CHECK(!alikassa_reply_is_final(reply, &number) && number == 1);
  CHECK(equal(field(reply, "payment_status"), "paid"));
  CHECK(equal(field(reply, "id"), "112412553"));
  CHECK(is_absent(field(reply, "crypto_txid")));
  CHECK(alikassa_reply_field(reply, "no_such", 7, &text) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  alikassa_reply_free(reply);
}

static void payout(const alikassa_client *client) {
  static const char json[] = "{\"id\": 100000536}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payouts_status(client, json, strlen(json), 5000, 10000, &reply, &error),
            error, "payout");
  alikassa_str text = {NULL, 0};
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "Payout"));
  CHECK(equal(field(reply, "amount"), "300.00"));
  CHECK(!alikassa_reply_json(reply, &text));
  CHECK(contains(text, "\"id\":100000536,") && contains(text, "\"amount\":\"300.00\""));
  CHECK(contains(text, "\"is_final\":true,\"other\":{"));
  CHECK(!alikassa_reply_body(reply, &text) && contains(text, "6422494"));
  alikassa_reply_free(reply);
}

static void balance(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_account_balance(client, 0, 0, &reply, &error), error, "balance");
  int32_t is_final = 0;
  CHECK(equal(field(reply, "balance"), "93.84000000"));
  CHECK(!alikassa_reply_is_final(reply, &is_final) && is_final == -1);
  alikassa_reply_free(reply);
}

static void account(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_str text = {NULL, 0};
  expect_ok(alikassa_account_info(client, 0, 0, &reply, &error), error, "account");
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "AccountInfo"));
  CHECK(equal(field(reply, "is_allowed_payment"), "true"));
  CHECK(contains(field(reply, "payments"), "\"currency\":\"RUB\""));
  CHECK(!alikassa_reply_json(reply, &text) && contains(text, ",\"payouts\":[{\"method\":\""));
  alikassa_reply_free(reply);
}

static void history(const alikassa_client *client) {
  static const char json[] = "{\"page\": 1, \"paginate\": 2}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_str text = {NULL, 0};
  expect_ok(alikassa_payments_history(client, json, strlen(json), 0, 0, &reply, &error), error,
            "history");
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "History"));
  CHECK(contains(field(reply, "data"), ",\"id\":112412553,\"order_id\":\"1756900030\","));
  CHECK(contains(field(reply, "meta"), "\"per_page\":2,"));
  CHECK(!alikassa_reply_json(reply, &text) && contains(text, "{\"data\":[{\"created_at\":\""));
  CHECK(contains(text, ",\"is_final\":null,\"other\":{"));
  alikassa_reply_free(reply);
}

static void typed_calls(const alikassa_client *client) {
  payment(client);
  payout(client);
  balance(client);
  account(client);
  history(client);
}

static void raw_call(const alikassa_client *client) {
  static const char path[] = "v1/payout/status", json[] = "{\"id\": \"100000536\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_request(client, path, strlen(path), json, strlen(json), "payout", 6, 1, 0, 0,
                             &reply, &error),
            error, "request");
  alikassa_str text = {NULL, 0}, body = {NULL, 0};
  int32_t number = 0;
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "Reply"));
  CHECK(!alikassa_reply_http_status(reply, &number) && number == 200);
  CHECK(!alikassa_reply_is_final(reply, &number) && number == -1);
  CHECK(!alikassa_reply_body(reply, &body) && contains(body, "100000536"));
  CHECK(!alikassa_reply_json(reply, &text) && text.len == body.len);
  CHECK(alikassa_reply_field(reply, "id", 2, &text) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  alikassa_reply_free(reply);

  static const char fault[] = "{\"order_id\": \"not-json\"}";
  expect_ok(alikassa_request(client, path, strlen(path), fault, strlen(fault), "payout", 6, 1, 0,
                             0, &reply, &error),
            error, "request");
  CHECK(!alikassa_reply_json(reply, &text) && is_absent(text));
  CHECK(!alikassa_reply_body(reply, &body) && equal(body, "<html>"));
  alikassa_reply_free(reply);
}

/* The error of requesting the payout with this order_id. The deadline is short only for a stall. */
static alikassa_error *failure(const alikassa_client *client, const char *order_id,
                               int32_t expected) {
  const uint64_t deadline = expected == ALIKASSA_STATUS_DEADLINE_EXCEEDED ? 1000 : 30000;
  char json[128];
  int len = snprintf(json, sizeof json, "{\"order_id\": \"%s\"}", order_id);
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t status = alikassa_payouts_status(client, json, (size_t)len, 0, deadline, &reply,
                                           &error);
  if (status != expected) {
    expect_ok(status ? status : -1, error, order_id);
  }
  int32_t kept = 0;
  CHECK(!alikassa_error_status(error, &kept) && kept == expected);
  CHECK(equal(error_text(error, alikassa_error_operation), "payouts.status"));
  CHECK(equal(error_text(error, alikassa_error_order_id), order_id));
  return error;
}

static void errors_have_their_statuses(const alikassa_client *client) {
  int32_t number = 0;
  uint32_t attempts = 0;
  int64_t wait = 0;
  alikassa_error *error = failure(client, "nobody", ALIKASSA_STATUS_NOT_FOUND);
  CHECK(!alikassa_error_http_status(error, &number) && number == 404);
  CHECK(!alikassa_error_attempts(error, &attempts) && attempts == 1);
  CHECK(equal(error_text(error, alikassa_error_code), "not_found"));
  CHECK(equal(error_text(error, alikassa_error_server_message), "Payout not found"));
  CHECK(contains(error_text(error, alikassa_error_body), "Payout not found"));
  CHECK(error_text(error, alikassa_error_hint).len > 0);
  CHECK(contains(error_text(error, alikassa_error_json),
                 "{\"status\":11,\"class\":\"NotFoundError\""));
  alikassa_error_free(error);

  error = failure(client, "validation", ALIKASSA_STATUS_VALIDATION);
  CHECK(contains(error_text(error, alikassa_error_json), "\"errors\":{\"id\":[\"bad\"]}"));
  alikassa_error_free(error);

  error = failure(client, "rate", ALIKASSA_STATUS_RATE_LIMIT);
  CHECK(!alikassa_error_retry_after_ms(error, &wait) && wait == 60000);
  CHECK(contains(error_text(error, alikassa_error_json), "\"retry_after_ms\":60000"));
  alikassa_error_free(error);

  error = failure(client, "closed", ALIKASSA_STATUS_TRANSPORT);
  CHECK(equal(error_text(error, alikassa_error_phase), "receive"));
  CHECK(!alikassa_error_http_status(error, &number) && number == 0);
  alikassa_error_free(error);

  alikassa_error_free(failure(client, "refused", ALIKASSA_STATUS_AUTHENTICATION));
  alikassa_error_free(failure(client, "other", ALIKASSA_STATUS_API));
  alikassa_error_free(failure(client, "html", ALIKASSA_STATUS_PROTOCOL));
  alikassa_error_free(failure(client, "server", ALIKASSA_STATUS_SERVER));
  alikassa_error_free(failure(client, "stall", ALIKASSA_STATUS_DEADLINE_EXCEEDED));
}

/* Every option accepts its default. */
static void set_defaults(alikassa_config *config) {
  for (size_t i = 0; i < COUNT_OF(TEXT_OPTIONS); i++) {
    const char *value = TEXT_OPTIONS[i].value;
    CHECK(!value || !TEXT_OPTIONS[i].set(config, value, strlen(value), NULL));
  }
  for (size_t i = 0; i < COUNT_OF(DURATION_OPTIONS); i++) {
    CHECK(!DURATION_OPTIONS[i].set(config, DURATION_OPTIONS[i].value, NULL));
  }
  for (size_t i = 0; i < COUNT_OF(COUNT_OPTIONS); i++) {
    CHECK(!COUNT_OPTIONS[i].set(config, COUNT_OPTIONS[i].value, NULL));
  }
  for (size_t i = 0; i < COUNT_OF(FLAG_OPTIONS); i++) {
    CHECK(!FLAG_OPTIONS[i].set(config, FLAG_OPTIONS[i].value, NULL));
  }
}

/* A client with every option set. */
static void options(void) {
  const char *folder = variable("ALIKASSA_PAYOUT_CERT"), *ca_file = variable("ALIKASSA_CA_FILE");
  const char *base_url = variable("ALIKASSA_BASE_URL");
  alikassa_config *config = new_config(variable("ALIKASSA_ACCOUNT"));
  set_defaults(config);
  CHECK(!alikassa_config_set_payment_cert(config, folder, strlen(folder), NULL));
  CHECK(!alikassa_config_set_payout_cert(config, folder, strlen(folder), NULL));
  CHECK(!alikassa_config_set_base_url(config, base_url, strlen(base_url), NULL));
  CHECK(!alikassa_config_set_ca_file(config, ca_file, strlen(ca_file), NULL));
  CHECK(!alikassa_config_set_digest(config, "sha256", 6, NULL));
  CHECK(!alikassa_config_set_roots(config, "bundled", 7, NULL));
  CHECK(!alikassa_config_set_connect_timeout_ms(config, 2000, NULL));
  CHECK(!alikassa_config_set_timeout_ms(config, 5000, NULL));
  CHECK(!alikassa_config_set_deadline_ms(config, 9000, NULL));
  CHECK(!alikassa_config_set_max_retries(config, 0, NULL));
  CHECK(!alikassa_config_set_max_connections(config, 2, NULL));
  CHECK(!alikassa_config_set_signature_cache(config, 0, NULL));
  CHECK(!alikassa_config_set_application(config, "app", 3, NULL));
  CHECK(!alikassa_config_set_lower_priority(config, 0, NULL));
  CHECK(alikassa_config_set_lower_priority(config, 2, NULL) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  balance(client);

  alikassa_error *error = failure(client, "once", ALIKASSA_STATUS_SERVER);
  uint32_t attempts = 0;
  CHECK(!alikassa_error_attempts(error, &attempts) && attempts == 1);
  alikassa_error_free(error);
  alikassa_client_free(client);
}

static void a_closed_client_refuses_calls(alikassa_client *client) {
  alikassa_text *notices = NULL;
  alikassa_str text = {NULL, 0};
  CHECK(!alikassa_client_take_notices(client, &notices, NULL));
  CHECK(!alikassa_text_get(notices, &text) && text.data && text.len == 0);
  alikassa_text_free(notices);

  CHECK(!alikassa_client_close(client, NULL));
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t outcome = -1;
  CHECK(alikassa_account_balance(client, 0, 0, &reply, &error) == ALIKASSA_STATUS_CONFIGURATION);
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NOT_SENT);
  alikassa_error_free(error);
  alikassa_client_free(client);
}

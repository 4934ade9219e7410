/* Creates, their outcomes and the ledger argv[1]. The suite has set faults and rules. */

#include "check.h"

static const char *path;

static void a_create_is_recorded(const alikassa_client *client);
static void a_duplicate_order_is_refused(const alikassa_client *client);
static void a_lost_response_is_unknown_and_resolved(const alikassa_client *client);
static void an_html_response_is_unknown(const alikassa_client *client);
static void a_validation_error_is_rejected(const alikassa_client *client);
static void nothing_is_sent_without_an_output(const alikassa_client *client);
static void waits_report_each_status(const alikassa_client *client);
static void payments_are_created_and_resolved(const alikassa_client *client);
static void rows_are_reconciled_and_released(const alikassa_client *client);
static void rows_come_as_they_settle(const alikassa_client *client);
static void a_ledger_without_a_client(void);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  path = argv[1];
  alikassa_client *client = client_from_env_with_ledger(path);
  a_create_is_recorded(client);
  a_duplicate_order_is_refused(client);
  a_lost_response_is_unknown_and_resolved(client);
  an_html_response_is_unknown(client);
  a_validation_error_is_rejected(client);
  nothing_is_sent_without_an_output(client);
  waits_report_each_status(client);
  payments_are_created_and_resolved(client);
  rows_are_reconciled_and_released(client);
  rows_come_as_they_settle(client);
  a_ledger_without_a_client();
  alikassa_client_free(client);
  return 0;
}

static alikassa_str field(const alikassa_reply *reply, const char *name) {
  alikassa_str value = {NULL, 0};
  CHECK(alikassa_reply_field(reply, name, strlen(name), &value) == ALIKASSA_STATUS_OK);
  return value;
}

static alikassa_str json_of(const alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  CHECK(alikassa_reply_json(reply, &json) == ALIKASSA_STATUS_OK);
  return json;
}

static alikassa_str body_of(const alikassa_reply *reply) {
  alikassa_str body = {"", 1};
  CHECK(alikassa_reply_body(reply, &body) == ALIKASSA_STATUS_OK);
  return body;
}

static int is_of_type(const alikassa_reply *reply, const char *expected) {
  alikassa_str type = {NULL, 0};
  return !alikassa_reply_type(reply, &type) && equal(type, expected);
}

static int32_t outcome_of(const alikassa_error *error) {
  int32_t outcome = -1;
  CHECK(alikassa_error_outcome(error, &outcome) == ALIKASSA_STATUS_OK);
  return outcome;
}

/* The error of a payout that must fail without writing a reply. */
static alikassa_error *failure(const alikassa_client *client, const char *order_id,
                               const char *amount, int32_t expected) {
  alikassa_reply *const before = (alikassa_reply *)(uintptr_t)0x5a5a;
  alikassa_reply *reply = before;
  alikassa_error *error = NULL;
  int32_t status = create_payout(client, order_id, amount, &reply, &error);
  if (status != expected) {
    expect_ok(status ? status : -1, error, order_id);
  }
  CHECK(reply == before);
  CHECK(equal(error_text(error, alikassa_error_operation), "payouts.create"));
  CHECK(equal(error_text(error, alikassa_error_order_id), order_id));
  return error;
}

static void a_create_is_recorded(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(create_payout(client, "B-1", "3.00", &reply, &error), error, "create");
  int32_t number = -1;
  CHECK(is_of_type(reply, "CreatedPayout"));
  CHECK(equal(field(reply, "payment_status"), "wait"));
  CHECK(field(reply, "id").len > 0);
  CHECK(!alikassa_reply_is_final(reply, &number) && number == 0);
  CHECK(!alikassa_reply_http_status(reply, &number) && number == 200);
  alikassa_str support = {NULL, 0};
  CHECK(!alikassa_reply_support_text(reply, &support));
  CHECK(contains(support, "\nPath: POST /v1/payout\n") && contains(support, ", HTTP 200, took "));
  CHECK(!contains(support, "411111"));
  alikassa_reply_free(reply);
}

static void a_duplicate_order_is_refused(const alikassa_client *client) {
  int32_t same_body = -1;
  alikassa_error *error = failure(client, "B-1", "3.00", ALIKASSA_STATUS_DUPLICATE_ORDER);
  CHECK(outcome_of(error) == ALIKASSA_OUTCOME_CREATED);
  CHECK(!alikassa_error_same_body(error, &same_body) && same_body == 1);
  alikassa_str previous = error_text(error, alikassa_error_previous);
  CHECK(contains(previous, "\"order_id\":\"B-1\",\"state\":\"accepted\",\"amount\":\"3.00\""));
  CHECK(contains(error_text(error, alikassa_error_json), "\"same_body\":true"));
  CHECK(is_absent(error_text(error, alikassa_error_support_text)));
  alikassa_error_free(error);

  error = failure(client, "B-1", "4.00", ALIKASSA_STATUS_DUPLICATE_ORDER);
  CHECK(!alikassa_error_same_body(error, &same_body) && same_body == 0);
  alikassa_error_free(error);
}

/* The resolution of the payout in this JSON. */
static alikassa_reply *resolve(const alikassa_client *client, const char *json) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payouts_resolve(client, json, strlen(json), 0, 3000, &reply, &error), error,
            json);
  CHECK(is_of_type(reply, "Resolution"));
  return reply;
}

static void a_lost_response_is_unknown_and_resolved(const alikassa_client *client) {
  alikassa_error *error = failure(client, "lost", "3.00", ALIKASSA_STATUS_OUTCOME_UNKNOWN);
  alikassa_error *cause = NULL, *no_cause = error;
  int32_t status = 0, same_body = 0;
  CHECK(outcome_of(error) == ALIKASSA_OUTCOME_UNKNOWN);
  CHECK(equal(error_text(error, alikassa_error_phase), "receive"));
  CHECK(contains(error_text(error, alikassa_error_support_text), "no response, transport"));
  CHECK(!alikassa_error_same_body(error, &same_body) && same_body == -1);
  CHECK(is_absent(error_text(error, alikassa_error_previous)));
  CHECK(!alikassa_error_cause(error, &cause) && cause != NULL);
  alikassa_error_free(error);
  CHECK(!alikassa_error_status(cause, &status) && status == ALIKASSA_STATUS_TRANSPORT);
  CHECK(!alikassa_error_cause(cause, &no_cause) && no_cause == NULL);
  alikassa_error_free(cause);

  alikassa_reply *reply = resolve(client, "{\"order_id\": \"lost\"}");
  int32_t is_final = -1;
  CHECK(equal(field(reply, "found"), "true") && equal(field(reply, "matched_by"), "amount"));
  CHECK(equal(field(reply, "order_id"), "lost") && equal(field(reply, "payment_status"), "wait"));
  CHECK(!alikassa_reply_is_final(reply, &is_final) && is_final == 0);
  CHECK(is_absent(field(reply, "other_id")));
  CHECK(contains(json_of(reply), "{\"found\":true,\"matched_by\":\"amount\",\"other_id\":null,"
                                 "\"status\":{\""));
  alikassa_reply_free(reply);
}

static void an_html_response_is_unknown(const alikassa_client *client) {
  alikassa_error *error = failure(client, "html", "3.00", ALIKASSA_STATUS_OUTCOME_UNKNOWN);
  alikassa_error *cause = NULL;
  int32_t number = 0;
  CHECK(equal(error_text(error, alikassa_error_phase), "answer"));
  CHECK(!alikassa_error_http_status(error, &number) && number == 502);
  CHECK(!alikassa_error_cause(error, &cause));
  CHECK(!alikassa_error_status(cause, &number) && number == ALIKASSA_STATUS_SERVER);
  CHECK(error_text(cause, alikassa_error_body).len > 0);
  alikassa_error_free(cause);
  alikassa_error_free(error);

  alikassa_reply *reply = resolve(client, "{\"order_id\": \"html\", \"amount\": \"3.0\"}");
  CHECK(equal(field(reply, "found"), "false") && is_absent(field(reply, "matched_by")));
  CHECK(is_absent(field(reply, "payment_status")));
  CHECK(!alikassa_reply_http_status(reply, &number) && number == 0);
  CHECK(!alikassa_reply_is_final(reply, &number) && number == -1);
  CHECK(equal(json_of(reply), "{\"found\":false,\"matched_by\":null,\"other_id\":null,\"status\":null}"));
  CHECK(is_absent(body_of(reply)));
  alikassa_reply_free(reply);
}

static void a_validation_error_is_rejected(const alikassa_client *client) {
  alikassa_error *error = failure(client, "too-much", "1000.00", ALIKASSA_STATUS_VALIDATION);
  CHECK(outcome_of(error) == ALIKASSA_OUTCOME_REJECTED);
  alikassa_error_free(error);
}

static void nothing_is_sent_without_an_output(const alikassa_client *client) {
  alikassa_error *error = NULL;
  CHECK(create_payout(client, "no-output", "3.00", NULL, &error) == ALIKASSA_STATUS_NULL_POINTER);
  CHECK(outcome_of(error) == ALIKASSA_OUTCOME_NOT_SENT);
  CHECK(equal(error_text(error, alikassa_error_operation), "payouts.create"));
  alikassa_error_free(error);

  static const char json[] = "{\"order_id\": 0.5}";
  alikassa_reply *reply = NULL;
  CHECK(alikassa_request(client, "v1/payout", 9, json, strlen(json), "payout", 6, 0, 0, 0, &reply,
                         &error) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(outcome_of(error) == ALIKASSA_OUTCOME_NOT_SENT);
  CHECK(equal(error_text(error, alikassa_error_operation), "v1/payout"));
  alikassa_error_free(error);
}

/* The updates of a wait; it ends after `limit` of them. */
typedef struct {
  const alikassa_client *client;
  int count, limit;
  char last[16];
} update_log;

static int32_t log_update(void *context, alikassa_str status_json) {
  update_log *log = context;
  static const char *const statuses[] = {"wait", "paid"};
  for (int i = 0; i < 2; i++) {
    char member[64];
    snprintf(member, sizeof member, "\"payment_status\":\"%s\"", statuses[i]);
    if (contains(status_json, member)) {
      snprintf(log->last, sizeof log->last, "%s", statuses[i]);
    }
  }
  CHECK(contains(status_json, "\"is_final\":"));
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_account_balance(log->client, 0, 0, &reply, &error), error, "in a wait");
  alikassa_reply_free(reply);
  return ++log->count == log->limit ? -7 : 0;
}

static int32_t close_client(void *client, alikassa_str status_json) {
  CHECK(contains(status_json, "\"payment_status\":"));
  CHECK(!alikassa_client_close(client, NULL));
  return 0;
}

static void waits_end_when_their_callback_closes_the_client(const char *json) {
  alikassa_client *client = client_from_env();
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payouts_wait(client, json, strlen(json), 10, 0, 0, close_client, client, &reply,
                                  &error),
            error, "a wait that closes its client");
  CHECK(is_of_type(reply, "Payout"));
  alikassa_reply_free(reply);
  alikassa_client_free(client);
}

static void waits_report_each_status(const alikassa_client *client) {
  static const char json[] = "{\"order_id\": \"slow\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(create_payout(client, "slow", "3.00", &reply, &error), error, "create");
  alikassa_reply_free(reply);

  update_log log = {client, 0, 2, ""};
  expect_ok(alikassa_payouts_wait(client, json, strlen(json), 10, 0, 0, log_update, &log, &reply,
                                  &error),
            error, "a wait that ends early");
  CHECK(log.count == 2 && !strcmp(log.last, "wait"));
  CHECK(is_of_type(reply, "Payout") && equal(field(reply, "payment_status"), "wait"));
  alikassa_reply_free(reply);

  log.limit = -1;
  expect_ok(alikassa_payouts_wait(client, json, strlen(json), 10, 0, 0, log_update, &log, &reply,
                                  &error),
            error, "wait");
  CHECK(log.count == 4 && !strcmp(log.last, "paid"));
  CHECK(equal(field(reply, "payment_status"), "paid"));
  alikassa_reply_free(reply);

  waits_end_when_their_callback_closes_the_client(json);

  expect_ok(alikassa_payouts_wait(client, json, strlen(json), 0, 0, 0, NULL, NULL, &reply, &error),
            error, "a wait without a callback");
  alikassa_reply_free(reply);
  CHECK(alikassa_payouts_wait(client, json, strlen(json), 9, 0, 0, NULL, NULL, &reply, &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "interval"));
  CHECK(equal(error_text(error, alikassa_error_operation), "payouts.wait"));
  alikassa_error_free(error);
}

static void payments_are_created_and_resolved(const alikassa_client *client) {
  static const char create[] =
      "{\"amount\": \"500.00\", \"order_id\": \"A-1\", \"service\": \"payment_card_rub_hpp\","
      " \"customer_ip\": \"18.191.80.10\", \"other_fields\": {\"new\": [1, \"two\"]}}";
  static const char order[] = "{\"order_id\": \"A-1\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payments_create(client, create, strlen(create), 0, 0, &reply, &error), error,
            "create");
  CHECK(is_of_type(reply, "CreatedPayment") && field(reply, "url").len > 0);
  alikassa_reply_free(reply);

  expect_ok(alikassa_payments_resolve(client, order, strlen(order), 0, 0, &reply, &error), error,
            "resolve");
  CHECK(equal(field(reply, "matched_by"), "amount"));
  alikassa_reply_free(reply);

  update_log log = {client, 0, 1, ""};
  expect_ok(alikassa_payments_wait(client, order, strlen(order), 10, 0, 0, log_update, &log,
                                   &reply, &error),
            error, "wait");
  CHECK(is_of_type(reply, "Payment") && log.count == 1);
  alikassa_reply_free(reply);
}

static void rows_are_reconciled_and_released(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_reconcile(client, 0, 0, &reply, &error), error, "reconcile");
  alikassa_str rows = json_of(reply);
  CHECK(is_of_type(reply, "LedgerRows") && is_absent(body_of(reply)));
  CHECK(rows.data[0] == '[' && rows.data[rows.len - 1] == ']');
  CHECK(contains(rows, "\"order_id\":\"B-1\",\"state\":\"accepted\",\"amount\":\"3.00\""));
  CHECK(contains(rows, "\"order_id\":\"lost\",\"state\":\"accepted\",\"amount\":\"3.00\""));
  CHECK(contains(rows, "\"order_id\":\"html\",\"state\":\"unknown\",\"amount\":\"3.00\""));
  CHECK(contains(rows, "\"order_id\":\"A-1\",\"state\":\"accepted\",\"amount\":\"500.00\""));
  CHECK(!contains(rows, "\"order_id\":\"too-much\""));
  CHECK(!contains(rows, "\"order_id\":\"no-output\""));
  alikassa_reply_free(reply);

  alikassa_error_free(failure(client, "html", "3.00", ALIKASSA_STATUS_DUPLICATE_ORDER));
  static const char operation[] = "payouts.create", reason[] = "support: there is none";
  alikassa_ledger *ledger = new_ledger(path);
  alikassa_str name = {NULL, 0};
  CHECK(!alikassa_ledger_location(ledger, &name) && equal(name, path));
  const char *account = variable("ALIKASSA_ACCOUNT");
  expect_ok(alikassa_ledger_release(ledger, operation, strlen(operation), "html", 4, reason,
                                    strlen(reason), account, strlen(account), &error),
            error, "release");
  CHECK(alikassa_ledger_release(ledger, operation, strlen(operation), "lost", 4, " ", 1, NULL, 0,
                                &error) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "reason"));
  alikassa_error_free(error);
  alikassa_ledger_free(ledger);
  expect_ok(create_payout(client, "html", "3.00", &reply, &error), error, "a released order");
  alikassa_reply_free(reply);
}

static int reconcile_rows(const alikassa_client *client, int limit) {
  alikassa_reconcile_iter *rows = NULL;
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL, *own = NULL;
  int count = 0;
  expect_ok(alikassa_reconcile_start(client, 2, 1000, 0, 0, &rows, &error), error, "start");
  while (count < limit && !alikassa_reconcile_next(rows, &reply, &error) && reply) {
    CHECK(is_of_type(reply, "Reconciled") && contains(field(reply, "operation"), ".create"));
    CHECK(is_absent(field(reply, "other_id")) && contains(json_of(reply), "\"error\":null"));
    CHECK(!alikassa_reply_error(reply, &own) && !own);
    alikassa_reply_free(reply);
    count++;
  }
  CHECK(!error);
  alikassa_reconcile_free(rows);
  CHECK(alikassa_reconcile_next(rows, &reply, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  return count;
}

static void rows_come_as_they_settle(const alikassa_client *client) {
  alikassa_reconcile_iter *rows = NULL;
  alikassa_error *error = NULL;
  int count = reconcile_rows(client, 1000);
  CHECK(count > 1);
  CHECK(reconcile_rows(client, 1) == 1);
  /* The rows of an iteration that was freed can be read again, once it has given them back. */
  for (int tries = 0; tries < 100 && reconcile_rows(client, 1000) != count; tries++) {
    CHECK(tries < 99);
  }
  CHECK(alikassa_reconcile_start(client, 4097, 0, 0, 0, &rows, &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "concurrency"));
  alikassa_error_free(error);
  CHECK(alikassa_reconcile_start(client, 0, -1, 0, 0, &rows, &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "rate"));
  alikassa_error_free(error);
}

static void a_ledger_without_a_client(void) {
  alikassa_ledger *ledger = new_ledger(path);
  alikassa_rows *rows = NULL;
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_open(ledger, &rows, &error), error, "open");
  int found = 0;
  while (!alikassa_rows_next(rows, &row, &error) && row) {
    found += is_of_type(row, "LedgerRow") && contains(json_of(row), "\"order_id\":\"A-1\"");
    alikassa_reply_free(row);
  }
  CHECK(!error && found == 1);
  alikassa_rows_free(rows);
  alikassa_ledger_free(ledger);

  ledger = new_ledger("/nowhere/ledger.sqlite");
  expect_ok(alikassa_ledger_open(ledger, &rows, &error), error, "open");
  CHECK(alikassa_rows_next(rows, &row, &error) == ALIKASSA_STATUS_LEDGER && !row);
  alikassa_error_free(error);
  expect_ok(alikassa_rows_next(rows, &row, &error), error, "after the error");
  CHECK(!row);
  alikassa_rows_free(rows);
  alikassa_ledger_free(ledger);
}

/* The ledger argv[1], its copy argv[2], and the notification argv[3] about another id. The suite
 * has set a fault: the response to the create of the order has the id 7. */

#include "check.h"

static const char operation[] = "payouts.create", order_id[] = "6422494";

static void rows_are_read(const alikassa_client *client, const alikassa_ledger *ledger);
static void another_id_is_told(const alikassa_client *client, const alikassa_ledger *ledger,
                               const char *query);
static void a_copy_sends_creates_after_resume(const alikassa_ledger *ledger, const char *copy);

int main(int argc, char **argv) {
  CHECK(argc == 4);
  alikassa_client *client = client_from_env_with_ledger(argv[1]);
  alikassa_ledger *ledger = new_ledger(argv[1]);
  rows_are_read(client, ledger);
  another_id_is_told(client, ledger, argv[3]);
  a_copy_sends_creates_after_resume(ledger, argv[2]);
  alikassa_ledger_free(ledger);
  alikassa_client_free(client);
  puts("ok");
  return 0;
}

static alikassa_str json_of(const alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  CHECK(alikassa_reply_json(reply, &json) == ALIKASSA_STATUS_OK);
  return json;
}

static alikassa_str field(const alikassa_reply *reply, const char *name) {
  alikassa_str value = {NULL, 0};
  CHECK(alikassa_reply_field(reply, name, strlen(name), &value) == ALIKASSA_STATUS_OK);
  return value;
}

static alikassa_reply *get(const alikassa_ledger *ledger, const char *account) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_get(ledger, operation, strlen(operation), order_id, strlen(order_id),
                                account, strlen(account), &reply, &error),
            error, "get");
  return reply;
}

static alikassa_rows *rows(const alikassa_ledger *ledger, const char *state, int64_t since_ms,
                           const char *account) {
  alikassa_rows *rows = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_rows(ledger, state, state ? strlen(state) : 0, since_ms, account,
                                 account ? strlen(account) : 0, &rows, &error),
            error, "rows");
  return rows;
}

/* NULL after the last one. */
static alikassa_reply *next(alikassa_rows *rows) {
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  alikassa_str type = {NULL, 0};
  expect_ok(alikassa_rows_next(rows, &row, &error), error, "next");
  CHECK(!row || (!alikassa_reply_type(row, &type) && equal(type, "LedgerRow")));
  return row;
}

/* The only row; NULL if there is none. */
static alikassa_reply *only(alikassa_rows *rows) {
  alikassa_reply *row = next(rows);
  CHECK(!next(rows));
  alikassa_rows_free(rows);
  return row;
}

static void expect_row(const alikassa_ledger *ledger) {
  alikassa_reply *row = get(ledger, variable("ALIKASSA_ACCOUNT"));
  alikassa_reply *listed = only(rows(ledger, NULL, 0, NULL));
  CHECK(contains(json_of(row), "\"order_id\":\"6422494\",\"state\":\"accepted\","
                               "\"amount\":\"300.00\""));
  CHECK(contains(json_of(row), "\"id\":7,\"id_source\":\"create\",\"payment_status\":\"wait\""));
  CHECK(equal(field(row, "amount"), "300.00") && equal(field(row, "id"), "7"));
  CHECK(equal(field(row, "state"), "accepted") && is_absent(field(row, "reason")));
  CHECK(json_of(row).len == json_of(listed).len);
  CHECK(!memcmp(json_of(row).data, json_of(listed).data, json_of(listed).len));
  alikassa_reply_free(row);
  alikassa_reply_free(listed);
}

static void expect_selected(alikassa_rows *rows, int expected) {
  alikassa_reply *row = only(rows);
  CHECK(!row == !expected);
  alikassa_reply_free(row);
}

static void rows_are_read(const alikassa_client *client, const alikassa_ledger *ledger) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_rows *none = NULL;
  expect_selected(rows(ledger, NULL, 0, NULL), 0);

  expect_ok(create_payout(client, order_id, "300.00", &reply, &error), error, "create");
  alikassa_reply_free(reply);
  expect_row(ledger);
  CHECK(!get(ledger, "another account"));
  expect_selected(rows(ledger, "accepted", 1, variable("ALIKASSA_ACCOUNT")), 1);
  expect_selected(rows(ledger, "unknown", 0, NULL), 0);
  expect_selected(rows(ledger, NULL, INT64_MAX, NULL), 0);
  expect_selected(rows(ledger, NULL, 0, "another account"), 0);
  CHECK(alikassa_ledger_rows(ledger, "lost", 4, 0, NULL, 0, &none, &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(!none && equal(error_text(error, alikassa_error_field), "state"));
  CHECK(contains(error_text(error, alikassa_error_message), "\"not_sent\""));
  alikassa_error_free(error);
}

static void another_id_is_told(const alikassa_client *client, const alikassa_ledger *ledger,
                               const char *query) {
  static const char order[] = "{\"order_id\": \"6422494\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payouts_resolve(client, order, strlen(order), 0, 3000, &reply, &error), error,
            "resolve");
  CHECK(equal(field(reply, "found"), "false") && is_absent(field(reply, "matched_by")));
  CHECK(equal(field(reply, "other_id"), "100000536") && equal(field(reply, "id"), "100000536"));
  CHECK(contains(json_of(reply), "{\"found\":false,\"matched_by\":null,\"other_id\":100000536,"
                                 "\"status\":{\""));
  alikassa_reply_free(reply);

  alikassa_str noted = {NULL, 0};
  expect_ok(alikassa_notifications_verify_query(client, query, strlen(query), NULL, 0, &reply,
                                                &error),
            error, query);
  expect_ok(alikassa_ledger_note(ledger, reply, &noted, &error), error, "note");
  CHECK(equal(noted, "other"));
  alikassa_reply_free(reply);
  expect_row(ledger);
}

/* Creates a payout that the client has to refuse before it sends it. */
static void expect_refused(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t outcome = -1;
  CHECK(create_payout(client, "new", "3.00", &reply, &error) == ALIKASSA_STATUS_LEDGER && !reply);
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NOT_SENT);
  CHECK(contains(error_text(error, alikassa_error_message), "resume"));
  alikassa_error_free(error);
}

static void a_copy_sends_creates_after_resume(const alikassa_ledger *ledger, const char *copy) {
  static const char reason[] = "every order since is known";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_backup(ledger, copy, strlen(copy), &error), error, copy);
  CHECK(alikassa_ledger_backup(ledger, copy, strlen(copy), &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "path"));
  alikassa_error_free(error);

  alikassa_client *client = client_from_env_with_ledger(copy);
  alikassa_ledger *restored = new_ledger(copy);
  expect_row(restored);
  expect_refused(client);
  CHECK(alikassa_ledger_resume(restored, " ", 1, &error) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "reason"));
  alikassa_error_free(error);
  expect_refused(client);
  expect_ok(alikassa_ledger_resume(restored, reason, strlen(reason), &error), error, "resume");
  expect_ok(create_payout(client, "new", "3.00", &reply, &error), error, "create after resume");
  alikassa_reply_free(reply);
  alikassa_ledger_free(restored);
  alikassa_client_free(client);
}

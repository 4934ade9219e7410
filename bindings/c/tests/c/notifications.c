/*
 * Notifications and redirects that the suite has made, all of them about one payment: in argv a ledger, a query, a body
 * as JSON, a forged query, one for another account, one whose status is older, and a redirect as a form.
 */

#include "check.h"

static char **message;

enum { LEDGER = 1, QUERY, JSON, FORGED, FOREIGN, OLDER, REDIRECT, COUNT };

static void a_query_is_believed(const alikassa_client *client);
static void a_body_is_believed(const alikassa_client *client);
static void a_redirect_is_believed(const alikassa_client *client);
static void what_is_wrong_is_refused(const alikassa_client *client);
static void certificates_are_added(void);
static void the_ledger_tells_what_is_news(const alikassa_client *client);

int main(int argc, char **argv) {
  CHECK(argc == COUNT);
  message = argv;
  alikassa_client *client = client_from_env();
  a_query_is_believed(client);
  a_body_is_believed(client);
  a_redirect_is_believed(client);
  what_is_wrong_is_refused(client);
  certificates_are_added();
  the_ledger_tells_what_is_news(client);
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

static int is_of_type(const alikassa_reply *reply, const char *expected) {
  alikassa_str type = {NULL, 0};
  return !alikassa_reply_type(reply, &type) && equal(type, expected);
}

/* The notification in a query that must be right. */
static alikassa_reply *believed(const alikassa_client *client, int which) {
  const char *query = message[which];
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_notifications_verify_query(client, query, strlen(query), NULL, 0, &reply,
                                                &error),
            error, query);
  CHECK(is_of_type(reply, "Notification"));
  return reply;
}

static void a_query_is_believed(const alikassa_client *client) {
  alikassa_reply *reply = believed(client, QUERY);
  int32_t number = -1;
  CHECK(!alikassa_reply_http_status(reply, &number) && number == 0);
  CHECK(!alikassa_reply_is_final(reply, &number) && number == 1);
  CHECK(equal(field(reply, "type"), "payment") && equal(field(reply, "id"), "112412553"));
  CHECK(equal(field(reply, "payment_status"), "paid"));
  CHECK(equal(field(reply, "variant"), "f11-default") && equal(field(reply, "digest"), "sha1"));
  alikassa_str json = json_of(reply), signed_text = {NULL, 0}, value;
  CHECK(contains(json, "{\"type\":\"payment\",\"id\":112412553,\"order_id\":\"1756900030\","));
  CHECK(contains(json, "\"is_final\":true,\"variant\":\"f11-default\",\"digest\":\"sha1\","
                       "\"unsigned\":{\"bonus\":\"1\"}}"));
  CHECK(alikassa_reply_field(reply, "bonus", 5, &value) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(!alikassa_reply_body(reply, &signed_text));
  CHECK(contains(signed_text, "\"order_id\":\"1756900030\"") && !contains(signed_text, "bonus"));
  alikassa_reply_free(reply);
}

static void a_body_is_believed(const alikassa_client *client) {
  static const char type[] = "application/json; charset=utf-8", other[] = "text/plain";
  const char *body = message[JSON];
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_notifications_verify_body(client, body, strlen(body), type, strlen(type),
                                               "sha256", 6, &reply, &error),
            error, body);
  CHECK(is_of_type(reply, "Notification") && equal(field(reply, "digest"), "sha256"));
  alikassa_reply_free(reply);
  expect_ok(alikassa_notifications_verify_body(client, body, strlen(body), NULL, 0, NULL, 0,
                                               &reply, &error),
            error, "a body without a type");
  alikassa_reply_free(reply);
  CHECK(alikassa_notifications_verify_body(client, body, strlen(body), other, strlen(other), NULL,
                                           0, &reply, NULL) ==
        ALIKASSA_STATUS_MALFORMED_NOTIFICATION);
  CHECK(alikassa_notifications_verify_body(client, body, strlen(body), type, strlen(type), "sha1",
                                           4, &reply, NULL) ==
        ALIKASSA_STATUS_SIGNATURE_MISMATCH);
}

static void a_redirect_is_believed(const alikassa_client *client) {
  static const char type[] = "application/x-www-form-urlencoded";
  const char *form = message[REDIRECT];
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t number = 0;
  expect_ok(alikassa_redirects_verify_body(client, form, strlen(form), type, strlen(type), NULL, 0,
                                           &reply, &error),
            error, form);
  CHECK(is_of_type(reply, "Redirect") && equal(field(reply, "order_id"), "1756900030"));
  CHECK(!alikassa_reply_is_final(reply, &number) && number == -1);
  CHECK(contains(json_of(reply), "\"is_final\":null,\"digest\":\"sha1\",\"unsigned\":{}}"));
  alikassa_reply_free(reply);
  expect_ok(alikassa_redirects_verify_query(client, form, strlen(form), "auto", 4, &reply, &error),
            error, "a redirect by GET");
  CHECK(field(reply, "uuid").len > 0);
  alikassa_reply_free(reply);
}

/* A query that must be refused, and the name of the call that its error has. */
static void refused(const alikassa_client *client, const char *query, int32_t expected) {
  alikassa_reply *const before = (alikassa_reply *)(uintptr_t)0x5a5a;
  alikassa_reply *reply = before;
  alikassa_error *error = NULL;
  int32_t status = alikassa_notifications_verify_query(client, query, strlen(query), NULL, 0,
                                                       &reply, &error);
  if (status != expected) {
    expect_ok(status ? status : -1, error, query);
  }
  CHECK(reply == before);
  CHECK(equal(of_error(error, alikassa_error_operation), "notifications.verify"));
  alikassa_error_free(error);
}

static void what_is_wrong_is_refused(const alikassa_client *client) {
  refused(client, message[FORGED], ALIKASSA_STATUS_SIGNATURE_MISMATCH);
  refused(client, message[FOREIGN], ALIKASSA_STATUS_ACCOUNT_MISMATCH);
  refused(client, "", ALIKASSA_STATUS_MALFORMED_NOTIFICATION);
  refused(client, "id=1&id=2", ALIKASSA_STATUS_MALFORMED_NOTIFICATION);
  refused(NULL, "x", ALIKASSA_STATUS_BAD_HANDLE);

  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  CHECK(alikassa_redirects_verify_query(client, "x", 1, "md5", 3, &reply, &error) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(of_error(error, alikassa_error_operation), "redirects.verify"));
  alikassa_error_free(error);
}

/* Without a certificate nothing is believed; of several, by folder and by key, any may fit. */
static void certificates_are_added(void) {
  const char *right = variable("ALIKASSA_NOTIFICATION_CERT");
  const char *wrong = variable("ALIKASSA_PAYOUT_CERT");
  alikassa_config *config = new_config(variable("ALIKASSA_ACCOUNT"));
  alikassa_error *error = NULL;
  alikassa_client *client = new_client(config);
  refused(client, message[QUERY], ALIKASSA_STATUS_CONFIGURATION);
  alikassa_client_free(client);

  expect_ok(alikassa_config_add_notification_cert(config, wrong, strlen(wrong), &error), error,
            wrong);
  client = new_client(config);
  refused(client, message[QUERY], ALIKASSA_STATUS_SIGNATURE_MISMATCH);
  alikassa_client_free(client);

  char path[4096], pem[8192];
  CHECK(snprintf(path, sizeof path, "%s/public.pem", right) < (int)sizeof path);
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  size_t len = fread(pem, 1, sizeof pem, file);
  fclose(file);
  expect_ok(alikassa_config_add_notification_key(config, pem, len, &error), error, path);
  client = new_client(config);
  alikassa_reply_free(believed(client, QUERY));
  alikassa_client_free(client);
  alikassa_config_free(config);
}

static alikassa_str noted(const alikassa_ledger *ledger, const alikassa_reply *event) {
  alikassa_str noted = {NULL, 0};
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_note(ledger, event, &noted, &error), error, "note");
  return noted;
}

static void the_ledger_tells_what_is_news(const alikassa_client *client) {
  alikassa_ledger *ledger = new_ledger(message[LEDGER]);
  alikassa_reply *event = believed(client, QUERY), *older = believed(client, OLDER);
  CHECK(equal(noted(ledger, event), "new"));
  CHECK(equal(noted(ledger, event), "seen"));
  CHECK(equal(noted(ledger, older), "stale"));
  alikassa_reply_free(older);

  alikassa_str text = {NULL, 0};
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_open(ledger, &rows, &error), error, "open");
  CHECK(alikassa_ledger_note(ledger, rows, &text, &error) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(equal(of_error(error, alikassa_error_field), "notification") && is_absent(text));
  alikassa_error_free(error);
  alikassa_reply_free(rows);
  alikassa_ledger_free(ledger);

  ledger = new_ledger("/nowhere/ledger.sqlite");
  CHECK(alikassa_ledger_note(ledger, event, &text, &error) == ALIKASSA_STATUS_LEDGER);
  CHECK(is_absent(text));
  alikassa_error_free(error);
  alikassa_ledger_free(ledger);
  alikassa_reply_free(event);
}

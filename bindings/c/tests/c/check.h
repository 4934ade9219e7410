/* Shared by the test programs: a check that exits on failure, and calls that must succeed. */

#ifndef CHECK_H
#define CHECK_H

#include <alikassa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

static inline void check(int holds, const char *condition, const char *file, int line) {
  if (!holds) {
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, condition);
    exit(1);
  }
}

static inline int equal(alikassa_str text, const char *expected) {
  return text.data && text.len == strlen(expected) && !memcmp(text.data, expected, text.len);
}

static inline int contains(alikassa_str text, const char *part) {
  size_t len = strlen(part);
  for (size_t at = 0; at + len <= text.len; at++) {
    if (!memcmp(text.data + at, part, len)) {
      return 1;
    }
  }
  return 0;
}

static inline int is_absent(alikassa_str text) { return !text.data && !text.len; }

/* Exits with the error unless the status is OK. A macro, so that the call sets the error before it
 * is read: C does not say in which order arguments are evaluated. */
#define expect_ok(call, error, what)          \
  do {                                        \
    const int32_t expect_ok_status = (call);  \
    check_ok(expect_ok_status, error, what);  \
  } while (0)

static inline void check_ok(int32_t status, alikassa_error *error, const char *what) {
  if (status != ALIKASSA_STATUS_OK) {
    alikassa_str json = {NULL, 0};
    alikassa_error_json(error, &json);
    fprintf(stderr, "%s: %d %.*s\n", what, status, (int)json.len, json.data ? json.data : "");
    exit(1);
  }
}

/* The text that a getter of the error returns. */
static inline alikassa_str error_text(const alikassa_error *error,
                                    int32_t (*getter)(const alikassa_error *, alikassa_str *)) {
  alikassa_str text = {NULL, 0};
  CHECK(getter(error, &text) == ALIKASSA_STATUS_OK);
  return text;
}

static inline alikassa_config *new_config(const char *account) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_new(account, strlen(account), &config, &error), error, "config");
  return config;
}

static inline alikassa_client *new_client(const alikassa_config *config) {
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_client_new(config, &client, &error), error, "client");
  return client;
}

static inline const char *variable(const char *name) {
  const char *value = getenv(name);
  CHECK(value != NULL);
  return value;
}

/* A client with the options of the environment and a ledger. */
static inline alikassa_client *client_from_env_with_ledger(const char *path) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_from_env(&config, &error), error, "options from the environment");
  expect_ok(alikassa_config_set_ledger(config, path, strlen(path), &error), error, path);
  /* Under valgrind, beside the other tests, a handshake takes seconds. */
  expect_ok(alikassa_config_set_connect_timeout_ms(config, 30000, &error), error, "timeout");
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  return client;
}

static inline alikassa_ledger *new_ledger(const char *path) {
  alikassa_ledger *ledger = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_new(path, strlen(path), &ledger, &error), error, path);
  return ledger;
}

/* A callback of a wait that fails before its first request. */
static inline int32_t never_called(void *context, alikassa_str status_json) {
  (void)context, (void)status_json;
  CHECK(!"called");
  return 0;
}

static inline int32_t create_payout(const alikassa_client *client, const char *order_id,
                                    const char *amount, alikassa_reply **reply,
                                    alikassa_error **error) {
  char json[256];
  int len = snprintf(json, sizeof json,
                     "{\"amount\": \"%s\", \"number\": \"4111111111111111\","
                     " \"order_id\": \"%s\", \"service\": \"payment_card_rub\"}",
                     amount, order_id);
  CHECK(len > 0 && (size_t)len < sizeof json);
  return alikassa_payouts_create(client, json, (size_t)len, 0, 0, reply, error);
}

static inline alikassa_client *client_from_env(void) {
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_client_from_env(&client, &error), error, "client from the environment");
  return client;
}

#endif

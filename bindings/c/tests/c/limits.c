/* The function that decides about numbers, and its context. argv[1] is the path of a ledger. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, SECONDS = 300 };

/* What the function does, and what happened to it. */
typedef struct {
  int32_t result;
  pthread_t thread;
  alikassa_config *config;
  alikassa_client *client;
  void (*act)(alikassa_client *client);
  atomic_int asked;
  atomic_int destroyed;
} decision;

static const char *ledger;

static void a_function_decides_on_the_thread_of_the_call(void);
static void a_function_that_fails_refuses_the_number(void);
static void a_function_may_call_close_and_free_its_client(void);
static void destroy_is_called_once_after_the_last_client(void);
static void destroy_is_not_called_for_limits_that_were_not_set(void);
static void threads_ask_while_clients_are_freed(void);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  ledger = argv[1];
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  a_function_decides_on_the_thread_of_the_call();
  a_function_that_fails_refuses_the_number();
  a_function_may_call_close_and_free_its_client();
  destroy_is_called_once_after_the_last_client();
  destroy_is_not_called_for_limits_that_were_not_set();
  threads_ask_while_clients_are_freed();
  return 0;
}

static int32_t decide(void *context, alikassa_str number) {
  decision *const made = context;
  CHECK(equal(number, "4111111111111111"));
  made->thread = pthread_self();
  made->asked++;
  if (made->act) {
    made->act(made->client);
  }
  return made->result;
}

static void destroyed(void *context) { ((decision *)context)->destroyed++; }

static alikassa_config *config_from_env(void) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_from_env(&config, &error), error, "options from the environment");
  expect_ok(alikassa_config_set_digest(config, "sha1", 4, &error), error, "digest");
  expect_ok(alikassa_config_set_connect_timeout_ms(config, 30000, &error), error, "timeout");
  return config;
}

static int32_t set_limits(alikassa_config *config, const char *json, decision *made,
                          alikassa_destroy destroy) {
  return alikassa_config_set_limits(config, "payouts.create", 14, json, strlen(json), decide, made,
                                    destroy, NULL);
}

static alikassa_client *client_with(const char *json, decision *made) {
  alikassa_config *config = config_from_env();
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_set_ledger(config, ledger, strlen(ledger), &error), error, ledger);
  CHECK(!set_limits(config, json, made, destroyed));
  made->client = new_client(config);
  alikassa_config_free(config);
  CHECK(!made->destroyed);
  return made->client;
}

/* The error of a payout that is not sent. */
static alikassa_error *not_sent(const alikassa_client *client, const char *order_id,
                                const char *amount, int32_t expected) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t outcome = 0;
  const int32_t status = create_payout(client, order_id, amount, &reply, &error);
  if (status != expected) {
    check_ok(status ? status : -1, error, order_id);
  }
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NOT_SENT);
  return error;
}

static void a_function_decides_on_the_thread_of_the_call(void) {
  static const char order[] =
      "{\"amount\": \"5.01\", \"number\": \"4111111111111111\", \"order_id\": \"limited\","
      " \"service\": \"payment_card_rub\"}";
  decision made = {.result = 1};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_str text = {NULL, 0};
  alikassa_client *client = client_with("{\"max_amount\": \"5.00\"}", &made);
  expect_ok(create_payout(client, "allowed", "5.00", &reply, &error), error, "allowed");
  alikassa_reply_free(reply);
  CHECK(made.asked == 1 && pthread_equal(made.thread, pthread_self()));

  error = not_sent(client, "limited", "5.01", ALIKASSA_STATUS_GUARD);
  CHECK(equal(error_text(error, alikassa_error_reason), "max_amount"));
  CHECK(is_absent(error_text(error, alikassa_error_support_text)));
  alikassa_error_free(error);
  /* The amount refuses it before the function is asked. */
  CHECK(made.asked == 1);

  made.result = 0;
  expect_ok(alikassa_dry_run(client, "payouts.create", 14, order, strlen(order), 0, &reply, &error),
            error, "dry run");
  CHECK(!alikassa_reply_type(reply, &text) && equal(text, "DryRun"));
  CHECK(!alikassa_reply_field(reply, "refusal", 7, &text) && equal(text, "guard"));
  CHECK(!alikassa_reply_field(reply, "body_sha256", 11, &text) && text.len == 64);
  CHECK(!alikassa_reply_support_text(reply, &text) && is_absent(text));
  alikassa_reply_free(reply);
  expect_ok(alikassa_request_dry_run(client, "v1/payout", 9, order, strlen(order), "payout", 6, 0,
                                     &reply, &error),
            error, "raw dry run");
  CHECK(!alikassa_reply_field(reply, "operation", 9, &text) && equal(text, "payouts.create"));
  CHECK(!alikassa_reply_field(reply, "reason", 6, &text) && equal(text, "max_amount"));
  alikassa_reply_free(reply);

  error = not_sent(client, "refused", "5.00", ALIKASSA_STATUS_GUARD);
  CHECK(equal(error_text(error, alikassa_error_reason), "allowed_numbers"));
  alikassa_error_free(error);
  alikassa_client_free(client);
  CHECK(made.destroyed == 1);
}

static void a_function_that_fails_refuses_the_number(void) {
  decision made = {.result = -1};
  int32_t status = 0;
  alikassa_error *cause = NULL;
  alikassa_client *client = client_with("{}", &made);
  alikassa_error *error = not_sent(client, "failed", "5.00", ALIKASSA_STATUS_GUARD);
  CHECK(equal(error_text(error, alikassa_error_reason), "allowed_numbers"));
  CHECK(!alikassa_error_cause(error, &cause));
  CHECK(!alikassa_error_status(cause, &status) && status == ALIKASSA_STATUS_CONFIGURATION);
  CHECK(!contains(error_text(error, alikassa_error_json), "411111"));
  alikassa_error_free(error);
  alikassa_error_free(cause);
  alikassa_client_free(client);
  CHECK(made.destroyed == 1);
}

static void call_again(alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_account_balance(client, 0, 0, &reply, &error), error, "in the function");
  alikassa_reply_free(reply);
}

static void close_again(alikassa_client *client) { CHECK(!alikassa_client_close(client, NULL)); }

static void a_function_may_call_close_and_free_its_client(void) {
  decision made = {.result = 1, .act = call_again};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = client_with("{}", &made);
  expect_ok(create_payout(client, "calls", "5.00", &reply, &error), error, "calls");
  alikassa_reply_free(reply);
  made.act = close_again;
  alikassa_error_free(not_sent(client, "closes", "5.00", ALIKASSA_STATUS_CONFIGURATION));
  alikassa_client_free(client);
  CHECK(made.destroyed == 1);

  made.destroyed = 0;
  made.act = alikassa_client_free;
  client = client_with("{}", &made);
  expect_ok(create_payout(client, "frees", "5.00", &reply, &error), error, "frees");
  alikassa_reply_free(reply);
  CHECK(made.destroyed == 1);
  CHECK(alikassa_client_close(client, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
}

static void destroy_is_called_once_after_the_last_client(void) {
  static const char account[] = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  decision made = {.result = 0};
  alikassa_client *derived = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = client_with("{}", &made);
  expect_ok(alikassa_client_for_account(client, account, strlen(account), &derived, &error), error,
            "derived");
  alikassa_client_free(client);
  CHECK(!made.destroyed);
  alikassa_error_free(not_sent(derived, "derived", "5.00", ALIKASSA_STATUS_GUARD));
  CHECK(made.asked == 1);
  alikassa_client_free(derived);
  CHECK(made.destroyed == 1);
}

static void change_the_config(void *context) {
  decision *const made = context;
  made->destroyed++;
  CHECK(!alikassa_config_set_max_retries(made->config, 1, NULL));
}

static void destroy_is_not_called_for_limits_that_were_not_set(void) {
  decision first = {0}, second = {0}, refused = {0};
  alikassa_client *client = NULL;
  alikassa_config *config = config_from_env();
  first.config = config;
  CHECK(!set_limits(config, "{}", &first, change_the_config));
  CHECK(set_limits(config, "[]", &refused, destroyed) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(!first.destroyed && !refused.destroyed);
  /* Other limits for the operation; the client would refuse them. */
  CHECK(!set_limits(config, "{\"max_per_day\": \"1.00\"}", &second, destroyed));
  CHECK(first.destroyed == 1 && !second.destroyed);
  CHECK(alikassa_client_new(config, &client, NULL) == ALIKASSA_STATUS_CONFIGURATION);
  CHECK(!second.destroyed);
  alikassa_config_free(config);
  CHECK(second.destroyed == 1);
  CHECK(set_limits(config, "{}", &refused, destroyed) == ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(!refused.destroyed);
}

static void *ask_until_freed(void *client) {
  static const char order[] =
      "{\"amount\": \"5.00\", \"number\": \"4111111111111111\", \"order_id\": \"threads\","
      " \"service\": \"payment_card_rub\"}";
  int32_t status = ALIKASSA_STATUS_OK;
  while (!status) {
    alikassa_reply *reply = NULL;
    status = alikassa_dry_run(client, "payouts.create", 14, order, strlen(order), 0, &reply, NULL);
    alikassa_reply_free(reply);
  }
  CHECK(status == ALIKASSA_STATUS_BAD_HANDLE);
  return NULL;
}

static void threads_ask_while_clients_are_freed(void) {
  decision made = {.result = 0};
  pthread_t threads[THREADS];
  alikassa_client *client = client_with("{}", &made);
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, ask_until_freed, client));
  }
  const struct timespec pause = {0, 1000 * 1000};
  while (made.asked < THREADS) {
    nanosleep(&pause, NULL);
  }
  alikassa_client_free(client);
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
  }
  CHECK(made.destroyed == 1);
}

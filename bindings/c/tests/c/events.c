/* The events of clients, and what their callback may do. With an argument also in a child of fork,
 * which keeps what belongs to its parent: valgrind takes that for a leak. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EVENTS = 64, SECONDS = 300 };

/* What a callback has seen. Its thread writes it; the program reads it after a close. */
typedef struct {
  int count;
  char kinds[MAX_EVENTS][32];
  char json[MAX_EVENTS][600];
  const alikassa_reply *last;
  pthread_t thread;
  alikassa_client *client;
  alikassa_config *config;
  int frees_client;
  atomic_int closed;
  atomic_int destroyed;
} seen;

static void a_read_has_four_events_on_another_thread(void);
static void an_event_can_be_freed_and_not_kept(void);
static void the_callback_may_call_close_and_free_its_client(void);
static void a_derived_client_keeps_the_callback(void);
static void destroy_is_called_once(void);
static void destroy_may_use_the_config(void);
static void a_child_of_fork_has_its_own_events(void);

int main(int argc, char **argv) {
  (void)argv;
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  a_read_has_four_events_on_another_thread();
  an_event_can_be_freed_and_not_kept();
  the_callback_may_call_close_and_free_its_client();
  a_derived_client_keeps_the_callback();
  destroy_is_called_once();
  destroy_may_use_the_config();
  if (argc == 2) {
    a_child_of_fork_has_its_own_events();
  }
  return 0;
}

static alikassa_str field(const alikassa_reply *event, const char *name) {
  alikassa_str value = {NULL, 0};
  CHECK(alikassa_reply_field(event, name, strlen(name), &value) == ALIKASSA_STATUS_OK);
  return value;
}

static void copy(char *to, size_t size, alikassa_str text) {
  CHECK(text.len < size);
  memcpy(to, text.data, text.len);
  to[text.len] = 0;
}

static void record(void *context, const alikassa_reply *event) {
  seen *const all = context;
  CHECK(all->count < MAX_EVENTS);
  copy(all->kinds[all->count], sizeof *all->kinds, field(event, "kind"));
  alikassa_str json = {NULL, 0};
  CHECK(alikassa_reply_json(event, &json) == ALIKASSA_STATUS_OK);
  copy(all->json[all->count], sizeof *all->json, json);
  all->count++;
  all->last = event;
  all->thread = pthread_self();
}

static void destroyed(void *context) { ((seen *)context)->destroyed++; }

static void wait_until(const atomic_int *happened) {
  const struct timespec pause = {0, 1000 * 1000};
  while (!*happened) {
    nanosleep(&pause, NULL);
  }
}

static void wait_until_destroyed(const seen *all) { wait_until(&all->destroyed); }

static alikassa_config *config_from_env(void) {
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_from_env(&config, &error), error, "options from the environment");
  /* With `auto` the first read can take two requests. */
  expect_ok(alikassa_config_set_digest(config, "sha1", 4, &error), error, "digest");
  expect_ok(alikassa_config_set_connect_timeout_ms(config, 30000, &error), error, "timeout");
  return config;
}

static alikassa_client *client_with(alikassa_on_event on_event, seen *all) {
  alikassa_config *config = config_from_env();
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_set_on_event(config, on_event, all, destroyed, &error), error, "event");
  expect_ok(alikassa_config_set_event_order_ids(config, 1, &error), error, "order_ids");
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  return client;
}

static void read_status(const alikassa_client *client) {
  static const char json[] = "{\"order_id\": \"6422494\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_payouts_status(client, json, strlen(json), 0, 0, &reply, &error), error,
            "status");
  alikassa_reply_free(reply);
}

static void a_read_has_four_events_on_another_thread(void) {
  static const char *const kinds[] = {"call_started", "attempt_started", "attempt_ended",
                                      "outcome"};
  seen all = {0};
  alikassa_client *client = client_with(record, &all);
  read_status(client);
  CHECK(!alikassa_client_close(client, NULL));
  CHECK(all.count == 4);
  for (int i = 0; i < 4; i++) {
    const alikassa_str json = {all.json[i], strlen(all.json[i])};
    CHECK(!strcmp(all.kinds[i], kinds[i]));
    CHECK(contains(json, "\"operation\":\"payouts.status\""));
    CHECK(contains(json, "\"order_id\":\"6422494\""));
    CHECK(contains(json, i == 2 ? "\"http_status\":200" : "\"http_status\":null"));
  }
  CHECK(!pthread_equal(all.thread, pthread_self()));
  CHECK(!all.destroyed);
  alikassa_client_free(client);
  wait_until_destroyed(&all);
}

static void record_and_free(void *context, const alikassa_reply *event) {
  alikassa_str text = {NULL, 0};
  int32_t number = 0;
  alikassa_error *cause = (alikassa_error *)context;
  record(context, event);
  CHECK(alikassa_reply_field(event, "amount", 6, &text) == ALIKASSA_STATUS_INVALID_ARGUMENT);
  CHECK(!alikassa_reply_type(event, &text) && equal(text, "ClientEvent"));
  CHECK(!alikassa_reply_body(event, &text) && is_absent(text));
  CHECK(!alikassa_reply_support_text(event, &text) && is_absent(text));
  CHECK(!alikassa_reply_http_status(event, &number) && number == 0);
  CHECK(!alikassa_reply_is_final(event, &number) && number == -1);
  CHECK(!alikassa_reply_error(event, &cause) && !cause);
  alikassa_reply_free((alikassa_reply *)(uintptr_t)event);
  CHECK(alikassa_reply_json(event, &text) == ALIKASSA_STATUS_BAD_HANDLE);
}

static void an_event_can_be_freed_and_not_kept(void) {
  seen freed = {0}, kept = {0};
  alikassa_str text = {NULL, 0};
  alikassa_client *client = client_with(record_and_free, &freed);
  read_status(client);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_client_free(client);
  CHECK(freed.count == 4);
  client = client_with(record, &kept);
  read_status(client);
  CHECK(!alikassa_client_close(client, NULL));
  CHECK(alikassa_reply_json(kept.last, &text) == ALIKASSA_STATUS_BAD_HANDLE);
  alikassa_client_free(client);
  wait_until_destroyed(&freed);
  wait_until_destroyed(&kept);
}

/* Reads once more, then closes and frees the client. */
static void call_close_and_free(void *context, const alikassa_reply *event) {
  seen *const all = context;
  const int is_first = !all->count;
  record(context, event);
  if (is_first) {
    read_status(all->client);
    CHECK(!alikassa_client_close(all->client, NULL));
    if (all->frees_client) {
      alikassa_client_free(all->client);
    }
    all->closed = 1;
  }
}

static void the_callback_may_call_close_and_free_its_client(void) {
  for (int frees_client = 0; frees_client < 2; frees_client++) {
    seen all = {.frees_client = frees_client};
    all.client = client_with(call_close_and_free, &all);
    /* The callback can free the client before this call returns. */
    alikassa_reply *reply = NULL;
    alikassa_error *error = NULL;
    expect_ok(alikassa_account_balance(all.client, 0, 0, &reply, &error), error, "balance");
    alikassa_reply_free(reply);
    wait_until(&all.closed);
    if (!frees_client) {
      alikassa_client_free(all.client);
    }
    wait_until_destroyed(&all);
    CHECK(all.count == 8);
    CHECK(alikassa_client_close(all.client, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  }
}

static void a_derived_client_keeps_the_callback(void) {
  static const char account[] = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  seen all = {0};
  alikassa_client *derived = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = client_with(record, &all);
  expect_ok(alikassa_client_for_account(client, account, strlen(account), &derived, &error), error,
            "derived");
  alikassa_client_free(client);
  static const char json[] = "{\"order_id\": \"6422494\"}";
  alikassa_reply *reply = NULL;
  /* The sandbox has another account. */
  CHECK(alikassa_payouts_status(derived, json, strlen(json), 0, 0, &reply, NULL) != 0);
  CHECK(!alikassa_client_close(derived, NULL));
  CHECK(all.count == 4 && !all.destroyed);
  alikassa_client_free(derived);
  wait_until_destroyed(&all);
}

static void destroy_is_called_once(void) {
  seen first = {0}, second = {0}, refused = {0};
  alikassa_config *config = config_from_env();
  alikassa_client *client = NULL;
  CHECK(!alikassa_config_set_on_event(config, record, &first, destroyed, NULL));
  client = new_client(config);
  CHECK(!alikassa_config_set_on_event(config, record, &second, destroyed, NULL));
  CHECK(!first.destroyed);
  alikassa_client_free(client);
  CHECK(first.destroyed == 1 && !second.destroyed);
  CHECK(!alikassa_config_set_on_event(config, record, &first, NULL, NULL));
  CHECK(first.destroyed == 1 && second.destroyed == 1);

  CHECK(alikassa_config_set_on_event(config, NULL, &refused, destroyed, NULL) ==
        ALIKASSA_STATUS_NULL_POINTER);
  alikassa_config_free(config);
  CHECK(alikassa_config_set_on_event(config, record, &refused, destroyed, NULL) ==
        ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(first.destroyed == 1 && second.destroyed == 1 && !refused.destroyed);
}

static void change_the_config(void *context) {
  seen *const all = context;
  all->destroyed++;
  CHECK(!alikassa_config_set_max_retries(all->config, 1, NULL));
}

static void destroy_may_use_the_config(void) {
  seen all = {.config = config_from_env()};
  CHECK(!alikassa_config_set_on_event(all.config, record, &all, change_the_config, NULL));
  CHECK(!alikassa_config_set_on_event(all.config, record, &all, NULL, NULL));
  CHECK(all.destroyed == 1);
  alikassa_config_free(all.config);
}

static void a_child_of_fork_has_its_own_events(void) {
  seen all = {0};
  int status = 0;
  alikassa_client *client = client_with(record, &all);
  read_status(client);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_client_free(client);
  wait_until_destroyed(&all);

  seen inherited = {0};
  client = client_with(record, &inherited);
  const pid_t child = fork();
  if (!child) {
    alarm(SECONDS);
    read_status(client);
    CHECK(!alikassa_client_close(client, NULL));
    _exit(inherited.count == 4 ? 0 : 1);
  }
  CHECK(child > 0 && waitpid(child, &status, 0) == child && !status);
  CHECK(!inherited.count);
  alikassa_client_free(client);
  wait_until_destroyed(&inherited);
}

/* Clients kept by name, and the name of a package over the library. With an argument also in a child
 * of fork, whose memory valgrind would report. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 900, THREADS = 8, LIMIT = 64 };

#define INVALID_ARGUMENT ALIKASSA_STATUS_INVALID_ARGUMENT

static void a_kept_client_outlives_its_handle(void);
static void a_name_means_its_last_client(void);
static void a_closed_client_is_not_kept(void);
static void the_client_not_used_for_longest_is_released(void);
static void a_name_has_a_length(void);
static void threads_share_kept_clients(void);
static void a_child_of_fork_has_none(void);
static void the_wrapper_is_in_the_user_agent(void);

int main(int argc, char **argv) {
  (void)argv;
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  a_kept_client_outlives_its_handle();
  a_name_means_its_last_client();
  a_closed_client_is_not_kept();
  the_client_not_used_for_longest_is_released();
  a_name_has_a_length();
  threads_share_kept_clients();
  if (argc == 2) {
    a_child_of_fork_has_none();
  }
  the_wrapper_is_in_the_user_agent();
  return 0;
}

static void keep(const alikassa_client *client, const char *name) {
  alikassa_error *error = NULL;
  expect_ok(alikassa_client_keep(client, name, strlen(name), &error), error, name);
}

/* A handle of the client that is kept by the name, or NULL. */
static alikassa_client *kept(const char *name) {
  alikassa_client *client = (alikassa_client *)(uintptr_t)0x5a5a;
  alikassa_error *error = NULL;
  expect_ok(alikassa_client_kept(name, strlen(name), &client, &error), error, name);
  return client;
}

static int is_kept(const char *name) {
  alikassa_client *client = kept(name);
  alikassa_client_free(client);
  return client != NULL;
}

static void unkeep(const char *name) {
  alikassa_error *error = NULL;
  expect_ok(alikassa_client_unkeep(name, strlen(name), &error), error, name);
}

static void call(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_account_balance(client, 0, 0, &reply, &error), error, "balance");
  alikassa_reply_free(reply);
}

static void a_kept_client_outlives_its_handle(void) {
  CHECK(!is_kept("shop"));
  alikassa_client *client = client_from_env();
  keep(client, "shop");
  alikassa_client_free(client);
  alikassa_client *first = kept("shop"), *second = kept("shop");
  CHECK(first && second && first != second && first != client);
  call(first);
  alikassa_client_free(first);
  call(second);
  CHECK(is_kept("shop") && !is_kept("shop "));
  unkeep("shop");
  unkeep("shop");
  CHECK(!is_kept("shop"));
  call(second);
  alikassa_client_free(second);
}

/* Closing a client shows which one a name means. */
static void a_name_means_its_last_client(void) {
  alikassa_client *old = client_from_env(), *new = client_from_env();
  keep(old, "name");
  keep(old, "other name");
  keep(new, "name");
  CHECK(!alikassa_client_close(old, NULL));
  CHECK(is_kept("name") && !is_kept("other name"));
  unkeep("name");
  alikassa_client_free(old);
  alikassa_client_free(new);
}

static void a_closed_client_is_not_kept(void) {
  alikassa_client *client = client_from_env(), *derived = NULL;
  alikassa_error *error = NULL;
  const char *account = variable("ALIKASSA_ACCOUNT");
  expect_ok(alikassa_client_for_account(client, account, strlen(account), &derived, &error), error,
            account);
  keep(client, "closed");
  keep(derived, "derived");
  CHECK(!alikassa_client_close(derived, NULL));
  CHECK(is_kept("closed") && !is_kept("derived"));
  CHECK(!alikassa_client_close(client, NULL));
  CHECK(!is_kept("closed"));
  alikassa_client_free(derived);
  alikassa_client_free(client);
}

static void the_client_not_used_for_longest_is_released(void) {
  alikassa_client *client = client_from_env();
  char name[16];
  for (int day = 0; day < LIMIT; day++) {
    snprintf(name, sizeof name, "day %d", day);
    keep(client, name);
  }
  CHECK(is_kept("day 0"));
  keep(client, "day 64");
  CHECK(is_kept("day 0") && !is_kept("day 1") && is_kept("day 2") && is_kept("day 64"));
  for (int day = 0; day <= LIMIT; day++) {
    snprintf(name, sizeof name, "day %d", day);
    unkeep(name);
  }
  alikassa_client_free(client);
}

static void a_name_has_a_length(void) {
  char name[256];
  memset(name, 'x', sizeof name);
  alikassa_client *client = client_from_env(), *found = NULL;
  alikassa_error *error = NULL;
  CHECK(alikassa_client_keep(client, name, 256, &error) == INVALID_ARGUMENT);
  CHECK(equal(error_text(error, alikassa_error_field), "name"));
  CHECK(contains(error_text(error, alikassa_error_message), "1 to 255 bytes"));
  alikassa_error_free(error);
  CHECK(alikassa_client_keep(client, "", 0, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_client_kept("", 0, &found, NULL) == INVALID_ARGUMENT);
  CHECK(alikassa_client_unkeep(name, 256, NULL) == INVALID_ARGUMENT);
  CHECK(!alikassa_client_keep(client, name, 255, NULL));
  CHECK(!alikassa_client_unkeep(name, 255, NULL));
  alikassa_client_free(client);
}

static void *keep_and_find(void *client) {
  for (int i = 0; i < 1000; i++) {
    keep(client, "shared");
    alikassa_client_free(kept("shared"));
    if (i % 10 == 0) {
      unkeep("shared");
    }
  }
  return NULL;
}

static void threads_share_kept_clients(void) {
  pthread_t threads[THREADS];
  alikassa_client *client = client_from_env();
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, keep_and_find, client));
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
  }
  unkeep("shared");
  alikassa_client_free(client);
}

static void in_child(const alikassa_client *client) {
  alarm(SECONDS);
  CHECK(!is_kept("parent"));
  unkeep("parent");
  keep(client, "parent");
  CHECK(is_kept("parent"));
  call(client);
  _exit(0);
}

static void a_child_of_fork_has_none(void) {
  alikassa_client *client = client_from_env();
  keep(client, "parent");
  call(client);
  pid_t child = fork();
  if (!child) {
    in_child(client);
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(is_kept("parent"));
  call(client);
  unkeep("parent");
  alikassa_client_free(client);
}

static void the_wrapper_is_in_the_user_agent(void) {
  static const char *const wrong[] = {"",      "php",     "php/",       "/1",         "php/1/2",
                                      "p p/1", "php/1\r", "php/\xd0\xb0", "php/1 (x)", NULL};
  static const char long_name[] = "123456789012345678901234567890123/1";
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = NULL;
  expect_ok(alikassa_config_from_env(&config, &error), error, "options");
  for (int i = 0; i == 0 || wrong[i - 1]; i++) {
    const char *wrapper = wrong[i] ? wrong[i] : long_name;
    expect_ok(alikassa_config_set_wrapper(config, wrapper, strlen(wrapper), &error), error, wrapper);
    CHECK(alikassa_client_new(config, &client, &error) == INVALID_ARGUMENT);
    CHECK(equal(error_text(error, alikassa_error_field), "wrapper"));
    alikassa_error_free(error);
    error = NULL;
  }
  expect_ok(alikassa_config_set_wrapper(config, "php/0.1.0-rc.1", 14, &error), error, "wrapper");
  client = new_client(config);
  alikassa_config_free(config);
  call(client);
  alikassa_client_free(client);
}

/* Children of fork use the library while other threads of the parent do. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CHILDREN = 200, SECONDS = 20 };

static atomic_int stop;

static void *create_and_free(void *client);
static void keep_and_find(const alikassa_client *client);
static void in_child(const alikassa_client *client, int calls);
static void expect_success(pid_t child);
static void call(const alikassa_client *client);

int main(void) {
  alikassa_client *client = client_from_env();
  call(client);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, create_and_free, client));
  }
  for (int i = 0; i < CHILDREN; i++) {
    pid_t child = fork();
    if (!child) {
      in_child(client, i % 20 == 0);
    }
    expect_success(child);
  }
  stop = 1;
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
  }
  call(client);
  alikassa_client_free(client);
  return 0;
}

static void *create_and_free(void *client) {
  while (!stop) {
    alikassa_config_free(new_config("93d5df06-996c-48c3-9847-348d6b580b80"));
    keep_and_find(client);
  }
  return NULL;
}

static void keep_and_find(const alikassa_client *client) {
  alikassa_client *kept = NULL;
  CHECK(!alikassa_client_keep(client, "fork", 4, NULL));
  CHECK(!alikassa_client_kept("fork", 4, &kept, NULL) && kept);
  alikassa_client_free(kept);
}

/* The alarm ends a child that hangs. */
static void in_child(const alikassa_client *client, int calls) {
  alikassa_client *kept = NULL;
  alarm(SECONDS);
  alikassa_config_free(new_config("93d5df06-996c-48c3-9847-348d6b580b80"));
  CHECK(!alikassa_client_kept("fork", 4, &kept, NULL) && !kept);
  keep_and_find(client);
  if (calls) {
    call(client);
  }
  _exit(0);
}

static void expect_success(pid_t child) {
  int status = 0;
  CHECK(child > 0);
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void call(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_account_balance(client, 0, 0, &reply, &error), error, "balance");
  alikassa_reply_free(reply);
}

/* Children of fork use the library while other threads of the parent do. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CHILDREN = 200, SECONDS = 20 };

static atomic_int stop;

static void *create_and_free(void *nothing);
static void in_child(const alikassa_client *client);
static void expect_success(pid_t child);
static void call(const alikassa_client *client);

int main(void) {
  alikassa_client *client = client_from_env();
  call(client);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, create_and_free, NULL));
  }
  for (int i = 0; i < CHILDREN; i++) {
    pid_t child = fork();
    if (!child) {
      in_child(i % 20 ? NULL : client);
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

static void *create_and_free(void *nothing) {
  while (!stop) {
    alikassa_config_free(new_config("93d5df06-996c-48c3-9847-348d6b580b80"));
  }
  return nothing;
}

/* The alarm ends a child that hangs. */
static void in_child(const alikassa_client *client) {
  alarm(SECONDS);
  alikassa_config_free(new_config("93d5df06-996c-48c3-9847-348d6b580b80"));
  if (client) {
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

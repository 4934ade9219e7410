/* Eight threads use one client, with argv[1] calls each, while it is freed or closed. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, SECONDS = 120 };

static int calls;

static void run_threads(void *(*work)(void *), alikassa_client *client,
                        void (*action)(alikassa_client *));
static void *call_many_times(void *client);
static void *call_until_freed(void *client);
static void *call_until_closed(void *client);
static void *free_client(void *client);
static void *derive_until_freed(void *client);
static void *derive_until_closed(void *client);
static void free_soon(alikassa_client *client);
static void close_soon(alikassa_client *client);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  calls = atoi(argv[1]);
  /* The alarm ends threads that hang. */
  alarm(SECONDS);
  alikassa_client *client = client_from_env();
  run_threads(call_many_times, client, NULL);
  run_threads(call_until_freed, client, free_soon);

  client = client_from_env();
  run_threads(call_until_closed, client, close_soon);
  run_threads(free_client, client, NULL);
  CHECK(alikassa_client_close(client, NULL) == ALIKASSA_STATUS_BAD_HANDLE);

  client = client_from_env();
  run_threads(call_many_times, client, NULL);
  run_threads(derive_until_freed, client, free_soon);
  client = client_from_env();
  run_threads(derive_until_closed, client, close_soon);
  alikassa_client_free(client);
  return 0;
}

static void run_threads(void *(*work)(void *), alikassa_client *client,
                        void (*action)(alikassa_client *)) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, work, client));
  }
  if (action) {
    action(client);
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
  }
}

/* One call. Its reply must be complete. */
static int32_t call(const alikassa_client *client) {
  static const char json[] = "{\"id\": \"100000536\"}";
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t status = alikassa_payouts_status(client, json, strlen(json), 0, 0, &reply, &error);
  if (status == ALIKASSA_STATUS_OK) {
    alikassa_str id = {NULL, 0};
    CHECK(!alikassa_reply_field(reply, "id", 2, &id) && equal(id, "100000536"));
    alikassa_reply_free(reply);
  } else {
    CHECK(error_text(error, alikassa_error_message).len > 0);
    alikassa_error_free(error);
  }
  return status;
}

static void *call_many_times(void *client) {
  for (int i = 0; i < calls; i++) {
    CHECK(call(client) == ALIKASSA_STATUS_OK);
  }
  return NULL;
}

static void *call_until_freed(void *client) {
  int32_t status;
  while ((status = call(client)) == ALIKASSA_STATUS_OK) {
  }
  CHECK(status == ALIKASSA_STATUS_BAD_HANDLE);
  return NULL;
}

static void *call_until_closed(void *client) {
  int32_t status;
  while ((status = call(client)) == ALIKASSA_STATUS_OK) {
  }
  CHECK(status == ALIKASSA_STATUS_CONFIGURATION);
  return NULL;
}

static void *free_client(void *client) {
  alikassa_client_free(client);
  return NULL;
}

/* Calls, closes and frees a client for the same account, until one cannot be derived or called. */
static int32_t derive(const alikassa_client *client) {
  const char *account = variable("ALIKASSA_ACCOUNT");
  int32_t status = ALIKASSA_STATUS_OK;
  while (status == ALIKASSA_STATUS_OK) {
    alikassa_client *derived = NULL;
    status = alikassa_client_for_account(client, account, strlen(account), &derived, NULL);
    if (!status) {
      status = call(derived);
      CHECK(!alikassa_client_close(derived, NULL));
      CHECK(call(derived) == ALIKASSA_STATUS_CONFIGURATION);
      alikassa_client_free(derived);
    }
  }
  return status;
}

static void *derive_until_freed(void *client) {
  CHECK(derive(client) == ALIKASSA_STATUS_BAD_HANDLE);
  return NULL;
}

static void *derive_until_closed(void *client) {
  CHECK(derive(client) == ALIKASSA_STATUS_CONFIGURATION);
  return NULL;
}

static void soon(void) {
  const struct timespec time = {0, 50 * 1000 * 1000};
  nanosleep(&time, NULL);
}

static void free_soon(alikassa_client *client) {
  soon();
  alikassa_client_free(client);
}

static void close_soon(alikassa_client *client) {
  soon();
  CHECK(!alikassa_client_close(client, NULL));
}

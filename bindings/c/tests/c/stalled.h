/* Calls that would end only in hours, on threads of their own, so that the program can cancel them. */

#ifndef STALLED_H
#define STALLED_H

#include "server.h"

#include <pthread.h>
#include <time.h>

enum { MANY = 8, HOUR_MS = 3600000 };

#define CREATED "{\"id\": 7, \"payment_status\": \"wait\"}"
#define CANCELLED ALIKASSA_STATUS_CANCELLED

/* The options of clients whose calls end only when they are cancelled. Keys are read once. */
static alikassa_config *options;

static inline void load_options(const char *ledger) {
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_from_env(&options, &error), error, "options");
  expect_ok(alikassa_config_set_digest(options, "sha1", 4, &error), error, "digest");
  expect_ok(alikassa_config_set_ledger(options, ledger, strlen(ledger), &error), error, ledger);
  expect_ok(alikassa_config_set_connect_timeout_ms(options, HOUR_MS, &error), error, "connect");
  expect_ok(alikassa_config_set_timeout_ms(options, HOUR_MS, &error), error, "timeout");
  expect_ok(alikassa_config_set_deadline_ms(options, 24 * HOUR_MS, &error), error, "deadline");
}

static inline alikassa_client *patient_client(const char *scheme, server to, uint32_t connections) {
  char url[64];
  alikassa_error *error = NULL;
  snprintf(url, sizeof url, "%s://127.0.0.1:%u", scheme, (unsigned)to.port);
  expect_ok(alikassa_config_set_base_url(options, url, strlen(url), &error), error, url);
  expect_ok(alikassa_config_set_max_connections(options, connections, &error), error, url);
  return new_client(options);
}

static inline alikassa_call *new_call(void) {
  alikassa_call *call = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_call_new(&call, &error), error, "call");
  return call;
}

/* A call on a thread of its own, and its result. */
typedef struct running running;
struct running {
  int32_t (*perform)(running *);
  const alikassa_client *client;
  const alikassa_call *call;
  const char *order_id;
  const alikassa_reconcile_iter *rows;
  pthread_t thread;
  int32_t status;
  alikassa_reply *reply;
  alikassa_error *error;
};

static inline void *run(void *started) {
  running *call = started;
  call->status = call->perform(call);
  return NULL;
}

static inline void start(running *call) { CHECK(!pthread_create(&call->thread, NULL, run, call)); }

/* Waits for the call, which has this status. */
static inline void end(running *call, int32_t status) {
  CHECK(!pthread_join(call->thread, NULL));
  if (call->status != status) {
    expect_ok(call->status ? call->status : -1, call->error, "another status");
  }
  CHECK(!call->reply == !!status && !call->error == !status);
}

static inline void end_with_reply(running *call) {
  end(call, ALIKASSA_STATUS_OK);
  alikassa_reply_free(call->reply);
}

/* Waits for the call, which has an error with this status and outcome. */
static inline void end_with(running *call, int32_t status, int32_t outcome) {
  int32_t found = -1;
  end(call, status);
  CHECK(!alikassa_error_outcome(call->error, &found) && found == outcome);
  CHECK(error_text(call->error, alikassa_error_operation).len > 0);
  alikassa_error_free(call->error);
}

static inline void end_unsent(running *call) {
  end_with(call, CANCELLED, ALIKASSA_OUTCOME_NOT_SENT);
}

static inline void cancel(const alikassa_call *call) {
  CHECK(alikassa_call_cancel(call, NULL) == ALIKASSA_STATUS_OK);
}

/* What follows is right whether or not the other thread has come further by then. */
static inline void shortly(void) {
  const struct timespec time = {0, 50 * 1000 * 1000};
  nanosleep(&time, NULL);
}

static inline int32_t create(running *call) {
  char json[256];
  int len = snprintf(json, sizeof json,
                     "{\"amount\": \"3.00\", \"number\": \"4111111111111111\","
                     " \"order_id\": \"%s\", \"service\": \"payment_card_rub\"}",
                     call->order_id);
  return alikassa_payouts_create_with(call->client, call->call, json, (size_t)len, 0, 0,
                                      &call->reply, &call->error);
}

static inline int32_t read_status(running *call) {
  return alikassa_payouts_status_with(call->client, call->call, "{\"id\": \"7\"}", 11, 0, 0,
                                      &call->reply, &call->error);
}

#endif

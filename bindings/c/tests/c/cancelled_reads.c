/* Another thread cancels reads, waits and reconciles, in flight and in their pauses. argv[1] is a
 * ledger. With another argument also in a child of fork, whose memory valgrind would report. */

#define _POSIX_C_SOURCE 200809L

#include "stalled.h"

#include <sys/wait.h>

enum { SECONDS = 900 };

static void a_read_in_flight_is_not_repeated(void);
static void a_pause_between_retries_ends(void);
static void a_wait_ends_in_its_pause(void);
static void a_callback_ends_a_wait_and_may_close_the_client(void);
static void a_resolve_ends_in_its_pause(void);
static void one_call_ends_many(void);
static void a_freed_call_goes_on(void);
static void a_reconcile_ends(void);
static void a_child_of_fork_has_its_own_calls(void);

int main(int argc, char **argv) {
  CHECK(argc == 2 || argc == 3);
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  load_options(argv[1]);
  a_read_in_flight_is_not_repeated();
  a_pause_between_retries_ends();
  a_wait_ends_in_its_pause();
  a_callback_ends_a_wait_and_may_close_the_client();
  a_resolve_ends_in_its_pause();
  one_call_ends_many();
  a_freed_call_goes_on();
  a_reconcile_ends();
  if (argc == 3) {
    a_child_of_fork_has_its_own_calls();
  }
  alikassa_config_free(options);
  return 0;
}

static void a_read_in_flight_is_not_repeated(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running status = {.perform = read_status, .client = client, .call = call};
  start(&status);
  int connection = accept_request(to);
  cancel(call);
  end_with(&status, CANCELLED, ALIKASSA_OUTCOME_NONE);
  close(connection);
  CHECK(!alikassa_client_close(client, NULL));
  CHECK(!is_connection_waiting(to));
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static void a_pause_between_retries_ends(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running status = {.perform = read_status, .client = client, .call = call};
  start(&status);
  respond(accept_request(to), "503 Busy\r\nRetry-After: 3600", "{}");
  shortly();
  cancel(call);
  end_with(&status, CANCELLED, ALIKASSA_OUTCOME_NONE);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

/* Cancels the wait in its callback, on the thread that waits. */
static int32_t cancel_wait(void *waiting, alikassa_str status_json) {
  running *call = waiting;
  CHECK(contains(status_json, "\"payment_status\":\"wait\""));
  CHECK(pthread_equal(pthread_self(), call->thread));
  cancel(call->call);
  return 0;
}

static int32_t wait_and_cancel(running *call) {
  return alikassa_payouts_wait_with(call->client, call->call, "{\"id\": \"7\"}", 11, HOUR_MS, 0, 0,
                                    cancel_wait, call, &call->reply, &call->error);
}

static int32_t end_wait(void *nothing, alikassa_str status_json) {
  (void)nothing;
  return contains(status_json, "\"payment_status\":\"wait\"");
}

static int32_t wait_once(running *call) {
  return alikassa_payouts_wait_with(call->client, call->call, "{\"id\": \"7\"}", 11, HOUR_MS, 0, 0,
                                    end_wait, NULL, &call->reply, &call->error);
}

static int32_t close_client(void *client, alikassa_str status_json) {
  (void)status_json;
  CHECK(!alikassa_client_close(client, NULL));
  return 0;
}

static int32_t wait_and_close(running *call) {
  return alikassa_payouts_wait_with(call->client, call->call, "{\"id\": \"7\"}", 11, HOUR_MS, 0, 0,
                                    close_client, (void *)call->client, &call->reply,
                                    &call->error);
}

static void a_wait_ends_in_its_pause(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running wait = {.perform = wait_and_cancel, .client = client, .call = call};
  start(&wait);
  respond(accept_request(to), "200 OK", CREATED);
  end_with(&wait, CANCELLED, ALIKASSA_OUTCOME_NONE);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static void a_callback_ends_a_wait_and_may_close_the_client(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  int32_t (*const performs[])(running *) = {wait_once, wait_and_close};
  for (int i = 0; i < 2; i++) {
    running wait = {.perform = performs[i], .client = client, .call = call};
    start(&wait);
    respond(accept_request(to), "200 OK", CREATED);
    end_with_reply(&wait);
  }
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static int32_t resolve(running *call) {
  return alikassa_payouts_resolve_with(call->client, call->call, "{\"order_id\": \"none\"}", 20, 0, 0,
                                       &call->reply, &call->error);
}

static void a_resolve_ends_in_its_pause(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running resolution = {.perform = resolve, .client = client, .call = call};
  start(&resolution);
  respond(accept_request(to), "404 Not Found", "{\"message\": \"Not found\"}");
  shortly();
  cancel(call);
  end_with(&resolution, CANCELLED, ALIKASSA_OUTCOME_NONE);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static void one_call_ends_many(void) {
  server to = listen_with_queue(MANY);
  alikassa_client *client = patient_client("http", to, MANY);
  alikassa_call *call = new_call();
  running reads[MANY];
  int connections[MANY];
  for (int i = 0; i < MANY; i++) {
    reads[i] = (running){.perform = read_status, .client = client, .call = call};
    start(&reads[i]);
    connections[i] = accept_request(to);
  }
  cancel(call);
  for (int i = 0; i < MANY; i++) {
    end_with(&reads[i], CANCELLED, ALIKASSA_OUTCOME_NONE);
    close(connections[i]);
  }
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static void a_freed_call_goes_on(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running status = {.perform = read_status, .client = client, .call = call};
  start(&status);
  int connection = accept_request(to);
  alikassa_call_free(call);
  CHECK(alikassa_call_cancel(call, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  respond(connection, "200 OK", CREATED);
  end_with_reply(&status);
  alikassa_client_free(client);
  close(to.socket);
}

static int32_t reconcile(running *call) {
  return alikassa_reconcile_with(call->client, call->call, 0, 0, &call->reply, &call->error);
}

static int32_t next_row(running *call) {
  return alikassa_reconcile_next_with(call->rows, call->call, &call->reply, &call->error);
}

/* The ledger has one open row. */
static void record_a_create(server to, const alikassa_client *client) {
  running payout = {.perform = create, .client = client, .order_id = "open"};
  start(&payout);
  respond(accept_request(to), "200 OK", CREATED);
  end_with_reply(&payout);
}

static void a_reconcile_ends(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  alikassa_reconcile_iter *rows = NULL;
  alikassa_error *error = NULL;
  record_a_create(to, client);
  expect_ok(alikassa_reconcile_start(client, 1, 0, 0, 0, &rows, &error), error, "start");
  running row = {.perform = next_row, .rows = rows, .call = call};
  start(&row);
  int connection = accept_request(to);
  cancel(call);
  end(&row, CANCELLED);
  alikassa_error_free(row.error);
  /* Only the wait for the row ended. */
  respond(connection, "200 OK", CREATED);
  row = (running){.perform = next_row, .rows = rows};
  start(&row);
  end_with_reply(&row);
  alikassa_reply *last = NULL;
  expect_ok(alikassa_reconcile_next(rows, &last, &error), error, "the end");
  CHECK(!last);
  alikassa_reconcile_free(rows);

  alikassa_call *other = new_call();
  running all = {.perform = reconcile, .client = client, .call = other};
  start(&all);
  connection = accept_request(to);
  cancel(other);
  end_with(&all, CANCELLED, ALIKASSA_OUTCOME_NONE);
  close(connection);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_call_free(call);
  alikassa_call_free(other);
  alikassa_client_free(client);
  close(to.socket);
}

/* It has no call of its parent, and the handles work. */
static void in_child(const alikassa_client *client, const alikassa_call *call) {
  alarm(SECONDS);
  alikassa_call *own = new_call();
  alikassa_reply *reply = NULL;
  cancel(call);
  cancel(own);
  CHECK(alikassa_account_balance_with(client, call, 0, 0, &reply, NULL) == CANCELLED);
  CHECK(alikassa_account_balance_with(client, own, 0, 0, &reply, NULL) == CANCELLED);
  _exit(0);
}

static void a_child_of_fork_has_its_own_calls(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running status = {.perform = read_status, .client = client, .call = call};
  start(&status);
  int connection = accept_request(to);
  pid_t child = fork();
  if (!child) {
    in_child(client, call);
  }
  int ended = 0;
  CHECK(child > 0 && waitpid(child, &ended, 0) == child);
  CHECK(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  respond(connection, "200 OK", CREATED);
  end_with_reply(&status);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

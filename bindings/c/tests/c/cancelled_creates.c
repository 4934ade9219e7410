/* Another thread cancels creates, in each state: before they start, in the queue, while they connect,
 * in flight. argv[1] is a ledger. */

#define _POSIX_C_SOURCE 200809L

#include "stalled.h"

enum { SECONDS = 900 };

static const char *ledger;

static void a_cancelled_call_starts_nothing(void);
static void a_create_that_connects_is_not_sent(void);
static void a_create_in_a_handshake_is_not_sent(void);
static void a_create_whose_number_is_decided_is_not_sent(void);
static void a_create_in_the_queue_is_not_sent(void);
static void a_create_in_flight_is_unknown_and_recorded(void);
static void a_raw_create_is_unknown(void);
static void a_wrong_handle_sends_nothing(void);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  ledger = argv[1];
  load_options(ledger);
  a_cancelled_call_starts_nothing();
  a_create_that_connects_is_not_sent();
  a_create_in_a_handshake_is_not_sent();
  a_create_whose_number_is_decided_is_not_sent();
  a_create_in_the_queue_is_not_sent();
  a_create_in_flight_is_unknown_and_recorded();
  a_raw_create_is_unknown();
  a_wrong_handle_sends_nothing();
  alikassa_config_free(options);
  return 0;
}

static void a_cancelled_call_starts_nothing(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  cancel(call);
  cancel(call);
  running payout = {.perform = create, .client = client, .call = call, .order_id = "before"};
  start(&payout);
  end_unsent(&payout);
  running status = {.perform = read_status, .client = client, .call = call};
  start(&status);
  end_unsent(&status);
  CHECK(!is_connection_waiting(to));
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static void a_create_that_connects_is_not_sent(void) {
  server to = listen_with_queue(0);
  struct sockaddr_in address = loopback(to.port);
  int filling[MANY];
  /* The system answers no other connection. */
  for (int i = 0; i < MANY; i++) {
    filling[i] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(filling[i] >= 0 && !fcntl(filling[i], F_SETFL, O_NONBLOCK));
    (void)connect(filling[i], (struct sockaddr *)&address, sizeof address);
  }
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running payout = {.perform = create, .client = client, .call = call, .order_id = "connecting"};
  start(&payout);
  shortly();
  cancel(call);
  end_unsent(&payout);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
  for (int i = 0; i < MANY; i++) {
    close(filling[i]);
  }
}

static void a_create_in_a_handshake_is_not_sent(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("https", to, 1);
  alikassa_call *call = new_call();
  running payout = {.perform = create, .client = client, .call = call, .order_id = "handshake"};
  start(&payout);
  int connection = accept_connection(to);
  cancel(call);
  end_unsent(&payout);
  close(connection);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static int32_t allow_and_cancel(void *call, alikassa_str number) {
  (void)number;
  cancel(call);
  return 1;
}

/* Before the call is in the queue, so that no thread can take it. */
static void a_create_whose_number_is_decided_is_not_sent(void) {
  static const char operation[] = "payouts.create";
  alikassa_call *call = new_call();
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_config_from_env(&config, &error), error, "options");
  expect_ok(alikassa_config_set_limits(config, operation, strlen(operation), "{}", 2,
                                       allow_and_cancel, call, NULL, &error),
            error, "limits");
  alikassa_client *client = new_client(config);
  running payout = {.perform = create, .client = client, .call = call, .order_id = "decided"};
  start(&payout);
  end_unsent(&payout);
  alikassa_config_free(config);
  alikassa_client_free(client);
  alikassa_call_free(call);
}

static void a_create_in_the_queue_is_not_sent(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *first = new_call(), *second = new_call();
  running status = {.perform = read_status, .client = client, .call = first};
  running payout = {.perform = create, .client = client, .call = second, .order_id = "queued"};
  start(&status);
  int connection = accept_request(to);
  start(&payout);
  shortly();
  cancel(second);
  end_unsent(&payout);
  CHECK(!is_connection_waiting(to));
  respond(connection, "200 OK", CREATED);
  end_with_reply(&status);
  alikassa_call_free(first);
  alikassa_call_free(second);
  alikassa_client_free(client);
  close(to.socket);
}

static void a_create_in_flight_is_unknown_and_recorded(void) {
  static const char operation[] = "payouts.create";
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running payout = {.perform = create, .client = client, .call = call, .order_id = "in-flight"};
  start(&payout);
  int connection = accept_request(to);
  cancel(call);
  end_with(&payout, ALIKASSA_STATUS_OUTCOME_UNKNOWN, ALIKASSA_OUTCOME_UNKNOWN);
  respond(connection, "200 OK", CREATED);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_ledger *recorded = new_ledger(ledger);
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  alikassa_str state = {NULL, 0};
  expect_ok(alikassa_ledger_get(recorded, operation, strlen(operation), "in-flight", 9, NULL, 0,
                                &row, &error),
            error, "row");
  CHECK(!alikassa_reply_field(row, "state", 5, &state) && equal(state, "accepted"));
  alikassa_reply_free(row);
  alikassa_ledger_free(recorded);
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

static int32_t create_raw(running *call) {
  static const char json[] = "{\"order_id\": \"raw\"}";
  return alikassa_request_with(call->client, call->call, "v1/payout", 9, json, strlen(json), "payout",
                               6, 0, 0, 0, &call->reply, &call->error);
}

static void a_raw_create_is_unknown(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *call = new_call();
  running payout = {.perform = create_raw, .client = client, .call = call};
  start(&payout);
  int connection = accept_request(to);
  cancel(call);
  end_with(&payout, ALIKASSA_STATUS_OUTCOME_UNKNOWN, ALIKASSA_OUTCOME_UNKNOWN);
  close(connection);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_call_free(call);
  alikassa_client_free(client);
  close(to.socket);
}

/* A freed call, and a handle of another type. */
static void a_wrong_handle_sends_nothing(void) {
  server to = listen_with_queue(1);
  alikassa_client *client = patient_client("http", to, 1);
  alikassa_call *freed = new_call();
  alikassa_call_free(freed);
  alikassa_call_free(freed);
  CHECK(alikassa_call_cancel(freed, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  const alikassa_call *const wrong[] = {freed, (const alikassa_call *)client};
  for (int i = 0; i < 2; i++) {
    running payout = {.perform = create, .client = client, .call = wrong[i], .order_id = "wrong"};
    start(&payout);
    end_with(&payout, ALIKASSA_STATUS_BAD_HANDLE, ALIKASSA_OUTCOME_NOT_SENT);
  }
  CHECK(!is_connection_waiting(to));
  alikassa_client_free(client);
  close(to.socket);
}

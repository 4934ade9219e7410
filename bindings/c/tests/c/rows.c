/* Reads the ledger argv[1], whose orders are B-000001 to argv[2], each with two events. At the end
 * it destroys the file. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <sys/resource.h>

enum { THREADS = 4, MEGABYTES = 8, MANY = 10000 };

static int orders;

static void each_row_comes_once_in_order(const alikassa_ledger *ledger);
static void each_event_comes_once(const alikassa_ledger *ledger);
static void threads_share_rows(const alikassa_ledger *ledger);
static void an_error_ends_the_rows(const alikassa_ledger *ledger, const char *path);

int main(int argc, char **argv) {
  CHECK(argc == 3);
  orders = atoi(argv[2]);
  alikassa_ledger *ledger = new_ledger(argv[1]);
  each_row_comes_once_in_order(ledger);
  each_event_comes_once(ledger);
  threads_share_rows(ledger);
  an_error_ends_the_rows(ledger, argv[1]);
  alikassa_ledger_free(ledger);
  return 0;
}

static alikassa_rows *open_rows(const alikassa_ledger *ledger) {
  alikassa_rows *rows = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_ledger_open(ledger, &rows, &error), error, "open");
  return rows;
}

/* The number in the order_id of the next row; 0 at the end. */
static int next_row(const alikassa_rows *rows) {
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  alikassa_str order_id = {NULL, 0};
  expect_ok(alikassa_rows_next(rows, &row, &error), error, "next");
  if (!row) {
    return 0;
  }
  CHECK(!alikassa_reply_field(row, "order_id", 8, &order_id) && order_id.len == 8);
  char digits[7] = {0};
  memcpy(digits, order_id.data + 2, 6);
  alikassa_reply_free(row);
  return atoi(digits);
}

/* The most memory that the process has had, in megabytes. */
static long peak(void) {
  struct rusage usage;
  CHECK(!getrusage(RUSAGE_SELF, &usage));
  return usage.ru_maxrss / 1024;
}

/* Valgrind keeps freed memory, and runs with few orders. */
static void memory_is_flat(long before) { CHECK(orders < MANY || peak() - before < MEGABYTES); }

static void each_row_comes_once_in_order(const alikassa_ledger *ledger) {
  alikassa_rows *rows = open_rows(ledger);
  long before = peak();
  for (int number = 1; number <= orders; number++) {
    CHECK(next_row(rows) == number);
  }
  CHECK(!next_row(rows) && !next_row(rows));
  memory_is_flat(before);
  alikassa_rows_free(rows);
}

static void each_event_comes_once(const alikassa_ledger *ledger) {
  alikassa_events *events = NULL;
  alikassa_reply *event = NULL;
  alikassa_error *error = NULL;
  alikassa_str type = {NULL, 0}, from = {NULL, 0};
  int count = 0, created = 0;
  expect_ok(alikassa_ledger_events(ledger, NULL, 0, NULL, 0, NULL, 0, 0, &events, &error), error,
            "events");
  long before = peak();
  expect_ok(alikassa_events_next(events, &event, &error), error, "the first event");
  CHECK(!alikassa_reply_type(event, &type) && equal(type, "LedgerEvent"));
  while (event) {
    CHECK(!alikassa_reply_field(event, "from_state", 10, &from));
    count++, created += is_absent(from);
    alikassa_reply_free(event);
    expect_ok(alikassa_events_next(events, &event, &error), error, "the next event");
  }
  CHECK(count == 2 * orders && created == orders);
  memory_is_flat(before);
  alikassa_events_free(events);
}

static int *seen;

static void *read_on(void *rows) {
  int number;
  while ((number = next_row(rows))) {
    /* Each row goes to one thread, so no two write here. */
    seen[number]++;
  }
  return NULL;
}

static void threads_share_rows(const alikassa_ledger *ledger) {
  pthread_t threads[THREADS];
  alikassa_rows *rows = open_rows(ledger);
  seen = calloc((size_t)orders + 1, sizeof *seen);
  CHECK(seen != NULL);
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_create(&threads[i], NULL, read_on, rows));
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
  }
  for (int number = 1; number <= orders; number++) {
    CHECK(seen[number] == 1);
  }
  free(seen);
  alikassa_rows_free(rows);
}

static void an_error_ends_the_rows(const alikassa_ledger *ledger, const char *path) {
  alikassa_rows *rows = open_rows(ledger);
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  int32_t status;
  int number = 1;
  CHECK(next_row(rows) == number);
  FILE *file = fopen(path, "w");
  CHECK(file && fputs("not a database", file) >= 0 && !fclose(file));
  while (!(status = alikassa_rows_next(rows, &row, &error)) && row) {
    alikassa_reply_free(row);
    number++;
  }
  /* The rest of the page that was read before. */
  CHECK(number > 1 && number < orders);
  CHECK(status == ALIKASSA_STATUS_LEDGER);
  alikassa_error_free(error);
  CHECK(!next_row(rows));
  alikassa_rows_free(rows);
}

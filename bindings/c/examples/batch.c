/*
 * Pays a list of payouts, for cron. Every run does what is left to do, so a run that was killed at
 * any line, or could not reach the provider, needs no repair: the next run continues.
 *
 *     make
 *     ./batch payouts.sqlite payouts.txt
 *
 * and in the crontab, with flock(1), so that two runs do not wait for each other:
 *
 *     0-59/5 * * * *  flock -n batch.lock ./batch payouts.sqlite payouts.txt
 *
 * A line of the list is ORDER_ID AMOUNT NUMBER SERVICE, separated by spaces. The list is your own
 * record: an order_id never changes its meaning. The ledger knows what was sent. Each order is
 * printed with its state, one per line, and the exit status says what is left: see `exit_status`.
 * The account and the certificate come from the environment: ALIKASSA_ACCOUNT and
 * ALIKASSA_PAYOUT_CERT.
 */

#include <alikassa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
  ALL_PAID = 0,
  FAILED = 1,      /* the client or the ledger cannot be used; nothing was sent */
  USAGE_ERROR = 2, /* the arguments or the list are invalid; nothing was sent */
  PENDING = 3,     /* some orders are not final or not sent yet: a later run continues */
  REFUSED = 4,     /* the others are paid, and some are final without being paid: look at them */
} exit_status;

typedef struct {
  char order_id[129], amount[32], number[65], service[101];
} order;

static order *read_list(const char *path, size_t *count);
static exit_status settle(const char *path, const order *orders, size_t count);
static const char *settle_order(const alikassa_client *client, const alikassa_ledger *ledger,
                                const order *order);
static const char *state_of(const alikassa_ledger *ledger, const char *order_id);
static int has(const alikassa_reply *row, const char *field, const char *text);
static void pay_out(const alikassa_client *client, const order *order);
static int is_absent(const alikassa_client *client, const char *order_id);
static alikassa_client *open_client(alikassa_config *config, const char *ledger,
                                    alikassa_error **error);
static void print_error(const char *order_id, alikassa_error *error);

int main(int argc, char **argv) {
  size_t count = 0;
  order *orders;
  exit_status status;
  if (argc != 3) {
    fputs("usage: batch LEDGER LIST\n", stderr);
    return USAGE_ERROR;
  }
  orders = read_list(argv[2], &count);
  if (!orders) {
    return USAGE_ERROR;
  }
  status = settle(argv[1], orders, count);
  free(orders);
  return status;
}

/* Returns NULL after printing what is wrong. The whole list is read before anything is sent. */
static order *read_list(const char *path, size_t *count) {
  FILE *file = fopen(path, "r");
  char line[512];
  order *orders = malloc(sizeof *orders);
  if (!file || !orders) {
    perror(path);
    exit(USAGE_ERROR);
  }
  while (fgets(line, sizeof line, file)) {
    order *next;
    char rest;
    orders = realloc(orders, (*count + 1) * sizeof *orders);
    if (!orders) {
      perror(path);
      exit(USAGE_ERROR);
    }
    next = orders + *count;
    /* No character that would need an escape in JSON. */
    if (sscanf(line, "%128[A-Za-z0-9._:-] %31[0-9.] %64[A-Za-z0-9+_.-] %100[a-z0-9_] %c",
               next->order_id, next->amount, next->number, next->service, &rest) != 4 ||
        !strchr(line, '\n')) {
      fprintf(stderr, "%s: line %lu is not ORDER_ID AMOUNT NUMBER SERVICE\n", path,
              (unsigned long)(*count + 1));
      fclose(file);
      free(orders);
      return NULL;
    }
    ++*count;
  }
  fclose(file);
  return orders;
}

static exit_status settle(const char *path, const order *orders, size_t count) {
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  alikassa_ledger *ledger = NULL;
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  exit_status status = ALL_PAID;
  size_t i;
  if (alikassa_config_from_env(&config, &error) || !(client = open_client(config, path, &error)) ||
      alikassa_ledger_new(path, strlen(path), &ledger, &error)) {
    print_error(path, error);
    status = FAILED;
  } else if (alikassa_reconcile(client, 0, 0, &rows, &error)) {
    /* What an earlier run left open stays open. The rest of the list can be paid. */
    print_error("reconcile", error);
  }
  for (i = 0; status != FAILED && i < count; i++) {
    const char *state = settle_order(client, ledger, orders + i);
    printf("%s %s\n", orders[i].order_id, state);
    fflush(stdout);
    if (!strcmp(state, "open")) {
      status = PENDING;
    } else if (!strcmp(state, "failed") && status == ALL_PAID) {
      status = REFUSED;
    }
  }
  alikassa_reply_free(rows);
  alikassa_ledger_free(ledger);
  alikassa_client_free(client);
  alikassa_config_free(config);
  return status;
}

/* `paid`, `failed` or `open`, decided by the ledger alone: no error of a create says more. */
static const char *settle_order(const alikassa_client *client, const alikassa_ledger *ledger,
                                const order *order) {
  const char *state = state_of(ledger, order->order_id);
  if (!strcmp(state, "to send")) {
    pay_out(client, order);
    state = state_of(ledger, order->order_id);
  }
  if (!strcmp(state, "rejected")) {
    /* Rejected orders are looked for once more: one that exists all the same is not a failure. */
    return is_absent(client, order->order_id) ? "failed" : "open";
  }
  return strcmp(state, "to send") ? state : "open";
}

/* `to send`, `rejected`, `paid`, `failed` or `open`. */
static const char *state_of(const alikassa_ledger *ledger, const char *order_id) {
  static const struct {
    const char *field, *text, *state;
  } rows[] = {
      {"state", "not_sent", "to send"},     {"state", "released", "to send"},
      {"state", "rejected", "rejected"},    {"payment_status", "paid", "paid"},
      {"payment_status", "fail", "failed"}, {"payment_status", "cancel", "failed"},
  };
  static const char operation[] = "payouts.create";
  const char *account = getenv("ALIKASSA_ACCOUNT"), *state = "open";
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  size_t i;
  if (alikassa_ledger_get(ledger, operation, strlen(operation), order_id, strlen(order_id), account,
                          account ? strlen(account) : 0, &row, &error)) {
    print_error(order_id, error);
    return state;
  }
  if (!row) {
    return "to send";
  }
  for (i = sizeof rows / sizeof *rows; i-- > 0;) {
    if (has(row, rows[i].field, rows[i].text)) {
      state = rows[i].state;
    }
  }
  alikassa_reply_free(row);
  return state;
}

static int has(const alikassa_reply *row, const char *field, const char *text) {
  alikassa_str value = {NULL, 0};
  return !alikassa_reply_field(row, field, strlen(field), &value) && value.data &&
         value.len == strlen(text) && !memcmp(value.data, text, value.len);
}

/* Sends the order unless the ledger refuses it. An error is printed and decides nothing. */
static void pay_out(const alikassa_client *client, const order *order) {
  char json[512];
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  sprintf(json, "{\"order_id\":\"%s\",\"amount\":\"%s\",\"number\":\"%s\",\"service\":\"%s\"}",
          order->order_id, order->amount, order->number, order->service);
  if (alikassa_payouts_create(client, json, strlen(json), 0, 0, &reply, &error)) {
    print_error(order->order_id, error);
  }
  alikassa_reply_free(reply);
}

static int is_absent(const alikassa_client *client, const char *order_id) {
  char json[256];
  alikassa_reply *reply = NULL;
  int32_t status;
  sprintf(json, "{\"order_id\":\"%s\"}", order_id);
  status = alikassa_payouts_status(client, json, strlen(json), 0, 0, &reply, NULL);
  alikassa_reply_free(reply);
  return status == ALIKASSA_STATUS_NOT_FOUND;
}

static alikassa_client *open_client(alikassa_config *config, const char *ledger,
                                    alikassa_error **error) {
  alikassa_client *client = NULL;
  if (!alikassa_config_set_ledger(config, ledger, strlen(ledger), error)) {
    alikassa_client_new(config, &client, error);
  }
  return client;
}

/* Prints the error and frees it. */
static void print_error(const char *order_id, alikassa_error *error) {
  alikassa_str message = {NULL, 0};
  alikassa_error_message(error, &message);
  fprintf(stderr, "%s: %.*s\n", order_id, (int)message.len, message.data ? message.data : "");
  alikassa_error_free(error);
}

/*
 * A payout terminal: sends each payout at most once and determines the outcome of each.
 *
 *     make
 *     ./terminal payouts.sqlite payout 300.00 4111111111111111 B-1 payment_card_rub
 *
 * Replies are printed to standard output as JSON, one per line, and errors to standard error. The
 * exit status tells the outcome: see `exit_status`. The account and the certificate come from the
 * environment: ALIKASSA_ACCOUNT and ALIKASSA_PAYOUT_CERT. The ledger is a file, which is created on
 * first use.
 */

#include <alikassa.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] = "usage: terminal LEDGER payout AMOUNT NUMBER ORDER_ID SERVICE\n"
                            "       terminal LEDGER wait ORDER_ID SECONDS\n"
                            "       terminal LEDGER open\n"
                            "       terminal LEDGER reconcile\n"
                            "       terminal LEDGER release ORDER_ID REASON\n";

typedef enum {
  DONE = 0,        /* payout: the provider accepted it; wait: it is paid */
  FAILED = 1,      /* a command other than payout failed */
  USAGE_ERROR = 2, /* the arguments are invalid; nothing was sent */
  NOT_SENT = 3,    /* this call sent nothing: send the same ORDER_ID again, never refund */
  REJECTED = 4,    /* the provider rejected the payout */
  UNKNOWN = 5,     /* the money may have moved: never send it again, run reconcile later */
  DUPLICATE = 6,   /* the ledger has the order; nothing was sent now, never refund */
  UNPAID = 7,      /* wait: the status is final and not paid */
  PENDING = 8,     /* wait: the status is not final yet */
} exit_status;

typedef struct {
  const char *path;
  char *const *arguments;
} command;

static exit_status pay_out(const command *command);
static exit_status status_of(const alikassa_error *error);
static exit_status resolve(const alikassa_client *client, const char *order_id);
static exit_status wait_for(const command *command);
static int32_t print_update(void *context, alikassa_str status_json);
static exit_status list_open(const command *command);
static exit_status reconcile(const command *command);
static exit_status release(const command *command);
static alikassa_client *open_client(const char *ledger, alikassa_error **error);
static void free_client(alikassa_client *client);
static char *json_object(const char *const fields[]);
static char *write_text(char *to, const char *text);
static int read_seconds(const char *text, uint64_t *ms);
static int field_equals(const alikassa_reply *reply, const char *name, const char *expected);
static void print_reply(alikassa_reply *reply);
static void print_error(alikassa_error *error);

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int arguments;
    exit_status (*run)(const command *);
  } commands[] = {
      {"payout", 4, pay_out},
      {"wait", 2, wait_for},
      {"open", 0, list_open},
      {"reconcile", 0, reconcile},
      {"release", 2, release},
  };
  if (alikassa_abi_version() != ALIKASSA_ABI_VERSION) {
    fprintf(stderr, "libalikassa %s is not compatible with this program\n", alikassa_version());
    return FAILED;
  }
  for (size_t i = 0; argc > 2 && i < sizeof commands / sizeof *commands; i++) {
    if (!strcmp(argv[2], commands[i].name) && argc == 3 + commands[i].arguments) {
      return commands[i].run(&(command){argv[1], argv + 3});
    }
  }
  fputs(USAGE, stderr);
  return USAGE_ERROR;
}

static exit_status pay_out(const command *command) {
  char *const *arguments = command->arguments;
  const char *order_id = arguments[2];
  char *json = json_object((const char *[]){"amount", arguments[0], "number", arguments[1],
                                            "order_id", order_id, "service", arguments[3], NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  exit_status status = DONE;
  if (!client) {
    status = NOT_SENT;
    print_error(error);
  } else if (!alikassa_payouts_create(client, json, strlen(json), 0, 0, &reply, &error)) {
    print_reply(reply);
  } else {
    status = status_of(error);
    print_error(error);
    if (status == UNKNOWN) {
      status = resolve(client, order_id);
    }
  }
  free_client(client);
  free(json);
  return status;
}

static exit_status status_of(const alikassa_error *error) {
  int32_t status = ALIKASSA_STATUS_INTERNAL, outcome = ALIKASSA_OUTCOME_UNKNOWN;
  alikassa_error_status(error, &status);
  alikassa_error_outcome(error, &outcome);
  if (status == ALIKASSA_STATUS_DUPLICATE_ORDER) {
    return DUPLICATE;
  }
  switch (outcome) {
  case ALIKASSA_OUTCOME_NOT_SENT:
    return NOT_SENT;
  case ALIKASSA_OUTCOME_REJECTED:
    return REJECTED;
  default:
    return UNKNOWN;
  }
}

/* Resolves the order with the amount in the ledger. After an error it is still unknown. */
static exit_status resolve(const alikassa_client *client, const char *order_id) {
  fprintf(stderr, "%s: the outcome is unknown; requesting the status\n", order_id);
  char *json = json_object((const char *[]){"order_id", order_id, NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  exit_status status = UNKNOWN;
  if (alikassa_payouts_resolve(client, json, strlen(json), 0, 0, &reply, &error)) {
    print_error(error);
  } else {
    status = field_equals(reply, "found", "true") ? DONE : UNKNOWN;
    print_reply(reply);
  }
  if (status == UNKNOWN) {
    fprintf(stderr, "%s: still unknown; do not pay it again, run reconcile later\n", order_id);
  }
  free(json);
  return status;
}

static exit_status wait_for(const command *command) {
  uint64_t deadline_ms = 0;
  if (!read_seconds(command->arguments[1], &deadline_ms)) {
    fputs("SECONDS: a whole number from 1 to 86400\n", stderr);
    return USAGE_ERROR;
  }
  char *json = json_object((const char *[]){"order_id", command->arguments[0], NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  exit_status status = PENDING;
  if (!client || alikassa_payouts_wait(client, json, strlen(json), 0, 0, deadline_ms, print_update,
                                       NULL, &reply, &error)) {
    status = FAILED;
    print_error(error);
  } else {
    int32_t is_final = 0;
    alikassa_reply_is_final(reply, &is_final);
    if (is_final == 1) {
      status = field_equals(reply, "payment_status", "paid") ? DONE : UNPAID;
    }
    alikassa_reply_free(reply);
  }
  free_client(client);
  free(json);
  return status;
}

/* Prints each status, including the last one. */
static int32_t print_update(void *context, alikassa_str status_json) {
  (void)context;
  printf("%.*s\n", (int)status_json.len, status_json.data);
  fflush(stdout);
  return 0;
}

static exit_status list_open(const command *command) {
  alikassa_ledger *ledger = NULL;
  alikassa_rows *rows = NULL;
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  if (!alikassa_ledger_new(command->path, strlen(command->path), &ledger, &error) &&
      !alikassa_ledger_open(ledger, &rows, &error)) {
    while (!alikassa_rows_next(rows, &row, &error) && row) {
      print_reply(row);
    }
  }
  alikassa_rows_free(rows);
  alikassa_ledger_free(ledger);
  if (error) {
    print_error(error);
    return FAILED;
  }
  return DONE;
}

static exit_status reconcile(const command *command) {
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  exit_status status = DONE;
  if (!client || alikassa_reconcile(client, 0, 0, &rows, &error)) {
    status = FAILED;
    print_error(error);
  } else {
    print_reply(rows);
  }
  free_client(client);
  return status;
}

static exit_status release(const command *command) {
  static const char operation[] = "payouts.create";
  const char *order_id = command->arguments[0], *reason = command->arguments[1];
  const char *account = getenv("ALIKASSA_ACCOUNT");
  alikassa_ledger *ledger = NULL;
  alikassa_error *error = NULL;
  exit_status status = DONE;
  if (alikassa_ledger_new(command->path, strlen(command->path), &ledger, &error) ||
      alikassa_ledger_release(ledger, operation, strlen(operation), order_id, strlen(order_id),
                              reason, strlen(reason), account, account ? strlen(account) : 0,
                              &error)) {
    status = FAILED;
    print_error(error);
  }
  alikassa_ledger_free(ledger);
  return status;
}

/* Returns NULL and sets `error` if an option is invalid. */
static alikassa_client *open_client(const char *ledger, alikassa_error **error) {
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  if (!alikassa_config_from_env(&config, error) &&
      !alikassa_config_set_ledger(config, ledger, strlen(ledger), error)) {
    alikassa_client_new(config, &client, error);
  }
  alikassa_config_free(config);
  return client;
}

/* Prints the notices of a client and frees it. `client` may be NULL. */
static void free_client(alikassa_client *client) {
  alikassa_text *notices = NULL;
  alikassa_str text = {NULL, 0};
  if (!alikassa_client_take_notices(client, &notices, NULL) && !alikassa_text_get(notices, &text)) {
    fprintf(stderr, "%.*s", (int)text.len, text.data);
  }
  alikassa_text_free(notices);
  alikassa_client_free(client);
}

/* A JSON object of alternating names and texts, up to a NULL. The caller frees it. */
static char *json_object(const char *const fields[]) {
  size_t size = sizeof "{}";
  for (size_t i = 0; fields[i]; i++) {
    /* Up to six bytes per character, and two quotes and a comma or colon per text. */
    size += 6 * strlen(fields[i]) + 3;
  }
  char *json = malloc(size);
  if (!json) {
    perror("terminal");
    exit(UNKNOWN); /* the safe status: the payout is not sent again */
  }
  char *end = json;
  for (size_t i = 0; fields[i]; i++) {
    *end++ = i == 0 ? '{' : i % 2 ? ':' : ',';
    end = write_text(end, fields[i]);
  }
  memcpy(end, "}", sizeof "}");
  return json;
}

static char *write_text(char *to, const char *text) {
  static const char digits[] = "0123456789abcdef";
  *to++ = '"';
  for (; *text; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte < 0x20) {
      memcpy(to, "\\u00", 4);
      to[4] = digits[byte >> 4];
      to[5] = digits[byte & 15];
      to += 6;
    } else {
      if (byte == '"' || byte == '\\') {
        *to++ = '\\';
      }
      *to++ = *text;
    }
  }
  *to++ = '"';
  return to;
}

static int read_seconds(const char *text, uint64_t *ms) {
  char *end = NULL;
  errno = 0;
  unsigned long seconds = strtoul(text, &end, 10);
  if (errno || *end || strspn(text, "0123456789") != strlen(text) || seconds < 1 ||
      seconds > 86400) {
    return 0;
  }
  *ms = (uint64_t)seconds * 1000;
  return 1;
}

static int field_equals(const alikassa_reply *reply, const char *name, const char *expected) {
  alikassa_str value = {NULL, 0};
  return !alikassa_reply_field(reply, name, strlen(name), &value) &&
         value.len == strlen(expected) && !memcmp(value.data, expected, value.len);
}

/* Prints the reply and frees it. */
static void print_reply(alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  alikassa_reply_json(reply, &json);
  printf("%.*s\n", (int)json.len, json.data);
  alikassa_reply_free(reply);
}

/* Prints the error and frees it. */
static void print_error(alikassa_error *error) {
  alikassa_str message = {NULL, 0}, hint = {NULL, 0};
  alikassa_error_message(error, &message);
  alikassa_error_hint(error, &hint);
  fprintf(stderr, "%.*s\n", (int)message.len, message.data ? message.data : "");
  if (hint.data) {
    fprintf(stderr, "hint: %.*s\n", (int)hint.len, hint.data);
  }
  alikassa_error_free(error);
}

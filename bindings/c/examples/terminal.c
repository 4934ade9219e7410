/*
 * A payout terminal: pays out once, whatever happens, and finds out what became of each payout.
 *
 *     make
 *     ./terminal payouts.sqlite payout 300.00 4111111111111111 B-1 payment_card_rub
 *
 * Answers go to standard output as JSON, one a line, and what went wrong to standard error. The
 * exit status says what became of the money: see `enum ending`. The account and the certificate are
 * those of the environment, ALIKASSA_ACCOUNT and ALIKASSA_PAYOUT_CERT. The ledger is a file, made on
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

enum ending {
  DONE = 0,      /* payout: the provider has it; wait: it is paid */
  FAILED = 1,    /* something that is no payout went wrong */
  MISUSED = 2,   /* the arguments are wrong; nothing was sent */
  NOT_SENT = 3,  /* no byte of the payout left: send it again when you like */
  REJECTED = 4,  /* the provider said no */
  UNKNOWN = 5,   /* the money may have moved: never send it again, run reconcile later */
  ON_RECORD = 6, /* the order was sent before, and nothing was sent now */
  UNPAID = 7,    /* wait: it is final and not paid */
  PENDING = 8,   /* wait: it is not final yet */
};

typedef struct {
  const char *path;
  char *const *arguments;
} command;

static enum ending pay_out(const command *command);
static enum ending meaning_of(const alikassa_error *error);
static enum ending resolve(const alikassa_client *client, const char *order_id);
static enum ending wait_for(const command *command);
static int32_t show_update(void *context, alikassa_str status_json);
static enum ending list_open(const command *command);
static enum ending reconcile(const command *command);
static enum ending release(const command *command);
static alikassa_client *open_client(const char *ledger, alikassa_error **error);
static void end_client(alikassa_client *client);
static char *json_object(const char *const fields[]);
static char *write_text(char *to, const char *text);
static int read_seconds(const char *text, uint64_t *ms);
static int field_equals(const alikassa_reply *reply, const char *name, const char *expected);
static void show_reply(alikassa_reply *reply);
static void show_error(alikassa_error *error);

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int arguments;
    enum ending (*run)(const command *);
  } commands[] = {
      {"payout", 4, pay_out},
      {"wait", 2, wait_for},
      {"open", 0, list_open},
      {"reconcile", 0, reconcile},
      {"release", 2, release},
  };
  if (alikassa_abi_version() != ALIKASSA_ABI_VERSION) {
    fprintf(stderr, "libalikassa %s does not fit this program\n", alikassa_version());
    return FAILED;
  }
  for (size_t i = 0; argc > 2 && i < sizeof commands / sizeof *commands; i++) {
    if (!strcmp(argv[2], commands[i].name) && argc == 3 + commands[i].arguments) {
      return commands[i].run(&(command){argv[1], argv + 3});
    }
  }
  fputs(USAGE, stderr);
  return MISUSED;
}

static enum ending pay_out(const command *command) {
  char *const *arguments = command->arguments;
  const char *order_id = arguments[2];
  char *json = json_object((const char *[]){"amount", arguments[0], "number", arguments[1],
                                            "order_id", order_id, "service", arguments[3], NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  enum ending ending = DONE;
  if (!client) {
    ending = NOT_SENT;
    show_error(error);
  } else if (!alikassa_payouts_create(client, json, strlen(json), 0, 0, &reply, &error)) {
    show_reply(reply);
  } else {
    ending = meaning_of(error);
    show_error(error);
    if (ending == UNKNOWN) {
      ending = resolve(client, order_id);
    }
  }
  end_client(client);
  free(json);
  return ending;
}

static enum ending meaning_of(const alikassa_error *error) {
  int32_t status = ALIKASSA_STATUS_INTERNAL, outcome = ALIKASSA_OUTCOME_UNKNOWN;
  alikassa_error_status(error, &status);
  alikassa_error_outcome(error, &outcome);
  if (status == ALIKASSA_STATUS_DUPLICATE_ORDER) {
    return ON_RECORD;
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

/* Asks for the order with the amount in the ledger. Whatever hinders that, it stays unknown. */
static enum ending resolve(const alikassa_client *client, const char *order_id) {
  fprintf(stderr, "%s: the outcome is unknown; asking for it, sending nothing again\n", order_id);
  char *json = json_object((const char *[]){"order_id", order_id, NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  enum ending ending = UNKNOWN;
  if (alikassa_payouts_resolve(client, json, strlen(json), 0, 0, &reply, &error)) {
    show_error(error);
  } else {
    ending = field_equals(reply, "found", "true") ? DONE : UNKNOWN;
    show_reply(reply);
  }
  if (ending == UNKNOWN) {
    fprintf(stderr, "%s: still unknown; do not pay it again, run reconcile later\n", order_id);
  }
  free(json);
  return ending;
}

static enum ending wait_for(const command *command) {
  uint64_t deadline_ms = 0;
  if (!read_seconds(command->arguments[1], &deadline_ms)) {
    fputs("SECONDS: a whole number from 1 to 86400\n", stderr);
    return MISUSED;
  }
  char *json = json_object((const char *[]){"order_id", command->arguments[0], NULL});
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  enum ending ending = PENDING;
  if (!client || alikassa_payouts_wait(client, json, strlen(json), 0, 0, deadline_ms, show_update,
                                       NULL, &reply, &error)) {
    ending = FAILED;
    show_error(error);
  } else {
    int32_t is_final = 0;
    alikassa_reply_is_final(reply, &is_final);
    if (is_final == 1) {
      ending = field_equals(reply, "payment_status", "paid") ? DONE : UNPAID;
    }
    alikassa_reply_free(reply);
  }
  end_client(client);
  free(json);
  return ending;
}

/* Each status as it comes, the last one too. */
static int32_t show_update(void *context, alikassa_str status_json) {
  (void)context;
  printf("%.*s\n", (int)status_json.len, status_json.data);
  fflush(stdout);
  return 0;
}

static enum ending list_open(const command *command) {
  alikassa_ledger *ledger = NULL;
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  enum ending ending = DONE;
  if (alikassa_ledger_new(command->path, strlen(command->path), &ledger, &error) ||
      alikassa_ledger_open(ledger, &rows, &error)) {
    ending = FAILED;
    show_error(error);
  } else {
    show_reply(rows);
  }
  alikassa_ledger_free(ledger);
  return ending;
}

static enum ending reconcile(const command *command) {
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(command->path, &error);
  enum ending ending = DONE;
  if (!client || alikassa_reconcile(client, 0, 0, &rows, &error)) {
    ending = FAILED;
    show_error(error);
  } else {
    show_reply(rows);
  }
  end_client(client);
  return ending;
}

static enum ending release(const command *command) {
  static const char operation[] = "payouts.create";
  const char *order_id = command->arguments[0], *reason = command->arguments[1];
  const char *account = getenv("ALIKASSA_ACCOUNT");
  alikassa_ledger *ledger = NULL;
  alikassa_error *error = NULL;
  enum ending ending = DONE;
  if (alikassa_ledger_new(command->path, strlen(command->path), &ledger, &error) ||
      alikassa_ledger_release(ledger, operation, strlen(operation), order_id, strlen(order_id),
                              reason, strlen(reason), account, account ? strlen(account) : 0,
                              &error)) {
    ending = FAILED;
    show_error(error);
  }
  alikassa_ledger_free(ledger);
  return ending;
}

/* NULL, with an error, when a setting is wrong. */
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

/* Ends a client, NULL too, and says what its owner should know. */
static void end_client(alikassa_client *client) {
  alikassa_text *notices = NULL;
  alikassa_str text = {NULL, 0};
  if (!alikassa_client_take_notices(client, &notices, NULL) && !alikassa_text_get(notices, &text)) {
    fprintf(stderr, "%.*s", (int)text.len, text.data);
  }
  alikassa_text_free(notices);
  alikassa_client_free(client);
}

/* A JSON object of these names and texts, up to a NULL; to be freed. */
static char *json_object(const char *const fields[]) {
  size_t size = sizeof "{}";
  for (size_t i = 0; fields[i]; i++) {
    /* A control character takes six bytes, and each text two quotes and a comma or colon. */
    size += 6 * strlen(fields[i]) + 3;
  }
  char *json = malloc(size);
  if (!json) {
    perror("terminal");
    exit(UNKNOWN); /* the one answer that is never wrong */
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

/* Shows an answer and ends it. */
static void show_reply(alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  alikassa_reply_json(reply, &json);
  printf("%.*s\n", (int)json.len, json.data);
  alikassa_reply_free(reply);
}

/* Shows an error and ends it. */
static void show_error(alikassa_error *error) {
  alikassa_str message = {NULL, 0}, hint = {NULL, 0};
  alikassa_error_message(error, &message);
  alikassa_error_hint(error, &hint);
  fprintf(stderr, "%.*s\n", (int)message.len, message.data ? message.data : "");
  if (hint.data) {
    fprintf(stderr, "hint: %.*s\n", (int)hint.len, hint.data);
  }
  alikassa_error_free(error);
}

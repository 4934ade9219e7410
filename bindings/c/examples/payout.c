/*
 * Pays out once, whatever happens: on record before it is sent, never sent again while its outcome is unknown.
 *
 *     cc -std=c11 payout.c $(pkg-config --cflags --libs alikassa) -o payout
 *     ./payout payouts.sqlite B-1 300.00 4111111111111111
 *
 * The account and the certificate come from the environment: ALIKASSA_ACCOUNT, ALIKASSA_PAYOUT_CERT.
 */

#include <alikassa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The amount to look for stands in the ledger. */
#define ORDER "{\"order_id\": \"%s\"}"
#define PAYOUT                                                                                   \
  "{\"order_id\": \"%s\", \"amount\": \"%s\", \"number\": \"%s\", \"service\": \"payment_card_rub\"}"

static int pay_out(const alikassa_client *client, char *const order[]);
static int resolve(const alikassa_client *client, const char *order_id);
static alikassa_client *open_client(const char *ledger, alikassa_error **error);
static void show(const alikassa_reply *reply, const char *name);
static int show_error(alikassa_error *error);

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s LEDGER ORDER_ID AMOUNT NUMBER\n", argv[0]);
    return 2;
  }
  for (int i = 2; i < argc; i++) {
    /* They stand in JSON unescaped. */
    if (strpbrk(argv[i], "\"\\") || strlen(argv[i]) > 100) {
      fprintf(stderr, "%s: no quotes, please\n", argv[i]);
      return 2;
    }
  }
  alikassa_error *error = NULL;
  alikassa_client *client = open_client(argv[1], &error);
  int failed = client ? pay_out(client, argv + 2) : show_error(error);
  alikassa_client_free(client);
  return failed;
}

static int pay_out(const alikassa_client *client, char *const order[]) {
  char json[512];
  int len = snprintf(json, sizeof json, PAYOUT, order[0], order[1], order[2]);
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t status = alikassa_payouts_create(client, json, (size_t)len, 0, 0, &reply, &error);
  if (status == ALIKASSA_STATUS_OUTCOME_UNKNOWN) {
    show_error(error);
    return resolve(client, order[0]);
  }
  if (status) {
    return show_error(error);
  }
  show(reply, "id");
  show(reply, "payment_status");
  alikassa_reply_free(reply);
  return 0;
}

/* The money may have moved: ask, never send again. */
static int resolve(const alikassa_client *client, const char *order_id) {
  char json[512];
  int len = snprintf(json, sizeof json, ORDER, order_id);
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_payouts_resolve(client, json, (size_t)len, 0, 0, &reply, &error)) {
    return show_error(error);
  }
  show(reply, "found");
  show(reply, "payment_status");
  alikassa_reply_free(reply);
  return 0;
}

static alikassa_client *open_client(const char *ledger, alikassa_error **error) {
  static const struct {
    const char *variable;
    int32_t (*set)(alikassa_config *, const char *, size_t, alikassa_error **);
  } settings[] = {
      {"ALIKASSA_PAYOUT_CERT", alikassa_config_set_payout_cert},
      {"ALIKASSA_BASE_URL", alikassa_config_set_base_url},
      {"ALIKASSA_CA_FILE", alikassa_config_set_ca_file},
  };
  const char *account = getenv("ALIKASSA_ACCOUNT");
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  int32_t status = alikassa_config_new(account, account ? strlen(account) : 0, &config, error);
  for (size_t i = 0; !status && i < sizeof settings / sizeof *settings; i++) {
    const char *value = getenv(settings[i].variable);
    if (value) {
      status = settings[i].set(config, value, strlen(value), error);
    }
  }
  if (!status && !alikassa_config_set_ledger(config, ledger, strlen(ledger), error)) {
    alikassa_client_new(config, &client, error);
  }
  alikassa_config_free(config);
  return client;
}

static void show(const alikassa_reply *reply, const char *name) {
  alikassa_str value = {NULL, 0};
  alikassa_reply_field(reply, name, strlen(name), &value);
  printf("%s: %.*s\n", name, (int)value.len, value.data ? value.data : "");
}

/* Ends the error and gives the exit status of the program. */
static int show_error(alikassa_error *error) {
  static const char *const outcomes[] = {"no request", "not sent", "rejected", "unknown"};
  alikassa_str message = {NULL, 0}, hint = {NULL, 0};
  int32_t outcome = ALIKASSA_OUTCOME_NONE;
  alikassa_error_message(error, &message);
  alikassa_error_hint(error, &hint);
  alikassa_error_outcome(error, &outcome);
  fprintf(stderr, "%.*s (%s)\n", (int)message.len, message.data ? message.data : "",
          outcomes[outcome]);
  if (hint.data) {
    fprintf(stderr, "hint: %.*s\n", (int)hint.len, hint.data);
  }
  alikassa_error_free(error);
  return 1;
}

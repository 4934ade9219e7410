/*
 * Prints the status of a payout and the balance of the account.
 *
 *     make status
 *     ./status 100000536
 *
 * The options come from the environment. ALIKASSA_ACCOUNT and ALIKASSA_PAYOUT_CERT are required.
 */

#include <alikassa.h>
#include <stdio.h>
#include <string.h>

static int print_payout(const alikassa_client *client, const char *id);
static int print_balance(const alikassa_client *client);
static void print_fields(const alikassa_reply *reply, const char *const names[]);
static int print_error(alikassa_error *error);

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s PAYOUT_ID\n", argv[0]);
    return 2;
  }
  if (alikassa_abi_version() != ALIKASSA_ABI_VERSION) {
    fprintf(stderr, "libalikassa %s is not compatible with this program\n", alikassa_version());
    return 1;
  }
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  if (alikassa_client_from_env(&client, &error) != ALIKASSA_STATUS_OK) {
    return print_error(error);
  }
  int failed = print_payout(client, argv[1]) || print_balance(client);
  alikassa_client_free(client);
  return failed;
}

static int print_payout(const alikassa_client *client, const char *id) {
  static const char *const names[] = {"id", "order_id", "payment_status", "amount", NULL};
  char request[256];
  int length = snprintf(request, sizeof request, "{\"id\": \"%s\"}", id);
  /* The id is not escaped in the JSON text, so only digits are allowed. */
  if (strspn(id, "0123456789") != strlen(id) || length < 0 || (size_t)length >= sizeof request) {
    fprintf(stderr, "%s: an id is a number\n", id);
    return 1;
  }
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_payouts_status(client, request, (size_t)length, 0, 0, &reply, &error)) {
    return print_error(error);
  }
  print_fields(reply, names);
  alikassa_reply_free(reply);
  return 0;
}

static int print_balance(const alikassa_client *client) {
  static const char *const names[] = {"balance", "currency", NULL};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_account_balance(client, 0, 0, &reply, &error)) {
    return print_error(error);
  }
  print_fields(reply, names);
  alikassa_reply_free(reply);
  return 0;
}

static void print_fields(const alikassa_reply *reply, const char *const names[]) {
  for (; *names; names++) {
    alikassa_str value = {NULL, 0};
    alikassa_reply_field(reply, *names, strlen(*names), &value);
    printf("%s: %.*s\n", *names, (int)value.len, value.data ? value.data : "");
  }
}

/* Frees the error and returns the exit status of the program. */
static int print_error(alikassa_error *error) {
  alikassa_str message = {NULL, 0}, hint = {NULL, 0};
  alikassa_error_message(error, &message);
  alikassa_error_hint(error, &hint);
  fprintf(stderr, "%.*s\n", (int)message.len, message.data ? message.data : "");
  if (hint.data) {
    fprintf(stderr, "hint: %.*s\n", (int)hint.len, hint.data);
  }
  alikassa_error_free(error);
  return 1;
}

/* Makes the three calls to the sandbox, and requests the path that panics in test builds, which must be unknown here. */
#include <alikassa.h>
#include <stdio.h>
#include <string.h>

static int equals(const alikassa_reply *reply, const char *field, const char *expected) {
  alikassa_str value = {NULL, 0};
  if (alikassa_reply_field(reply, field, strlen(field), &value) || value.data == NULL) {
    return 0;
  }
  return value.len == strlen(expected) && memcmp(value.data, expected, value.len) == 0;
}

static int payout_is_paid(const alikassa_client *client) {
  const char request[] = "{\"id\": \"100000536\"}";
  alikassa_reply *reply = NULL;
  int good = alikassa_payouts_status(client, request, strlen(request), 0, 0, &reply, NULL) == 0
             && equals(reply, "payment_status", "paid") && equals(reply, "amount", "300.00");
  alikassa_reply_free(reply);
  return good;
}

static int payment_is_paid(const alikassa_client *client) {
  const char request[] = "{\"order_id\": \"1756900030\"}";
  alikassa_reply *reply = NULL;
  int good = alikassa_payments_status(client, request, strlen(request), 0, 0, &reply, NULL) == 0
             && equals(reply, "payment_status", "paid") && equals(reply, "amount", "10.000000000");
  alikassa_reply_free(reply);
  return good;
}

static int balance_is_exact(const alikassa_client *client) {
  alikassa_reply *reply = NULL;
  int good = alikassa_account_balance(client, 0, 0, &reply, NULL) == 0 && equals(reply, "balance", "93.84000000");
  alikassa_reply_free(reply);
  return good;
}

static int has_no_test_hook(const alikassa_client *client) {
  const char path[] = "v1/test-panic";
  alikassa_reply *reply = NULL;
  int32_t status = alikassa_request(client, path, strlen(path), "{}", 2, "payout", 6, 1, 0, 0, &reply, NULL);
  alikassa_reply_free(reply);
  return status == ALIKASSA_STATUS_NOT_FOUND;
}

int main(void) {
  alikassa_client *client = NULL;
  if (alikassa_client_from_env(&client, NULL) != ALIKASSA_STATUS_OK) {
    return 1;
  }
  int good = payout_is_paid(client) && payment_is_paid(client) && balance_is_exact(client) && has_no_test_hook(client);
  alikassa_client_free(client);
  return good ? 0 : 2;
}

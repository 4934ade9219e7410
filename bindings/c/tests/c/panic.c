/* A panic in the library returns a status, and the next call works. */

#include "check.h"

int main(void) {
  static const char path[] = "v1/test-panic";
  alikassa_client *client = client_from_env();
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  for (int i = 0; i < 3; i++) {
    CHECK(alikassa_request(client, path, strlen(path), "{}", 2, "payout", 6, 1, 0, 0, &reply,
                           &error) == ALIKASSA_STATUS_INTERNAL);
    CHECK(reply == NULL);
    CHECK(equal(error_text(error, alikassa_error_message),
                "a panic in the library: a panic requested by a test"));
    alikassa_error_free(error);
    expect_ok(alikassa_account_balance(client, 0, 0, &reply, &error), error, "balance");
    alikassa_reply_free(reply);
    reply = NULL;
  }
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_client_free(client);
  return 0;
}

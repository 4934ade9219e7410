/* Handles that are freed, of another type, or none at all. argv[1] is a folder with a key pair. */

#include "misuse.h"

static void arbitrary_pointers(void);
static void handles_of_another_type(void);
static void freed_keys(const char *folder);
static void freed_handles(void);
static void freed_handles_stay_invalid(void);

int main(int argc, char **argv) {
  CHECK(argc == 2);
  arbitrary_pointers();
  handles_of_another_type();
  freed_keys(argv[1]);
  freed_handles();
  freed_handles_stay_invalid();
  return 0;
}

static void arbitrary_pointers(void) {
  alikassa_config *live = new_config(ACCOUNT);
  char *heap = malloc(64);
  CHECK(heap != NULL);
  alikassa_str text;
  int stack = 0;
  const uintptr_t pointers[] = {
      1,        2,           3,
      SIZE_MAX, SIZE_MAX - 1, (uintptr_t)&stack,
      (uintptr_t)heap,        (uintptr_t)heap + 1,
      (uintptr_t)"text",      (uintptr_t)live + 1,
      (uintptr_t)live - 1,    (uintptr_t)live + 1000001,
      (uintptr_t)live | ((uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1)),
  };
  for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
    if (pointers[i] == (uintptr_t)live) {
      continue;
    }
    alikassa_config *config = (alikassa_config *)pointers[i];
    alikassa_client *client = NULL;
    CHECK(alikassa_client_new(config, &client, NULL) == BAD_HANDLE);
    alikassa_config_free(config);
    alikassa_error *cause = NULL;
    alikassa_reply *reply = NULL;
    alikassa_rows *rows = NULL;
    CHECK(alikassa_error_cause((alikassa_error *)pointers[i], &cause) == BAD_HANDLE);
    CHECK(alikassa_ledger_open((alikassa_ledger *)pointers[i], &rows, NULL) == BAD_HANDLE);
    CHECK(alikassa_rows_next((alikassa_rows *)pointers[i], &reply, NULL) == BAD_HANDLE);
    CHECK(alikassa_events_next((alikassa_events *)pointers[i], &reply, NULL) == BAD_HANDLE);
    CHECK(alikassa_ledger_resume((alikassa_ledger *)pointers[i], "x", 1, NULL) == BAD_HANDLE);
    CHECK(create_payout((alikassa_client *)pointers[i], "x", "1", &reply, NULL) == BAD_HANDLE);
    CHECK(set_on_event(config, never_an_event) == BAD_HANDLE && set_limits(config) == BAD_HANDLE);
    CHECK(alikassa_reply_support_text((alikassa_reply *)pointers[i], &text) == BAD_HANDLE);
    CHECK(alikassa_error_support_text((alikassa_error *)pointers[i], &text) == BAD_HANDLE);
    derive_and_preview_nothing((alikassa_client *)pointers[i]);
    make_no_external_key((alikassa_verifying_key *)pointers[i], never_signs, BAD_HANDLE);
    set_no_keys(live, (alikassa_signing_key *)pointers[i]);
    alikassa_ledger_free((alikassa_ledger *)pointers[i]);
  }
  CHECK(alikassa_config_set_max_retries(live, 1, NULL) == ALIKASSA_STATUS_OK);
  alikassa_config_free(live);
  free(heap);
}

static void handles_of_another_type(void) {
  alikassa_config *config = new_config(ACCOUNT);
  alikassa_client *client = new_client(config);
  alikassa_reply *reply = NULL;
  alikassa_rows *rows = NULL;
  alikassa_str str;
  CHECK(alikassa_account_balance((alikassa_client *)config, 0, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_config_set_max_retries((alikassa_config *)client, 1, NULL) == BAD_HANDLE);
  CHECK(set_on_event((alikassa_config *)client, never_an_event) == BAD_HANDLE);
  CHECK(set_limits((alikassa_config *)client) == BAD_HANDLE);
  CHECK(alikassa_reply_support_text((alikassa_reply *)client, &str) == BAD_HANDLE);
  CHECK(alikassa_error_support_text((alikassa_error *)config, &str) == BAD_HANDLE);
  derive_and_preview_nothing((alikassa_client *)config);
  make_no_external_key((alikassa_verifying_key *)client, never_signs, BAD_HANDLE);
  set_no_keys(config, (alikassa_signing_key *)client);
  set_no_keys((alikassa_config *)client, (alikassa_signing_key *)client);
  CHECK(alikassa_text_get((alikassa_text *)client, &str) == BAD_HANDLE);
  CHECK(alikassa_error_code((alikassa_error *)config, &str) == BAD_HANDLE);
  CHECK(alikassa_ledger_open((alikassa_ledger *)client, &rows, NULL) == BAD_HANDLE);
  CHECK(alikassa_rows_next((alikassa_rows *)client, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_reconcile((alikassa_client *)config, 0, 0, &reply, NULL) == BAD_HANDLE);
  alikassa_ledger_free((alikassa_ledger *)client);
  alikassa_client_free((alikassa_client *)config);
  alikassa_config_free((alikassa_config *)client);
  CHECK(alikassa_config_set_max_retries(config, 1, NULL) == ALIKASSA_STATUS_OK);
  CHECK(alikassa_client_close(client, NULL) == ALIKASSA_STATUS_OK);
  alikassa_client_free(client);
  alikassa_config_free(config);
}

static void freed_keys(const char *folder) {
  alikassa_verifying_key *public = NULL;
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_verifying_key_load(folder, strlen(folder), &public, &error), error, folder);
  expect_ok(alikassa_signing_key_external(public, never_signs, NULL, NULL, &key, &error), error,
            "external");
  alikassa_verifying_key_free(public);
  make_no_external_key(public, never_signs, BAD_HANDLE);
  alikassa_config *config = new_config(ACCOUNT);
  set_no_keys(config, (alikassa_signing_key *)public);
  alikassa_signing_key_free(key);
  set_no_keys(config, key);
  alikassa_config_free(config);
}

static void freed_handles(void) {
  alikassa_config *config = new_config(ACCOUNT);
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  alikassa_config_free(config);
  CHECK(alikassa_config_set_max_retries(config, 1, NULL) == BAD_HANDLE);
  CHECK(set_on_event(config, never_an_event) == BAD_HANDLE);
  CHECK(set_limits(config) == BAD_HANDLE);

  alikassa_error *error = NULL;
  alikassa_reply *reply = NULL;
  CHECK(alikassa_account_balance(client, 0, 0, &reply, &error) == ALIKASSA_STATUS_CONFIGURATION);
  alikassa_error_free(error);
  alikassa_error_free(error);
  alikassa_str str;
  CHECK(alikassa_error_message(error, &str) == BAD_HANDLE);
  CHECK(alikassa_error_support_text(error, &str) == BAD_HANDLE);

  alikassa_text *text = NULL;
  CHECK(alikassa_client_take_notices(client, &text, NULL) == ALIKASSA_STATUS_OK);
  alikassa_text_free(text);
  alikassa_text_free(text);
  CHECK(alikassa_text_get(text, &str) == BAD_HANDLE);

  alikassa_client *derived = NULL;
  CHECK(alikassa_client_for_account(client, ACCOUNT, strlen(ACCOUNT), &derived, NULL) ==
        ALIKASSA_STATUS_OK);
  CHECK(alikassa_client_close(derived, NULL) == ALIKASSA_STATUS_OK);
  alikassa_client_free(client);
  alikassa_client_free(client);
  CHECK(alikassa_client_close(client, NULL) == BAD_HANDLE);
  derive_and_preview_nothing(client);
  CHECK(alikassa_account_balance(derived, 0, 0, &reply, NULL) == ALIKASSA_STATUS_CONFIGURATION);
  alikassa_client_free(derived);
  CHECK(alikassa_client_close(derived, NULL) == BAD_HANDLE);
  CHECK(create_payout(client, "x", "1", &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_payouts_wait(client, "{}", 2, 0, 0, 0, never_called, NULL, &reply, NULL) ==
        BAD_HANDLE);

  alikassa_ledger *ledger = new_ledger("never-made.sqlite");
  alikassa_rows *rows = NULL;
  alikassa_events *events = NULL;
  CHECK(alikassa_ledger_open(ledger, &rows, NULL) == ALIKASSA_STATUS_OK);
  CHECK(alikassa_ledger_events(ledger, NULL, 0, NULL, 0, NULL, 0, 0, &events, NULL) ==
        ALIKASSA_STATUS_OK);
  CHECK(alikassa_events_next((alikassa_events *)rows, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_rows_next((alikassa_rows *)events, &reply, NULL) == BAD_HANDLE);
  alikassa_rows_free(rows);
  alikassa_rows_free(rows);
  alikassa_events_free(events);
  alikassa_events_free(events);
  CHECK(alikassa_rows_next(rows, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_events_next(events, &reply, NULL) == BAD_HANDLE);
  alikassa_ledger_free(ledger);
  alikassa_ledger_free(ledger);
  CHECK(alikassa_ledger_open(ledger, &rows, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_get(ledger, "x", 1, "x", 1, NULL, 0, &reply, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_rows(ledger, NULL, 0, 0, NULL, 0, &rows, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_events(ledger, NULL, 0, NULL, 0, NULL, 0, 0, &events, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_backup(ledger, "x", 1, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_resume(ledger, "x", 1, NULL) == BAD_HANDLE);
  CHECK(alikassa_ledger_location(ledger, &str) == BAD_HANDLE);
}

static void freed_handles_stay_invalid(void) {
  enum { ROUNDS = 1000 };
  alikassa_config *seen[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) {
    seen[i] = new_config(ACCOUNT);
    for (int j = 0; j < i; j += 97) {
      CHECK(seen[j] != seen[i]);
      alikassa_config_free(seen[j]);
      CHECK(alikassa_config_set_max_retries(seen[j], 1, NULL) == BAD_HANDLE);
    }
    CHECK(alikassa_config_set_max_retries(seen[i], 1, NULL) == ALIKASSA_STATUS_OK);
    alikassa_config_free(seen[i]);
  }
}

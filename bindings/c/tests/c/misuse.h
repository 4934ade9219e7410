/* Calls with invalid handles, which fail. Shared by misuse.c and handles.c. */

#ifndef MISUSE_H
#define MISUSE_H

#include "check.h"

#define ACCOUNT "93d5df06-996c-48c3-9847-348d6b580b80"
#define BAD_HANDLE ALIKASSA_STATUS_BAD_HANDLE

static inline void never_an_event(void *context, const alikassa_reply *event) {
  (void)context, (void)event;
  CHECK(!"called");
}

/* It belongs to a callback that was not set. */
static inline void never_destroyed(void *context) {
  (void)context;
  CHECK(!"called");
}

static inline int32_t set_on_event(alikassa_config *config, alikassa_on_event on_event) {
  return alikassa_config_set_on_event(config, on_event, NULL, never_destroyed, NULL);
}

static inline int32_t never_asked(void *context, alikassa_str number) {
  (void)context, (void)number;
  CHECK(!"called");
  return 0;
}

static inline int32_t set_limits(alikassa_config *config) {
  return alikassa_config_set_limits(config, "payouts.create", 14, "{}", 2, never_asked, NULL,
                                    never_destroyed, NULL);
}

static inline int32_t never_signs(void *context, alikassa_str message, alikassa_str digest,
                           char *signature, size_t capacity, size_t *signature_len) {
  (void)context, (void)message, (void)digest, (void)signature, (void)capacity, (void)signature_len;
  CHECK(!"called");
  return 0;
}

/* The handle has no key of this kind. */
static inline void make_no_external_key(const alikassa_verifying_key *public, alikassa_on_sign sign,
                                 int32_t status) {
  alikassa_signing_key *key = NULL;
  CHECK(alikassa_signing_key_external(public, sign, NULL, never_destroyed, &key, NULL) == status);
  CHECK(!key);
}

/* The handle is no client. */
static inline void derive_and_preview_nothing(alikassa_client *client) {
  alikassa_client *derived = NULL;
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  int32_t outcome = 0;
  CHECK(alikassa_client_for_account(client, ACCOUNT, strlen(ACCOUNT), &derived, NULL) == BAD_HANDLE);
  CHECK(alikassa_dry_run(client, "payouts.create", 14, "{}", 2, 0, &reply, &error) == BAD_HANDLE);
  CHECK(!alikassa_error_outcome(error, &outcome) && outcome == ALIKASSA_OUTCOME_NOT_SENT);
  alikassa_error_free(error);
  CHECK(alikassa_request_dry_run(client, "v1/x", 4, "{}", 2, "payout", 6, 0, &reply, NULL) ==
        BAD_HANDLE);
  CHECK(!derived && !reply);
}

/* The handles are no config and no key. */
static inline void set_no_keys(alikassa_config *config, const alikassa_signing_key *key) {
  CHECK(alikassa_config_set_payment_signing_key(config, key, NULL) == BAD_HANDLE);
  CHECK(alikassa_config_set_payout_signing_key(config, key, NULL) == BAD_HANDLE);
}

#endif

/* Clients with external signers. argv[1] is the folder of the payout key, argv[2] the path of a
 * ledger. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 300 };

/* What a signer does, and what happened to it. */
typedef struct {
  alikassa_signing_key *memory;
  alikassa_signing_key *external;
  alikassa_config *config;
  alikassa_client *closes;
  size_t len;
  int is_on_another_thread;
  pthread_t caller;
  atomic_int asked;
  atomic_int hangs;
  atomic_int destroyed;
} signer;

static const char *folder, *ledger;

static void a_signer_signs_reads_and_creates(void);
static void a_signer_may_free_its_key_and_config(void);
static void a_wrong_length_is_an_error(void);
static void a_signer_that_hangs_delays_no_close(void);
static void a_close_in_a_signer_waits_for_the_call(void);

int main(int argc, char **argv) {
  CHECK(argc == 3);
  folder = argv[1];
  ledger = argv[2];
  /* The alarm ends a program that hangs. */
  alarm(SECONDS);
  a_signer_signs_reads_and_creates();
  a_signer_may_free_its_key_and_config();
  a_wrong_length_is_an_error();
  a_signer_that_hangs_delays_no_close();
  a_close_in_a_signer_waits_for_the_call();
  return 0;
}

static void wait_until(const atomic_int *number, int value) {
  const struct timespec pause = {0, 1000 * 1000};
  while (*number != value) {
    nanosleep(&pause, NULL);
  }
}

static size_t decode_base64(alikassa_str text, char *out) {
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t len = 0;
  unsigned group = 0, bits = 0;
  for (size_t i = 0; i < text.len && text.data[i] != '='; i++) {
    group = group << 6 | (unsigned)(strchr(alphabet, text.data[i]) - alphabet);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[len++] = (char)(group >> bits);
    }
  }
  return len;
}

static int32_t sign(void *context, alikassa_str message, alikassa_str digest, char *signature,
                    size_t capacity, size_t *signature_len) {
  signer *const self = context;
  alikassa_text *made = NULL;
  alikassa_str text = {NULL, 0};
  self->is_on_another_thread = !pthread_equal(self->caller, pthread_self());
  self->asked++;
  wait_until(&self->hangs, 0);
  CHECK(capacity == 1024);
  CHECK(!alikassa_sign(self->memory, message.data, message.len, digest.data, digest.len, &made, NULL));
  CHECK(!alikassa_text_get(made, &text));
  *signature_len = self->len ? self->len : decode_base64(text, signature);
  alikassa_text_free(made);
  alikassa_signing_key_free(self->external);
  alikassa_config_free(self->config);
  CHECK(!self->closes || !alikassa_client_close(self->closes, NULL));
  return 0;
}

static void destroyed(void *context) {
  signer *const self = context;
  alikassa_signing_key_free(self->memory);
  self->destroyed++;
}

/* A config with the external key, which is freed unless the signer frees it. */
static alikassa_config *config_with(signer *self, int signer_frees) {
  alikassa_verifying_key *public = NULL;
  alikassa_signing_key *key = NULL;
  alikassa_config *config = NULL;
  alikassa_error *error = NULL;
  self->caller = pthread_self();
  expect_ok(alikassa_signing_key_load(folder, strlen(folder), &self->memory, &error), error, folder);
  expect_ok(alikassa_verifying_key_load(folder, strlen(folder), &public, &error), error, folder);
  expect_ok(alikassa_signing_key_external(public, sign, self, destroyed, &key, &error), error,
            "external");
  alikassa_verifying_key_free(public);
  expect_ok(alikassa_config_from_env(&config, &error), error, "options from the environment");
  expect_ok(alikassa_config_set_digest(config, "sha1", 4, &error), error, "digest");
  expect_ok(alikassa_config_set_connect_timeout_ms(config, 30000, &error), error, "timeout");
  expect_ok(alikassa_config_set_payout_signing_key(config, key, &error), error, "payout key");
  if (signer_frees) {
    self->external = key;
    self->config = config;
  } else {
    alikassa_signing_key_free(key);
  }
  return config;
}

static alikassa_client *client_with(signer *self) {
  alikassa_config *config = config_with(self, 0);
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  return client;
}

static int32_t read_status(const alikassa_client *client, uint64_t timeout_ms,
                           alikassa_error **error) {
  static const char json[] = "{\"id\": \"100000536\"}";
  alikassa_reply *reply = NULL;
  const int32_t status =
      alikassa_payouts_status(client, json, strlen(json), timeout_ms, 0, &reply, error);
  alikassa_reply_free(reply);
  return status;
}

static void a_signer_signs_reads_and_creates(void) {
  signer self = {0};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  alikassa_config *config = config_with(&self, 0);
  expect_ok(alikassa_config_set_ledger(config, ledger, strlen(ledger), &error), error, ledger);
  alikassa_client *client = new_client(config);
  alikassa_config_free(config);
  expect_ok(read_status(client, 0, &error), error, "status");
  CHECK(self.asked == 1 && self.is_on_another_thread);
  expect_ok(create_payout(client, "external", "5.00", &reply, &error), error, "create");
  alikassa_reply_free(reply);
  /* The key of the ledger's tags needs a signature too. */
  CHECK(self.asked == 3 && !self.destroyed);
  CHECK(!alikassa_client_close(client, NULL));
  CHECK(read_status(client, 0, NULL) == ALIKASSA_STATUS_CONFIGURATION && self.asked == 3);
  alikassa_client_free(client);
  wait_until(&self.destroyed, 1);
}

static void a_signer_may_free_its_key_and_config(void) {
  signer self = {0};
  alikassa_error *error = NULL;
  alikassa_config *config = config_with(&self, 1);
  alikassa_client *client = new_client(config);
  expect_ok(read_status(client, 0, &error), error, "status");
  CHECK(alikassa_config_set_max_retries(config, 1, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(!self.destroyed);
  alikassa_client_free(client);
  wait_until(&self.destroyed, 1);
}

static void a_wrong_length_is_an_error(void) {
  static const size_t lengths[] = {1, 1024, SIZE_MAX};
  signer self = {0};
  alikassa_client *client = client_with(&self);
  for (int i = 0; i < 3; i++) {
    alikassa_error *error = NULL;
    self.len = lengths[i];
    CHECK(read_status(client, 0, &error) == ALIKASSA_STATUS_SIGNING);
    CHECK(equal(error_text(error, alikassa_error_reason), "wrong_signature"));
    CHECK(equal(error_text(error, alikassa_error_field), "payout_cert"));
    CHECK(is_absent(error_text(error, alikassa_error_support_text)));
    alikassa_error_free(error);
  }
  alikassa_client_free(client);
  wait_until(&self.destroyed, 1);
}

static void a_signer_that_hangs_delays_no_close(void) {
  signer self = {.hangs = 1};
  alikassa_error *error = NULL;
  alikassa_client *client = client_with(&self);
  CHECK(read_status(client, 200, &error) == ALIKASSA_STATUS_SIGNING);
  CHECK(equal(error_text(error, alikassa_error_reason), "timeout"));
  alikassa_error_free(error);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_client_free(client);
  CHECK(self.asked == 1 && !self.destroyed);
  self.hangs = 0;
  wait_until(&self.destroyed, 1);
}

static void a_close_in_a_signer_waits_for_the_call(void) {
  signer self = {0};
  alikassa_error *error = NULL;
  alikassa_client *client = client_with(&self);
  self.closes = client;
  CHECK(read_status(client, 200, &error) == ALIKASSA_STATUS_SIGNING);
  CHECK(equal(error_text(error, alikassa_error_reason), "timeout"));
  alikassa_error_free(error);
  CHECK(!alikassa_client_close(client, NULL));
  alikassa_client_free(client);
  wait_until(&self.destroyed, 1);
}

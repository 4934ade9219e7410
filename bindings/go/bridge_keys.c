/* Keys and canonical JSON. */

#include "_cgo_export.h"
#include "bridge_read.h"

static int32_t on_sign(void *context, alikassa_str message, alikassa_str digest, char *signature, size_t capacity,
                       size_t *signature_len) {
  return alikassaGoSign(NUMBER(context), (char *)message.data, message.len, (char *)digest.data, digest.len, signature,
                        capacity, signature_len);
}

bridge_made bridge_signing_key_load(const char *folder, size_t len) {
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  alikassa_signing_key_load(folder, len, &key, &error);
  return (bridge_made){NUMBER(key), NUMBER(error)};
}

bridge_made bridge_signing_key_from_pem(const char *pem, size_t pem_len, const char *password, size_t password_len) {
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  alikassa_signing_key_from_pem(pem, pem_len, password, password_len, &key, &error);
  return (bridge_made){NUMBER(key), NUMBER(error)};
}

bridge_made bridge_signing_key_external(uintptr_t public_key, uintptr_t context) {
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  alikassa_signing_key_external((alikassa_verifying_key *)public_key, on_sign, (void *)context, bridge_destroy, &key, &error);
  return (bridge_made){NUMBER(key), NUMBER(error)};
}

bridge_text bridge_sign(uintptr_t key, const char *data, size_t data_len, const char *digest, size_t digest_len) {
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  alikassa_sign((alikassa_signing_key *)key, data, data_len, digest, digest_len, &text, &error);
  return read_text(text, error);
}

void bridge_free_signing_key(uintptr_t key) { alikassa_signing_key_free((alikassa_signing_key *)key); }

bridge_made bridge_verifying_key_load(const char *folder, size_t len) {
  alikassa_verifying_key *key = NULL;
  alikassa_error *error = NULL;
  alikassa_verifying_key_load(folder, len, &key, &error);
  return (bridge_made){NUMBER(key), NUMBER(error)};
}

bridge_made bridge_verifying_key_from_pem(const char *pem, size_t len) {
  alikassa_verifying_key *key = NULL;
  alikassa_error *error = NULL;
  alikassa_verifying_key_from_pem(pem, len, &key, &error);
  return (bridge_made){NUMBER(key), NUMBER(error)};
}

bridge_word bridge_verify(uintptr_t key, const char *data, size_t data_len, const char *signature, size_t signature_len,
                          const char *digest, size_t digest_len) {
  alikassa_str matched = {0};
  alikassa_error *error = NULL;
  alikassa_verify((alikassa_verifying_key *)key, data, data_len, signature, signature_len, digest, digest_len, &matched,
                  &error);
  return (bridge_word){NUMBER(error), matched};
}

void bridge_free_verifying_key(uintptr_t key) { alikassa_verifying_key_free((alikassa_verifying_key *)key); }

bridge_text bridge_canonical_json(const char *json, size_t len) {
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  alikassa_canonical_json(json, len, &text, &error);
  return read_text(text, error);
}

void bridge_free_text(uintptr_t text) { alikassa_text_free((alikassa_text *)text); }

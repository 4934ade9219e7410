/* Keys without a client. argv[1] and argv[2] are folders with different key pairs. */

#include "check.h"

#define BODY "{\"id\":\"100000536\"}"

static void canonical_json(void);
static void sign_and_verify(const char *folder, const char *other);
static void keys_from_pem(const char *folder);

int main(int argc, char **argv) {
  CHECK(argc == 3);
  canonical_json();
  sign_and_verify(argv[1], argv[2]);
  keys_from_pem(argv[1]);
  return 0;
}

static void canonical_json(void) {
  static const char json[] = "{ \"path\": \"a/b\", \"name\": \"\xd0\x97\", \"n\": 1, \"none\": null }";
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_canonical_json(json, strlen(json), &text, &error), error, "canonical");
  alikassa_str bytes = {NULL, 0};
  CHECK(!alikassa_text_get(text, &bytes));
  CHECK(equal(bytes, "{\"path\":\"a\\/b\",\"name\":\"\\u0417\",\"n\":1,\"none\":null}"));
  alikassa_text_free(text);
  expect_ok(alikassa_canonical_json("{}", 2, &text, NULL), NULL, "canonical");
  CHECK(!alikassa_text_get(text, &bytes) && equal(bytes, "[]"));
  alikassa_text_free(text);
}

static alikassa_verifying_key *public_key(const char *folder) {
  alikassa_verifying_key *key = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_verifying_key_load(folder, strlen(folder), &key, &error), error, "public");
  return key;
}

static void sign_and_verify(const char *folder, const char *other) {
  alikassa_signing_key *key = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_signing_key_load(folder, strlen(folder), &key, &error), error, "private");
  alikassa_text *signature = NULL;
  expect_ok(alikassa_sign(key, BODY, strlen(BODY), "sha1", 4, &signature, &error), error, "sign");
  CHECK(alikassa_sign(key, BODY, strlen(BODY), "auto", 4, &signature, NULL) ==
        ALIKASSA_STATUS_INVALID_ARGUMENT);
  alikassa_signing_key_free(key);
  alikassa_str text = {NULL, 0}, matched = {NULL, 0};
  CHECK(!alikassa_text_get(signature, &text) && text.len > 0);

  alikassa_verifying_key *public = public_key(folder);
  expect_ok(alikassa_verify(public, BODY, strlen(BODY), text.data, text.len, "auto", 4, &matched,
                            &error),
            error, "verify");
  alikassa_verifying_key_free(public);
  CHECK(equal(matched, "sha1"));

  public = public_key(other);
  CHECK(alikassa_verify(public, BODY, strlen(BODY), text.data, text.len, "auto", 4, &matched,
                        &error) == ALIKASSA_STATUS_SIGNATURE_MISMATCH);
  CHECK(equal(error_text(error, alikassa_error_code), "signature_mismatch"));
  alikassa_error_free(error);
  alikassa_verifying_key_free(public);
  alikassa_text_free(signature);
}

/* The file's bytes; the caller frees them. */
static char *read_file(const char *folder, const char *name, size_t *len) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  char *bytes = malloc(65536);
  CHECK(bytes != NULL);
  *len = fread(bytes, 1, 65536, file);
  fclose(file);
  return bytes;
}

static void keys_from_pem(const char *folder) {
  size_t pem_len, password_len, public_len;
  char *pem = read_file(folder, "private.pem", &pem_len);
  char *password = read_file(folder, "password.txt", &password_len);
  char *public_pem = read_file(folder, "public.pem", &public_len);
  alikassa_signing_key *key = NULL;
  alikassa_verifying_key *public = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_signing_key_from_pem(pem, pem_len, password, password_len, &key, &error),
            error, "private PEM");
  expect_ok(alikassa_verifying_key_from_pem(public_pem, public_len, &public, &error), error,
            "public PEM");
  alikassa_signing_key_free(key);
  alikassa_verifying_key_free(public);

  CHECK(alikassa_signing_key_from_pem(pem, pem_len, "wrong", 5, &key, &error) ==
        ALIKASSA_STATUS_KEY_LOAD);
  CHECK(equal(error_text(error, alikassa_error_reason), "wrong_password"));
  alikassa_error_free(error);
  CHECK(alikassa_signing_key_from_pem(pem, pem_len, NULL, 0, &key, &error) ==
        ALIKASSA_STATUS_KEY_LOAD);
  CHECK(equal(error_text(error, alikassa_error_reason), "needs_password"));
  alikassa_error_free(error);

  alikassa_config *config = new_config("93d5df06-996c-48c3-9847-348d6b580b80");
  expect_ok(alikassa_config_set_payment_key(config, pem, pem_len, password, password_len, &error),
            error, "payment key");
  expect_ok(alikassa_config_set_payout_key(config, pem, pem_len, password, password_len, &error),
            error, "payout key");
  alikassa_config_free(config);
  free(pem);
  free(password);
  free(public_pem);
}

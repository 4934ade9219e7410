/* Keys without a client. argv[1] and argv[2] are folders with different key pairs. */

#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <stdatomic.h>
#include <time.h>

#define BODY "{\"id\":\"100000536\"}"

static void canonical_json(void);
static void sign_and_verify(const char *folder, const char *other);
static void keys_from_pem(const char *folder);
static void external_keys(const char *folder, const char *other);

int main(int argc, char **argv) {
  CHECK(argc == 3);
  canonical_json();
  sign_and_verify(argv[1], argv[2]);
  keys_from_pem(argv[1]);
  external_keys(argv[1], argv[2]);
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

/* A signer that signs with a key in memory. */
struct signer {
  alikassa_signing_key *key;
  int32_t status;
  atomic_int freed;
};

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
  struct signer *signer = context;
  alikassa_text *made = NULL;
  alikassa_str text = {NULL, 0};
  CHECK(capacity >= 256);
  CHECK(!alikassa_sign(signer->key, message.data, message.len, digest.data, digest.len, &made, NULL));
  CHECK(!alikassa_text_get(made, &text));
  *signature_len = decode_base64(text, signature);
  alikassa_text_free(made);
  return signer->status;
}

static void count_free(void *context) { ((struct signer *)context)->freed++; }

static void external_keys(const char *folder, const char *other) {
  struct signer signer = {NULL, 0, 0};
  alikassa_signing_key *key = NULL;
  alikassa_text *signature = NULL;
  alikassa_error *error = NULL;
  expect_ok(alikassa_signing_key_load(folder, strlen(folder), &signer.key, &error), error, "private");
  alikassa_verifying_key *public = public_key(folder);

  CHECK(alikassa_signing_key_external(public, NULL, &signer, count_free, &key, NULL) ==
        ALIKASSA_STATUS_NULL_POINTER);
  CHECK(alikassa_signing_key_external(NULL, sign, &signer, count_free, &key, NULL) ==
        ALIKASSA_STATUS_BAD_HANDLE);
  CHECK(signer.freed == 0 && key == NULL);

  expect_ok(alikassa_signing_key_external(public, sign, &signer, count_free, &key, &error), error,
            "external");
  for (int sha256 = 0; sha256 < 2; sha256++) {
    const char *digest = sha256 ? "sha256" : "sha1";
    alikassa_text *expected = NULL;
    alikassa_str text = {NULL, 0}, expected_text = {NULL, 0};
    CHECK(!alikassa_sign(signer.key, BODY, strlen(BODY), digest, strlen(digest), &expected, NULL));
    expect_ok(alikassa_sign(key, BODY, strlen(BODY), digest, strlen(digest), &signature, &error), error,
              "external sign");
    CHECK(!alikassa_text_get(signature, &text) && !alikassa_text_get(expected, &expected_text));
    CHECK(text.len == expected_text.len && !memcmp(text.data, expected_text.data, text.len));
    alikassa_text_free(signature);
    alikassa_text_free(expected);
  }

  signer.status = 7;
  CHECK(alikassa_sign(key, BODY, strlen(BODY), "sha1", 4, &signature, &error) ==
        ALIKASSA_STATUS_SIGNING);
  CHECK(equal(error_text(error, alikassa_error_reason), "failed"));
  CHECK(equal(error_text(error, alikassa_error_message), "the external signer returned 7"));
  alikassa_error_free(error);
  signer.status = 0;

  /* A client keeps the key, and the context with it. */
  alikassa_config *config = new_config("93d5df06-996c-48c3-9847-348d6b580b80");
  expect_ok(alikassa_config_set_payment_signing_key(config, key, &error), error, "payment key");
  expect_ok(alikassa_config_set_payout_signing_key(config, key, &error), error, "payout key");
  CHECK(alikassa_config_set_payout_signing_key(config, NULL, NULL) == ALIKASSA_STATUS_BAD_HANDLE);
  alikassa_signing_key_free(key);
  CHECK(signer.freed == 0);
  alikassa_config_free(config);
  /* The thread of the last signature can be the last that has the key. */
  const struct timespec pause = {0, 1000 * 1000};
  while (!signer.freed) {
    nanosleep(&pause, NULL);
  }
  CHECK(signer.freed == 1);
  alikassa_verifying_key_free(public);

  /* The signature of another key. */
  public = public_key(other);
  expect_ok(alikassa_signing_key_external(public, sign, &signer, NULL, &key, &error), error,
            "external");
  CHECK(alikassa_sign(key, BODY, strlen(BODY), "sha1", 4, &signature, &error) ==
        ALIKASSA_STATUS_SIGNING);
  CHECK(equal(error_text(error, alikassa_error_reason), "wrong_signature"));
  alikassa_error_free(error);
  alikassa_signing_key_free(key);
  alikassa_verifying_key_free(public);
  alikassa_signing_key_free(signer.key);
}

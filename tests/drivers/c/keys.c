/* Signing and verifying. */

#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Longer than any timeout of a scenario with a signer that hangs, in seconds. */
enum { HANG = 3 };

static int32_t load_signing_key(alikassa_str request, alikassa_signing_key **key,
                                alikassa_error **error) {
  alikassa_str folder = json_text(json_slice(request, "key"));
  if (folder.data) {
    return alikassa_signing_key_load(folder.data, folder.len, key, error);
  }
  alikassa_str pem = json_bytes(json_slice(request, "pem"));
  alikassa_str password = json_bytes(json_slice(request, "password"));
  return alikassa_signing_key_from_pem(pem.data, pem.len, password.data, password.len, key, error);
}

void handle_sign(alikassa_str request) {
  alikassa_str body = json_bytes(json_slice(request, "body"));
  alikassa_str digest = json_text(json_slice(request, "digest"));
  alikassa_signing_key *key = NULL;
  alikassa_text *signature = NULL;
  alikassa_error *error = NULL;
  if (load_signing_key(request, &key, &error) ||
      alikassa_sign(key, body.data, body.len, digest.data, digest.len, &signature, &error)) {
    respond_error(error);
  } else {
    respond_text(signature, put_text);
  }
  alikassa_signing_key_free(key);
}

static int32_t load_verifying_key(alikassa_str request, alikassa_verifying_key **key,
                                  alikassa_error **error) {
  alikassa_str folder = json_text(json_slice(request, "key"));
  if (folder.data) {
    return alikassa_verifying_key_load(folder.data, folder.len, key, error);
  }
  alikassa_str pem = json_bytes(json_slice(request, "pem"));
  return alikassa_verifying_key_from_pem(pem.data, pem.len, key, error);
}

void handle_verify(alikassa_str request) {
  alikassa_str body = json_bytes(json_slice(request, "body"));
  alikassa_str signature = json_text(json_slice(request, "signature"));
  alikassa_str digest = json_text(json_slice(request, "digest"));
  alikassa_verifying_key *key = NULL;
  alikassa_str matched = {NULL, 0};
  alikassa_error *error = NULL;
  if (load_verifying_key(request, &key, &error) ||
      alikassa_verify(key, body.data, body.len, signature.data, signature.len, digest.data,
                      digest.len, &matched, &error)) {
    respond_error(error);
  } else {
    respond_str(matched);
  }
  alikassa_verifying_key_free(key);
}

struct signer {
  alikassa_signing_key *key;
  int raises, hangs, is_wrong;
};

/* Runs on a thread of the library, so it uses no memory of json.c. */
static int32_t sign(void *context, alikassa_str message, alikassa_str digest, char *signature,
                    size_t capacity, size_t *signature_len) {
  struct signer *signer = context;
  if (signer->raises) {
    return 5;
  }
  if (signer->hangs) {
    sleep(HANG);
  }
  alikassa_text *made = NULL;
  alikassa_str text = {NULL, 0};
  size_t len = signer->is_wrong ? message.len - 1 : message.len;
  int32_t status = alikassa_sign(signer->key, message.data, len, digest.data, digest.len, &made, NULL);
  if (!status && !alikassa_text_get(made, &text) && text.len <= capacity) {
    *signature_len = decode_base64(text, signature);
  }
  alikassa_text_free(made);
  return status;
}

static void free_signer(void *context) {
  struct signer *signer = context;
  alikassa_signing_key_free(signer->key);
  free(signer);
}

int32_t external_key(alikassa_str option, alikassa_signing_key **key, alikassa_error **error) {
  alikassa_str folder = json_text(json_slice(option, "external"));
  alikassa_str fault = json_text(json_slice(option, "fault"));
  alikassa_verifying_key *public = NULL;
  struct signer *signer = calloc(1, sizeof *signer);
  signer->raises = is(fault, "raise");
  signer->hangs = is(fault, "hang");
  signer->is_wrong = is(fault, "wrong");
  int32_t status = alikassa_signing_key_load(folder.data, folder.len, &signer->key, error);
  if (!status) {
    status = alikassa_verifying_key_load(folder.data, folder.len, &public, error);
  }
  if (!status) {
    status = alikassa_signing_key_external(public, sign, signer, free_signer, key, error);
  }
  if (status) {
    free_signer(signer);
  }
  alikassa_verifying_key_free(public);
  return status;
}

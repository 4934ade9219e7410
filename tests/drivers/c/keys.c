/* Signing and verifying. */

#include "driver.h"

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

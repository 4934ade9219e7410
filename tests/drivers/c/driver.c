/* The C driver: executes the runner's requests with the library's public API. */

#define _POSIX_C_SOURCE 200809L

#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static void handle_hello(alikassa_str request);
static void handle_canonical(alikassa_str request);
static void handle_panic(alikassa_str request);

static const struct {
  const char *name;
  void (*handle)(alikassa_str request);
} VERBS[] = {
    {"hello", handle_hello},
    {"canonical", handle_canonical},
    {"sign", handle_sign},
    {"verify", handle_verify},
    {"client", handle_open_client},
    {"for_account", handle_derive_client},
    {"call", handle_call},
    {"notification", handle_notification},
    {"redirect", handle_redirect},
    {"note", handle_note},
    {"reconcile", handle_reconcile},
    {"iter_reconcile", handle_iter_reconcile},
    {"ledger", handle_ledger},
    {"request", handle_raw_request},
    {"close", handle_close_client},
    {"notices", handle_notices},
    {"events", handle_events},
    {"support", handle_support},
    {"represent", handle_represent},
    {"panic", handle_panic},
};

enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

static void respond(alikassa_str request);

int main(void) {
  char *line = NULL;
  size_t size = 0;
  ssize_t len;
  while ((len = getline(&line, &size, stdin)) > 0) {
    alikassa_str request = {line, (size_t)len};
    respond(request);
    putchar('\n');
    fflush(stdout);
    release_all();
  }
  free(line);
  return 0;
}

static void respond(alikassa_str request) {
  alikassa_str verb = json_text(json_slice(request, "do"));
  for (int i = 0; i < VERB_COUNT; i++) {
    if (is(verb, VERBS[i].name)) {
      VERBS[i].handle(request);
      return;
    }
  }
  respond_unsupported("UnknownVerb", verb);
}

static void handle_hello(alikassa_str request) {
  (void)request;
  printf("{\"ok\":{\"language\":\"c\",\"version\":\"%s\",\"verbs\":[", alikassa_version());
  for (int i = 0; i < VERB_COUNT; i++) {
    printf("%s\"%s\"", i ? "," : "", VERBS[i].name);
  }
  printf("]}}");
}

static void handle_canonical(alikassa_str request) {
  alikassa_str body = json_slice(request, "body");
  alikassa_str json = body.data ? json_bytes(body) : json_text(json_slice(request, "text"));
  alikassa_text *bytes = NULL;
  alikassa_error *error = NULL;
  if (alikassa_canonical_json(json.data, json.len, &bytes, &error)) {
    respond_error(error);
  } else {
    respond_text(bytes, put_base64);
  }
}

static void handle_panic(alikassa_str request) {
  (void)request;
  static const char path[] = "v1/test-panic";
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_config_new("panic", 5, &config, &error) ||
      alikassa_client_new(config, &client, &error) ||
      alikassa_request(client, path, strlen(path), "{}", 2, "payout", 6, 1, 0, 0, &reply,
                       &error)) {
    respond_error(error);
  } else {
    respond_null();
  }
  alikassa_reply_free(reply);
  alikassa_client_free(client);
  alikassa_config_free(config);
}

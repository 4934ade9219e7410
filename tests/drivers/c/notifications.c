/* Notifications and redirects. */

#include "driver.h"

#include <stdlib.h>

typedef int32_t verify_query_function(const alikassa_client *, const char *, size_t, const char *,
                                      size_t, alikassa_reply **, alikassa_error **);

typedef int32_t verify_body_function(const alikassa_client *, const char *, size_t, const char *,
                                     size_t, const char *, size_t, alikassa_reply **,
                                     alikassa_error **);

/* Fields that a framework has parsed are passed as a JSON object. */
static int32_t verify_payload(alikassa_str request, verify_query_function *verify_query,
                              verify_body_function *verify_body, alikassa_reply **reply,
                              alikassa_error **error) {
  const alikassa_client *client = *find_client(request);
  alikassa_str query = json_text(json_slice(request, "query"));
  alikassa_str body = json_bytes(json_slice(request, "body"));
  alikassa_str type = json_text(json_slice(request, "content_type"));
  alikassa_str digest = json_text(json_slice(request, "digest"));
  if (query.data) {
    return verify_query(client, query.data, query.len, digest.data, digest.len, reply, error);
  }
  if (!body.data) {
    body = json_text(json_slice(request, "text"));
    type = str("application/json");
  }
  return verify_body(client, body.data, body.len, type.data, type.len, digest.data, digest.len,
                     reply, error);
}

static int32_t verify_notification(alikassa_str request, alikassa_reply **reply,
                                   alikassa_error **error) {
  return verify_payload(request, alikassa_notifications_verify_query,
                        alikassa_notifications_verify_body, reply, error);
}

void handle_notification(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (verify_notification(request, &reply, &error)) {
    respond_error(error);
  } else {
    respond_reply(reply);
  }
}

void handle_redirect(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (verify_payload(request, alikassa_redirects_verify_query, alikassa_redirects_verify_body,
                     &reply, &error)) {
    respond_error(error);
  } else {
    respond_reply(reply);
  }
}

enum { MAX_RESULTS = 3 };

/* The number of times that each result was returned. */
typedef struct {
  alikassa_str results[MAX_RESULTS];
  uint64_t counts[MAX_RESULTS];
  int len;
} result_tally;

static void count(result_tally *tally, alikassa_str result) {
  int at = 0;
  while (at < tally->len && result.data != tally->results[at].data) {
    at++;
  }
  if (at == MAX_RESULTS) {
    fprintf(stderr, "driver: too many different results of a note\n");
    exit(1);
  }
  tally->results[at] = result;
  tally->counts[at]++;
  tally->len = at < tally->len ? tally->len : at + 1;
}

static void put_tally(const result_tally *tally) {
  putchar('{');
  for (int i = 0; i < tally->len; i++) {
    printf("%s", i ? "," : "");
    put_text(tally->results[i]);
    printf(":%llu", (unsigned long long)tally->counts[i]);
  }
  putchar('}');
}

void handle_note(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  uint64_t times = json_number(json_slice(request, "times"));
  alikassa_ledger *ledger = NULL;
  alikassa_reply *notification = NULL;
  alikassa_error *error = NULL;
  result_tally tally = {0};
  int32_t status = alikassa_ledger_new(path.data, path.len, &ledger, &error);
  if (!status) {
    status = verify_notification(request, &notification, &error);
  }
  for (uint64_t time = 0; !status && time < times; time++) {
    alikassa_str result = {NULL, 0};
    status = alikassa_ledger_note(ledger, notification, &result, &error);
    if (!status) {
      count(&tally, result);
    }
  }
  if (status) {
    respond_error(error);
  } else {
    printf("{\"ok\":");
    put_tally(&tally);
    putchar('}');
  }
  alikassa_reply_free(notification);
  alikassa_ledger_free(ledger);
}

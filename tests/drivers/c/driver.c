/* The C driver: obeys the runner's requests with the library's public API, and judges nothing. */

#define _POSIX_C_SOURCE 200809L

#include "json.h"

#include <sys/types.h>

static void hello(alikassa_str request);
static void canonical(alikassa_str request);
static void sign(alikassa_str request);
static void verify(alikassa_str request);
static void open_client(alikassa_str request);
static void call(alikassa_str request);
static void notification(alikassa_str request);
static void redirect(alikassa_str request);
static void note(alikassa_str request);
static void reconcile(alikassa_str request);
static void ledger(alikassa_str request);
static void raw_request(alikassa_str request);
static void close_client(alikassa_str request);
static void notices(alikassa_str request);
static void represent(alikassa_str request);
static void panic(alikassa_str request);

static const struct {
  const char *name;
  void (*obey)(alikassa_str request);
} VERBS[] = {
    {"hello", hello},               {"canonical", canonical}, {"sign", sign},
    {"verify", verify},             {"client", open_client},  {"call", call},
    {"notification", notification}, {"redirect", redirect},   {"note", note},
    {"reconcile", reconcile},       {"ledger", ledger},       {"request", raw_request},
    {"close", close_client},        {"notices", notices},     {"represent", represent},
    {"panic", panic},
};

enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

static void answer_line(alikassa_str request);
static void answer_text(alikassa_text *text, void (*write)(alikassa_str));
static void answer_error(alikassa_error *error);
static void answer_trouble(const char *class, alikassa_str message);

int main(void) {
  char *line = NULL;
  size_t size = 0;
  ssize_t len;
  while ((len = getline(&line, &size, stdin)) > 0) {
    alikassa_str request = {line, (size_t)len};
    answer_line(request);
    putchar('\n');
    fflush(stdout);
    release_all();
  }
  free(line);
  return 0;
}

static void answer_line(alikassa_str request) {
  alikassa_str verb = json_text(json_slice(request, "do"));
  for (int i = 0; i < VERB_COUNT; i++) {
    if (is(verb, VERBS[i].name)) {
      VERBS[i].obey(request);
      return;
    }
  }
  answer_trouble("UnknownVerb", verb);
}

static void hello(alikassa_str request) {
  (void)request;
  printf("{\"ok\":{\"language\":\"c\",\"version\":\"%s\",\"verbs\":[", alikassa_version());
  for (int i = 0; i < VERB_COUNT; i++) {
    printf("%s\"%s\"", i ? "," : "", VERBS[i].name);
  }
  printf("]}}");
}

static void canonical(alikassa_str request) {
  alikassa_str body = json_slice(request, "body");
  alikassa_str json = body.data ? json_bytes(body) : json_text(json_slice(request, "text"));
  alikassa_text *bytes = NULL;
  alikassa_error *error = NULL;
  if (alikassa_canonical_json(json.data, json.len, &bytes, &error)) {
    answer_error(error);
  } else {
    answer_text(bytes, put_base64);
  }
}

/* Keys. */

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

static void sign(alikassa_str request) {
  alikassa_str body = json_bytes(json_slice(request, "body"));
  alikassa_str digest = json_text(json_slice(request, "digest"));
  alikassa_signing_key *key = NULL;
  alikassa_text *signature = NULL;
  alikassa_error *error = NULL;
  if (load_signing_key(request, &key, &error) ||
      alikassa_sign(key, body.data, body.len, digest.data, digest.len, &signature, &error)) {
    answer_error(error);
  } else {
    answer_text(signature, put_text);
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

static void verify(alikassa_str request) {
  alikassa_str body = json_bytes(json_slice(request, "body"));
  alikassa_str signature = json_text(json_slice(request, "signature"));
  alikassa_str digest = json_text(json_slice(request, "digest"));
  alikassa_verifying_key *key = NULL;
  alikassa_str matched = {NULL, 0};
  alikassa_error *error = NULL;
  if (load_verifying_key(request, &key, &error) ||
      alikassa_verify(key, body.data, body.len, signature.data, signature.len, digest.data,
                      digest.len, &matched, &error)) {
    answer_error(error);
  } else {
    printf("{\"ok\":");
    put_text(matched);
    putchar('}');
  }
  alikassa_verifying_key_free(key);
}

/* Clients by the names the runner gives them. */

enum { MAX_CLIENTS = 1024, MAX_NAME = 64 };

static struct {
  char name[MAX_NAME];
  alikassa_client *client;
} clients[MAX_CLIENTS];

static int client_count;

/* The place of the client that a request names; a new one if there is none yet. */
static alikassa_client **place_of(alikassa_str request) {
  alikassa_str name = json_text(json_slice(request, "client"));
  for (int i = 0; i < client_count; i++) {
    if (is(name, clients[i].name)) {
      return &clients[i].client;
    }
  }
  if (client_count == MAX_CLIENTS || name.len >= MAX_NAME) {
    fprintf(stderr, "driver: too many clients, or too long a name\n");
    exit(1);
  }
  memcpy(clients[client_count].name, name.data, name.len);
  return &clients[client_count++].client;
}

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, const char *, size_t, alikassa_error **);
} TEXTS[] = {
    {"payment_cert", alikassa_config_set_payment_cert},
    {"payout_cert", alikassa_config_set_payout_cert},
    {"notification_cert", alikassa_config_add_notification_cert},
    {"base_url", alikassa_config_set_base_url},
    {"digest", alikassa_config_set_digest},
    {"ca_file", alikassa_config_set_ca_file},
    {"roots", alikassa_config_set_roots},
    {"ledger", alikassa_config_set_ledger},
    {"application", alikassa_config_set_application},
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint64_t, alikassa_error **);
} TIMES[] = {
    {"connect_timeout", alikassa_config_set_connect_timeout_ms},
    {"timeout", alikassa_config_set_timeout_ms},
    {"deadline", alikassa_config_set_deadline_ms},
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint32_t, alikassa_error **);
} COUNTS[] = {
    {"max_retries", alikassa_config_set_max_retries},
    {"max_connections", alikassa_config_set_max_connections},
    {"signature_cache", alikassa_config_set_signature_cache},
};

static int32_t set_option(alikassa_config *config, alikassa_str name, alikassa_str value,
                          alikassa_error **error) {
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    if (is(name, TEXTS[i].name)) {
      alikassa_str text = json_text(value);
      return TEXTS[i].set(config, text.data, text.len, error);
    }
  }
  for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
    if (is(name, TIMES[i].name)) {
      return TIMES[i].set(config, json_number(value), error);
    }
  }
  for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
    if (is(name, COUNTS[i].name)) {
      return COUNTS[i].set(config, (uint32_t)json_number(value), error);
    }
  }
  fprintf(stderr, "driver: no option %.*s\n", (int)name.len, name.data);
  exit(1);
}

/* A list is an option given several times. */
static int32_t set_each(alikassa_config *config, alikassa_str name, alikassa_str value,
                        alikassa_error **error) {
  if (*value.data != '[') {
    return set_option(config, name, value, error);
  }
  const char *at = NULL;
  alikassa_str item;
  int32_t status = ALIKASSA_STATUS_OK;
  while (!status && json_next_item(value, &at, &item)) {
    status = set_option(config, name, item, error);
  }
  return status;
}

static int32_t set_options(alikassa_config *config, alikassa_str options, alikassa_error **error) {
  const char *at = NULL;
  alikassa_str name, value;
  int32_t status = ALIKASSA_STATUS_OK;
  while (!status && json_next(options, &at, &name, &value)) {
    if (!is(name, "account") && !json_is_null(value)) {
      status = set_each(config, name, value, error);
    }
  }
  return status;
}

static void open_client(alikassa_str request) {
  alikassa_str options = json_slice(request, "options");
  alikassa_str account = json_text(json_slice(options, "account"));
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  if (alikassa_config_new(account.data, account.len, &config, &error) ||
      set_options(config, options, &error) || alikassa_client_new(config, &client, &error)) {
    answer_error(error);
  } else {
    alikassa_client **place = place_of(request);
    alikassa_client_free(*place);
    *place = client;
    printf("{\"ok\":null}");
  }
  alikassa_config_free(config);
}

static void close_client(alikassa_str request) {
  alikassa_error *error = NULL;
  if (alikassa_client_close(*place_of(request), &error)) {
    answer_error(error);
  } else {
    printf("{\"ok\":null}");
  }
}

/* A notice is a line. */
static void put_lines(alikassa_str lines, int *count) {
  for (const char *end; lines.len; lines.len -= (size_t)(end + 1 - lines.data), lines.data = end + 1) {
    end = memchr(lines.data, '\n', lines.len);
    alikassa_str line = {lines.data, (size_t)(end - lines.data)};
    printf("%s", (*count)++ ? "," : "");
    put_text(line);
  }
}

static void notices(alikassa_str request) {
  (void)request;
  int count = 0;
  printf("{\"ok\":[");
  for (int i = 0; i < client_count; i++) {
    alikassa_text *text = NULL;
    alikassa_str lines = {NULL, 0};
    alikassa_client_take_notices(clients[i].client, &text, NULL);
    alikassa_text_get(text, &lines);
    put_lines(lines, &count);
    alikassa_text_free(text);
  }
  printf("]}");
}

/* A handle is all that a C program can print of a client. */
static void represent(alikassa_str request) {
  printf("{\"ok\":\"%p\"}", (void *)*place_of(request));
}

/* Calls. */

static uint64_t duration(alikassa_str request, const char *name) {
  alikassa_str slice = json_slice(request, name);
  return json_is_null(slice) ? 0 : json_number(slice);
}

static void put_value(alikassa_str json);

/* What the protocol has beside the fields. */
static int is_beside(alikassa_str name) {
  static const char *const names[] = {"is_final", "other", "variant", "digest", "unsigned"};
  size_t at = 0, count = sizeof names / sizeof *names;
  while (at < count && !is(name, names[at])) {
    at++;
  }
  return at < count;
}

static void put_fields(alikassa_str json) {
  const char *at = NULL;
  alikassa_str name, value;
  putchar('{');
  for (int first = 1; json_next(json, &at, &name, &value);) {
    if (!is_beside(name)) {
      printf("%s\"%.*s\":", first ? "" : ",", (int)name.len, name.data);
      put_value(value);
      first = 0;
    }
  }
  putchar('}');
}

/* A field's value, in which records may stand. */
static void put_value(alikassa_str json) {
  const char *at = NULL;
  alikassa_str item;
  if (*json.data == '{') {
    put_fields(json);
  } else if (*json.data == '[') {
    putchar('[');
    for (int first = 1; json_next_item(json, &at, &item); first = 0) {
      printf("%s", first ? "" : ",");
      put_value(item);
    }
    putchar(']');
  } else {
    put(json);
  }
}

/* A member of a record that has it. */
static void put_own(alikassa_str json, const char *name) {
  alikassa_str value = json_slice(json, name);
  if (value.data) {
    printf(",\"%s\":", name);
    put(value);
  }
}

/* A record, its object still open. */
static void put_record(alikassa_str type, alikassa_str json, alikassa_str body) {
  printf("{\"type\":");
  put_text(type);
  printf(",\"fields\":");
  put_fields(json);
  put_own(json, "is_final");
  put_own(json, "other");
  put_own(json, "variant");
  put_own(json, "digest");
  put_own(json, "unsigned");
  printf(",\"raw\":");
  put_base64(body);
}

static alikassa_str json_of(alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  alikassa_reply_json(reply, &json);
  return json;
}

static alikassa_str body_of(alikassa_reply *reply) {
  alikassa_str body = {NULL, 0};
  alikassa_reply_body(reply, &body);
  return body;
}

static void put_reply(alikassa_reply *reply) {
  alikassa_str type = {NULL, 0};
  alikassa_reply_type(reply, &type);
  put_record(type, json_of(reply), body_of(reply));
}

/* A status inside a resolution does not say its type. */
static void put_resolution(alikassa_reply *reply, const char *status_type) {
  alikassa_str json = json_of(reply), status = json_slice(json, "status");
  printf("{\"type\":\"Resolution\",\"found\":");
  put(json_slice(json, "found"));
  printf(",\"matched_by\":");
  put(json_slice(json, "matched_by"));
  printf(",\"status\":");
  if (json_is_null(status)) {
    put(status);
  } else {
    put_record(str(status_type), status, body_of(reply));
    putchar('}');
  }
}

static void answer_json(alikassa_reply *reply) {
  printf("{\"ok\":");
  put(json_of(reply));
  putchar('}');
  alikassa_reply_free(reply);
}

typedef int32_t asking(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                       alikassa_reply **, alikassa_error **);

typedef int32_t waiting(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                        uint64_t, alikassa_on_update, void *, alikassa_reply **,
                        alikassa_error **);

static asking balance, info;

static const struct {
  const char *name;
  asking *ask;
  waiting *wait;
  const char *resolved;
} OPERATIONS[] = {
    {"payments.create", alikassa_payments_create, NULL, NULL},
    {"payments.status", alikassa_payments_status, NULL, NULL},
    {"payments.resolve", alikassa_payments_resolve, NULL, "Payment"},
    {"payments.wait", NULL, alikassa_payments_wait, NULL},
    {"payments.history", alikassa_payments_history, NULL, NULL},
    {"payouts.create", alikassa_payouts_create, NULL, NULL},
    {"payouts.status", alikassa_payouts_status, NULL, NULL},
    {"payouts.resolve", alikassa_payouts_resolve, NULL, "Payout"},
    {"payouts.wait", NULL, alikassa_payouts_wait, NULL},
    {"account.balance", balance, NULL, NULL},
    {"account.info", info, NULL, NULL},
};

static int32_t balance(const alikassa_client *client, const char *json, size_t json_len,
                       uint64_t timeout, uint64_t deadline, alikassa_reply **reply,
                       alikassa_error **error) {
  (void)json, (void)json_len;
  return alikassa_account_balance(client, timeout, deadline, reply, error);
}

static int32_t info(const alikassa_client *client, const char *json, size_t json_len,
                    uint64_t timeout, uint64_t deadline, alikassa_reply **reply,
                    alikassa_error **error) {
  (void)json, (void)json_len;
  return alikassa_account_info(client, timeout, deadline, reply, error);
}

/* The updates of a wait, as they are to be written. */
typedef struct {
  char *bytes;
  size_t len;
} update_list;

static int32_t note_update(void *context, alikassa_str status_json) {
  update_list *updates = context;
  alikassa_str status = json_slice(status_json, "payment_status");
  char *longer = keep(updates->len + status.len + 1);
  memcpy(longer, updates->bytes, updates->len);
  longer[updates->len] = updates->len ? ',' : ' ';
  memcpy(longer + updates->len + 1, status.data, status.len);
  updates->bytes = longer;
  updates->len += status.len + 1;
  return 0;
}

static void call(alikassa_str request) {
  const alikassa_client *client = *place_of(request);
  alikassa_str operation = json_text(json_slice(request, "operation"));
  alikassa_str input = json_slice(request, "input");
  uint64_t timeout = duration(request, "timeout"), deadline = duration(request, "deadline");
  size_t at = 0, count = sizeof OPERATIONS / sizeof *OPERATIONS;
  while (at < count && !is(operation, OPERATIONS[at].name)) {
    at++;
  }
  /* No call of C can be cancelled. */
  if (at == count || json_slice(request, "cancel_after").data) {
    answer_trouble("UnknownOperation", operation);
    return;
  }
  if (!input.data) {
    input = str("{}");
  }
  update_list updates = {keep(0), 0};
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (OPERATIONS[at].wait
          ? OPERATIONS[at].wait(client, input.data, input.len, duration(request, "interval"),
                                timeout, deadline, note_update, &updates, &reply, &error)
          : OPERATIONS[at].ask(client, input.data, input.len, timeout, deadline, &reply, &error)) {
    answer_error(error);
    return;
  }
  printf("{\"ok\":");
  if (OPERATIONS[at].resolved) {
    put_resolution(reply, OPERATIONS[at].resolved);
  } else {
    put_reply(reply);
  }
  if (OPERATIONS[at].wait) {
    printf(",\"updates\":[%.*s]", (int)updates.len, updates.bytes);
  }
  printf("}}");
  alikassa_reply_free(reply);
}

/* Notifications and redirects. */

typedef int32_t verifying_query(const alikassa_client *, const char *, size_t, const char *,
                                size_t, alikassa_reply **, alikassa_error **);

typedef int32_t verifying_body(const alikassa_client *, const char *, size_t, const char *, size_t,
                               const char *, size_t, alikassa_reply **, alikassa_error **);

/* Fields that a framework has parsed are the JSON object of them. */
static int32_t verify_delivery(alikassa_str request, verifying_query *verify_query,
                               verifying_body *verify_body, alikassa_reply **reply,
                               alikassa_error **error) {
  const alikassa_client *client = *place_of(request);
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

static int32_t verify_event(alikassa_str request, alikassa_reply **reply, alikassa_error **error) {
  return verify_delivery(request, alikassa_notifications_verify_query,
                         alikassa_notifications_verify_body, reply, error);
}

static void answer_reply(alikassa_reply *reply) {
  printf("{\"ok\":");
  put_reply(reply);
  printf("}}");
  alikassa_reply_free(reply);
}

static void notification(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (verify_event(request, &reply, &error)) {
    answer_error(error);
  } else {
    answer_reply(reply);
  }
}

static void redirect(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (verify_delivery(request, alikassa_redirects_verify_query, alikassa_redirects_verify_body,
                      &reply, &error)) {
    answer_error(error);
  } else {
    answer_reply(reply);
  }
}

enum { MAX_NOTED = 3 };

/* The answers that came, each with how often it did. */
typedef struct {
  alikassa_str noted[MAX_NOTED];
  uint64_t times[MAX_NOTED];
  int len;
} tally;

static void count(tally *answers, alikassa_str noted) {
  int at = 0;
  while (at < answers->len && noted.data != answers->noted[at].data) {
    at++;
  }
  if (at == MAX_NOTED) {
    fprintf(stderr, "driver: too many answers to a note\n");
    exit(1);
  }
  answers->noted[at] = noted;
  answers->times[at]++;
  answers->len = at < answers->len ? answers->len : at + 1;
}

static void put_tally(const tally *answers) {
  putchar('{');
  for (int i = 0; i < answers->len; i++) {
    printf("%s", i ? "," : "");
    put_text(answers->noted[i]);
    printf(":%llu", (unsigned long long)answers->times[i]);
  }
  putchar('}');
}

static void note(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  uint64_t times = json_number(json_slice(request, "times"));
  alikassa_ledger *ledger = NULL;
  alikassa_reply *event = NULL;
  alikassa_error *error = NULL;
  tally answers = {0};
  int32_t status = alikassa_ledger_new(path.data, path.len, &ledger, &error);
  if (!status) {
    status = verify_event(request, &event, &error);
  }
  for (uint64_t time = 0; !status && time < times; time++) {
    alikassa_str noted = {NULL, 0};
    status = alikassa_ledger_note(ledger, event, &noted, &error);
    if (!status) {
      count(&answers, noted);
    }
  }
  if (status) {
    answer_error(error);
  } else {
    printf("{\"ok\":");
    put_tally(&answers);
    putchar('}');
  }
  alikassa_reply_free(event);
  alikassa_ledger_free(ledger);
}

static void reconcile(alikassa_str request) {
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_reconcile(*place_of(request), duration(request, "timeout"),
                         duration(request, "deadline"), &reply, &error)) {
    answer_error(error);
  } else {
    answer_json(reply);
  }
}

/* The ledger. */

static int32_t release(const alikassa_ledger *ledger, alikassa_str request,
                       alikassa_error **error) {
  alikassa_str operation = json_text(json_slice(request, "operation"));
  alikassa_str order_id = json_text(json_slice(request, "order_id"));
  alikassa_str reason = json_text(json_slice(request, "reason"));
  alikassa_str account = json_text(json_slice(request, "account"));
  return alikassa_ledger_release(ledger, operation.data, operation.len, order_id.data,
                                 order_id.len, reason.data, reason.len, account.data, account.len,
                                 error);
}

static void ledger(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  alikassa_str act = json_text(json_slice(request, "act"));
  alikassa_ledger *ledger = NULL;
  alikassa_reply *rows = NULL;
  alikassa_error *error = NULL;
  if (alikassa_ledger_new(path.data, path.len, &ledger, &error) ||
      (is(act, "open") ? alikassa_ledger_open(ledger, &rows, &error)
                       : release(ledger, request, &error))) {
    answer_error(error);
  } else if (rows) {
    answer_json(rows);
  } else {
    printf("{\"ok\":null}");
  }
  alikassa_ledger_free(ledger);
}

static void raw_request(alikassa_str request) {
  alikassa_str path = json_text(json_slice(request, "path"));
  alikassa_str json = json_text(json_slice(request, "text"));
  alikassa_str cert = json_text(json_slice(request, "cert"));
  int32_t read = is(json_slice(request, "read"), "true");
  alikassa_reply *reply = NULL;
  alikassa_error *error = NULL;
  if (alikassa_request(*place_of(request), path.data, path.len, json.data, json.len, cert.data,
                       cert.len, read, duration(request, "timeout"),
                       duration(request, "deadline"), &reply, &error)) {
    answer_error(error);
    return;
  }
  int32_t http_status = 0;
  alikassa_str body = {NULL, 0};
  alikassa_reply_http_status(reply, &http_status);
  alikassa_reply_body(reply, &body);
  printf("{\"ok\":{\"status\":%d,\"body\":", (int)http_status);
  put_base64(body);
  printf("}}");
  alikassa_reply_free(reply);
}

static void panic(alikassa_str request) {
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
    answer_error(error);
  } else {
    printf("{\"ok\":null}");
  }
  alikassa_reply_free(reply);
  alikassa_client_free(client);
  alikassa_config_free(config);
}

/* Answers. */

static void answer_text(alikassa_text *text, void (*write)(alikassa_str)) {
  alikassa_str bytes = {NULL, 0};
  alikassa_text_get(text, &bytes);
  printf("{\"ok\":");
  write(bytes);
  putchar('}');
  alikassa_text_free(text);
}

static void answer_trouble(const char *class, alikassa_str message) {
  printf("{\"error\":{\"class\":\"%s\",\"message\":", class);
  put_text(message);
  printf("}}");
}

static const struct {
  const char *name;
  int32_t (*get)(const alikassa_error *, alikassa_str *);
} ERROR_TEXTS[] = {
    {"code", alikassa_error_code},
    {"message", alikassa_error_message},
    {"hint", alikassa_error_hint},
    {"operation", alikassa_error_operation},
    {"order_id", alikassa_error_order_id},
    {"field", alikassa_error_field},
    {"reason", alikassa_error_reason},
    {"phase", alikassa_error_phase},
    {"server_message", alikassa_error_server_message},
};

static void put_member(const char *name, alikassa_str raw) {
  if (raw.data) {
    printf(",\"%s\":", name);
    put(raw);
  }
}

/* An error and all that led to it; ends them. */
static void put_error(alikassa_error *error) {
  static const char *const outcomes[] = {NULL, "not_sent", "rejected", "unknown"};
  int32_t outcome = 0, http_status = 0, same_body = -1;
  uint32_t attempts = 0;
  int64_t retry_after = -1;
  alikassa_str json = {NULL, 0}, previous = {NULL, 0};
  alikassa_error *cause = NULL;
  alikassa_error_attempts(error, &attempts);
  alikassa_error_outcome(error, &outcome);
  alikassa_error_http_status(error, &http_status);
  alikassa_error_retry_after_ms(error, &retry_after);
  alikassa_error_same_body(error, &same_body);
  alikassa_error_previous(error, &previous);
  alikassa_error_json(error, &json);
  alikassa_error_cause(error, &cause);

  printf("{\"attempts\":%u", (unsigned)attempts);
  for (size_t i = 0; i < sizeof ERROR_TEXTS / sizeof *ERROR_TEXTS; i++) {
    alikassa_str text = {NULL, 0};
    ERROR_TEXTS[i].get(error, &text);
    if (text.data) {
      printf(",\"%s\":", ERROR_TEXTS[i].name);
      put_text(text);
    }
  }
  if (outcomes[outcome]) {
    printf(",\"outcome\":\"%s\"", outcomes[outcome]);
  }
  if (http_status) {
    printf(",\"http_status\":%d", (int)http_status);
  }
  if (retry_after >= 0) {
    printf(",\"retry_after\":%lld", (long long)retry_after);
  }
  if (same_body >= 0) {
    printf(",\"same_body\":%s", same_body ? "true" : "false");
  }
  put_member("previous", previous);
  put_member("class", json_slice(json, "class"));
  put_member("errors", json_slice(json, "errors"));
  if (cause) {
    printf(",\"cause\":");
    put_error(cause);
  }
  putchar('}');
  alikassa_error_free(error);
}

static void answer_error(alikassa_error *error) {
  printf("{\"error\":");
  put_error(error);
  putchar('}');
}

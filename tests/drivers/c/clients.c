/* Clients, by the names that the runner assigns. */

#include "driver.h"
#include "generated.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CLIENTS = 1024, MAX_NAME = 64 };

static struct {
  char name[MAX_NAME];
  alikassa_client *client;
} clients[MAX_CLIENTS];

static int client_count;

static alikassa_client **find_named(alikassa_str name) {
  for (int i = 0; i < client_count; i++) {
    if (is(name, clients[i].name)) {
      return &clients[i].client;
    }
  }
  if (client_count == MAX_CLIENTS || name.len >= MAX_NAME) {
    fprintf(stderr, "driver: too many clients or a name that is too long\n");
    exit(1);
  }
  memcpy(clients[client_count].name, name.data, name.len);
  return &clients[client_count++].client;
}

alikassa_client **find_client(alikassa_str request) {
  return find_named(json_text(json_slice(request, "client")));
}

static int32_t set_external_key(alikassa_config *config, alikassa_str name, alikassa_str option,
                                alikassa_error **error) {
  alikassa_signing_key *key = NULL;
  int32_t status = external_key(option, &key, error);
  if (!status && is(name, "payment_cert")) {
    status = alikassa_config_set_payment_signing_key(config, key, error);
  } else if (!status) {
    status = alikassa_config_set_payout_signing_key(config, key, error);
  }
  alikassa_signing_key_free(key);
  return status;
}

/* The function of a limit. Its context is the word that it returns, or `error`. */
static int32_t allow_number(void *context, alikassa_str number) {
  const char *result = context;
  (void)number;
  return !strcmp(result, "true") ? 1 : !strcmp(result, "false") ? 0 : -7;
}

/* The limits of each operation. A function stands alone in its object. */
static int32_t set_limits(alikassa_config *config, alikassa_str value, alikassa_error **error) {
  static const char *const RESULTS[] = {"true", "false", "error", "maybe"};
  const char *at = NULL;
  alikassa_str operation, limits;
  int32_t status = ALIKASSA_STATUS_OK;
  while (!status && json_next(value, &at, &operation, &limits)) {
    alikassa_str function = {NULL, 0};
    const char *result = NULL;
    if (*limits.data == '{') {
      function = json_slice(limits, "allowed_numbers");
    }
    if (function.data && *function.data == '{') {
      alikassa_str word = json_text(json_slice(function, "returns"));
      for (size_t i = 0; i < COUNT_OF(RESULTS); i++) {
        result = is(word, RESULTS[i]) ? RESULTS[i] : result;
      }
      limits = str("{}");
    }
    /* The context is only read. */
    status = alikassa_config_set_limits(config, operation.data, operation.len, limits.data, limits.len,
                                        result ? allow_number : NULL, (void *)result, NULL, error);
  }
  return status;
}

static int32_t set_option(alikassa_config *config, alikassa_str name, alikassa_str value,
                          alikassa_error **error) {
  if (is(name, "limits")) {
    return set_limits(config, value, error);
  }
  if (is(name, "on_event")) {
    return set_on_event(config, error);
  }
  if (*value.data == '{') {
    return set_external_key(config, name, value, error);
  }
  for (size_t i = 0; i < COUNT_OF(TEXT_OPTIONS); i++) {
    if (is(name, TEXT_OPTIONS[i].name)) {
      alikassa_str text = json_text(value);
      return TEXT_OPTIONS[i].set(config, text.data, text.len, error);
    }
  }
  for (size_t i = 0; i < COUNT_OF(DURATION_OPTIONS); i++) {
    if (is(name, DURATION_OPTIONS[i].name)) {
      return DURATION_OPTIONS[i].set(config, json_number(value), error);
    }
  }
  for (size_t i = 0; i < COUNT_OF(COUNT_OPTIONS); i++) {
    if (is(name, COUNT_OPTIONS[i].name)) {
      return COUNT_OPTIONS[i].set(config, (uint32_t)json_number(value), error);
    }
  }
  for (size_t i = 0; i < COUNT_OF(FLAG_OPTIONS); i++) {
    if (is(name, FLAG_OPTIONS[i].name)) {
      return FLAG_OPTIONS[i].set(config, is(value, "true"), error);
    }
  }
  fprintf(stderr, "driver: unknown option %.*s\n", (int)name.len, name.data);
  exit(1);
}

/* Each item of a list is set separately. */
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

void handle_open_client(alikassa_str request) {
  alikassa_str options = json_slice(request, "options");
  alikassa_str account = json_text(json_slice(options, "account"));
  alikassa_config *config = NULL;
  alikassa_client *client = NULL;
  alikassa_error *error = NULL;
  if (alikassa_config_new(account.data, account.len, &config, &error) ||
      set_options(config, options, &error) || alikassa_client_new(config, &client, &error)) {
    respond_error(error);
  } else {
    alikassa_client **slot = find_client(request);
    alikassa_client_free(*slot);
    *slot = client;
    respond_null();
  }
  alikassa_config_free(config);
}

void handle_derive_client(alikassa_str request) {
  alikassa_str account = json_text(json_slice(request, "account"));
  alikassa_client *derived = NULL;
  alikassa_error *error = NULL;
  if (alikassa_client_for_account(*find_client(request), account.data, account.len, &derived,
                                  &error)) {
    respond_error(error);
  } else {
    alikassa_client **slot = find_named(json_text(json_slice(request, "derived")));
    alikassa_client_free(*slot);
    *slot = derived;
    respond_null();
  }
}

void handle_close_client(alikassa_str request) {
  alikassa_error *error = NULL;
  if (alikassa_client_close(*find_client(request), &error)) {
    respond_error(error);
  } else {
    respond_null();
  }
}

/* Each line is a notice. */
static void put_lines(alikassa_str lines, int *count) {
  for (const char *end; lines.len; lines.len -= (size_t)(end + 1 - lines.data), lines.data = end + 1) {
    end = memchr(lines.data, '\n', lines.len);
    alikassa_str line = {lines.data, (size_t)(end - lines.data)};
    printf("%s", (*count)++ ? "," : "");
    put_text(line);
  }
}

void handle_notices(alikassa_str request) {
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

/* A C program can print nothing of a client but its handle. */
void handle_represent(alikassa_str request) {
  printf("{\"ok\":\"%p\"}", (void *)*find_client(request));
}

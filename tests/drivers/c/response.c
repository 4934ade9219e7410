/* Writes responses: records, errors and plain values. */

#include "driver.h"

static void put_value(alikassa_str json);

/* Whether it was verified with a digest, which is no field of its own then. */
static int is_verified(alikassa_str json) { return json_slice(json, "unsigned").data != NULL; }

/* Whether the protocol has a member beside the fields. */
static int is_beside_fields(alikassa_str json, alikassa_str name) {
  static const char *const names[] = {"is_final", "other", "variant", "unsigned"};
  if (is(name, "digest")) {
    return is_verified(json);
  }
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
    if (!is_beside_fields(json, name)) {
      printf("%s\"%.*s\":", first ? "" : ",", (int)name.len, name.data);
      put_value(value);
      first = 0;
    }
  }
  putchar('}');
}

/* The value of a field, which may contain records. */
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

/* A member of a record, if it has it. */
static void put_optional(alikassa_str json, const char *name) {
  alikassa_str value = json_slice(json, name);
  if (value.data) {
    printf(",\"%s\":", name);
    put(value);
  }
}

void put_record(alikassa_str type, alikassa_str json, alikassa_str body) {
  printf("{\"type\":");
  put_text(type);
  printf(",\"fields\":");
  put_fields(json);
  put_optional(json, "is_final");
  put_optional(json, "other");
  put_optional(json, "variant");
  if (is_verified(json)) {
    put_optional(json, "digest");
  }
  put_optional(json, "unsigned");
  printf(",\"raw\":");
  put_base64(body);
}

alikassa_str json_of(alikassa_reply *reply) {
  alikassa_str json = {NULL, 0};
  alikassa_reply_json(reply, &json);
  return json;
}

alikassa_str body_of(alikassa_reply *reply) {
  alikassa_str body = {NULL, 0};
  alikassa_reply_body(reply, &body);
  return body;
}

void put_reply(alikassa_reply *reply) {
  alikassa_str type = {NULL, 0};
  alikassa_reply_type(reply, &type);
  put_record(type, json_of(reply), body_of(reply));
}

void respond_null(void) { printf("{\"ok\":null}"); }

void respond_str(alikassa_str text) {
  printf("{\"ok\":");
  put_text(text);
  putchar('}');
}

void respond_json(alikassa_reply *reply) {
  printf("{\"ok\":");
  put(json_of(reply));
  putchar('}');
  alikassa_reply_free(reply);
}

void respond_reply(alikassa_reply *reply) {
  printf("{\"ok\":");
  put_reply(reply);
  printf("}}");
  alikassa_reply_free(reply);
}

void respond_text(alikassa_text *text, void (*write)(alikassa_str)) {
  alikassa_str bytes = {NULL, 0};
  alikassa_text_get(text, &bytes);
  printf("{\"ok\":");
  write(bytes);
  putchar('}');
  alikassa_text_free(text);
}

void respond_unsupported(const char *class, alikassa_str message) {
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

/* Writes and frees an error and its causes. */
static void put_error(alikassa_error *error) {
  static const char *const outcomes[] = {NULL, "not_sent", "rejected", "unknown", "created"};
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

void respond_error(alikassa_error *error) {
  keep_support_of_error(error);
  printf("{\"error\":");
  put_error(error);
  putchar('}');
}

/* The events of clients, and the record of the last call for the provider's support. */

#include "driver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Text that grows. */
struct buffer {
  char *bytes;
  size_t len;
};

static void append(struct buffer *to, alikassa_str text) {
  char *longer = realloc(to->bytes, to->len + text.len + 1);
  if (!longer) {
    abort();
  }
  memcpy(longer + to->len, text.data, text.len);
  to->bytes = longer;
  to->len += text.len;
}

static alikassa_str contents(const struct buffer *buffer) {
  alikassa_str text = {buffer->bytes, buffer->len};
  return text;
}

static void clear(struct buffer *buffer) {
  free(buffer->bytes);
  buffer->bytes = NULL;
  buffer->len = 0;
}

/* Events as JSON, separated by commas. The library's thread appends to them. */
static struct buffer events;
static pthread_mutex_t events_lock = PTHREAD_MUTEX_INITIALIZER;

/* Runs on a thread of the library, so it uses no memory of json.c. */
static void add_event(void *context, const alikassa_reply *event) {
  alikassa_str json = {NULL, 0};
  (void)context;
  alikassa_reply_json(event, &json);
  pthread_mutex_lock(&events_lock);
  if (events.len) {
    append(&events, str(","));
  }
  append(&events, json);
  pthread_mutex_unlock(&events_lock);
}

int32_t set_on_event(alikassa_config *config, alikassa_error **error) {
  return alikassa_config_set_on_event(config, add_event, NULL, NULL, error);
}

void handle_events(alikassa_str request) {
  (void)request;
  pthread_mutex_lock(&events_lock);
  printf("{\"ok\":[");
  put(contents(&events));
  printf("]}");
  clear(&events);
  pthread_mutex_unlock(&events_lock);
}

static struct buffer support;

static void keep_support(alikassa_str text) {
  clear(&support);
  if (text.data) {
    append(&support, text);
  }
}

void keep_support_of_reply(const alikassa_reply *reply) {
  alikassa_str text = {NULL, 0};
  alikassa_reply_support_text(reply, &text);
  keep_support(text);
}

void keep_support_of_error(const alikassa_error *error) {
  alikassa_str text = {NULL, 0};
  alikassa_error_support_text(error, &text);
  keep_support(text);
}

void handle_support(alikassa_str request) {
  (void)request;
  if (support.bytes) {
    respond_str(contents(&support));
  } else {
    respond_null();
  }
}

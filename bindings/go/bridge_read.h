/* Results of the library as results for Go. */

#ifndef ALIKASSA_GO_BRIDGE_READ_H
#define ALIKASSA_GO_BRIDGE_READ_H

#include "bridge.h"

/* The number of a handle of the library. */
#define NUMBER(handle) ((uintptr_t)(handle))

static inline bridge_reply read_reply(alikassa_reply *reply, alikassa_error *error) {
  bridge_reply read = {NUMBER(reply), NUMBER(error), {0}, {0}, {0}};
  if (reply) {
    alikassa_reply_json(reply, &read.json);
    alikassa_reply_body(reply, &read.body);
    alikassa_reply_support_text(reply, &read.support);
  }
  return read;
}

static inline bridge_text read_text(alikassa_text *text, alikassa_error *error) {
  bridge_text read = {NUMBER(text), NUMBER(error), {0}};
  if (text) {
    alikassa_text_get(text, &read.bytes);
  }
  return read;
}

/* The function that removes what a callback belongs to. */
void bridge_destroy(void *context);

#endif

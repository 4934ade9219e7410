/* The handlers of the driver protocol, and what they share. */

#ifndef DRIVER_H
#define DRIVER_H

#include "json.h"

#include <stdio.h>

void handle_sign(alikassa_str request);
void handle_verify(alikassa_str request);
void handle_open_client(alikassa_str request);
void handle_derive_client(alikassa_str request);
void handle_call(alikassa_str request);
void handle_notification(alikassa_str request);
void handle_redirect(alikassa_str request);
void handle_note(alikassa_str request);
void handle_reconcile(alikassa_str request);
void handle_iter_reconcile(alikassa_str request);
void handle_ledger(alikassa_str request);
void handle_raw_request(alikassa_str request);
void handle_close_client(alikassa_str request);
void handle_notices(alikassa_str request);
void handle_represent(alikassa_str request);
void handle_events(alikassa_str request);
void handle_support(alikassa_str request);

/* clients.c: the pointer to the client that a request names, which is NULL for a new name. */
alikassa_client **find_client(alikassa_str request);

/* keys.c: a key whose signatures a function makes with the key of a folder. */
int32_t external_key(alikassa_str option, alikassa_signing_key **key, alikassa_error **error);

/* watching.c: a callback that collects the events, and the record of the last call. */
int32_t set_on_event(alikassa_config *config, alikassa_error **error);
void keep_support_of_reply(const alikassa_reply *reply);
void keep_support_of_error(const alikassa_error *error);

/* calls.c: a duration of a request in milliseconds, 0 if it is absent. */
uint64_t duration(alikassa_str request, const char *name);

/* response.c: write a response. The last four free their argument. */
void respond_null(void);
void respond_str(alikassa_str text);
void respond_unsupported(const char *class, alikassa_str message);
void respond_text(alikassa_text *text, void (*write)(alikassa_str));
void respond_json(alikassa_reply *reply);
void respond_reply(alikassa_reply *reply);
void respond_error(alikassa_error *error);

/* response.c: write a record without its closing brace. */
void put_record(alikassa_str type, alikassa_str json, alikassa_str body);
void put_reply(alikassa_reply *reply);
alikassa_str json_of(alikassa_reply *reply);
alikassa_str body_of(alikassa_reply *reply);

#endif

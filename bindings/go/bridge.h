/*
 * What Go calls. A handle of the library has the type of a pointer and is none: Go's runtime ends a
 * program whose pointer holds one. So handles are integers here, in both directions.
 */

#ifndef ALIKASSA_GO_BRIDGE_H
#define ALIKASSA_GO_BRIDGE_H

#include <alikassa.h>

/* The result of a function that makes a handle. */
typedef struct {
  uintptr_t handle, error;
} bridge_made;

/* A reply with its texts, which are borrowed from it. `reply` is 0 after the last row. */
typedef struct {
  uintptr_t reply, error;
  alikassa_str json, body, support;
} bridge_reply;

/* A text that the caller frees with bridge_free_text. */
typedef struct {
  uintptr_t text, error;
  alikassa_str bytes;
} bridge_text;

/* A static text. */
typedef struct {
  uintptr_t error;
  alikassa_str word;
} bridge_word;

/* The parts of an error, which are borrowed from it. `cause` is an error of its own, or 0. */
typedef struct {
  uintptr_t cause;
  alikassa_str json, body, support;
} bridge_failure;

/* A call: the client, what cancels it or 0, what its callbacks belong to or 0, and its limits. */
typedef struct {
  uintptr_t client, call, context;
  uint64_t timeout_ms, deadline_ms;
} bridge_call;

/* The types of functions that Go passes on. */
typedef int32_t (*bridge_text_setter)(alikassa_config *, const char *, size_t, alikassa_error **);
typedef int32_t (*bridge_duration_setter)(alikassa_config *, uint64_t, alikassa_error **);
typedef int32_t (*bridge_count_setter)(alikassa_config *, uint32_t, alikassa_error **);
typedef int32_t (*bridge_flag_setter)(alikassa_config *, int32_t, alikassa_error **);
typedef int32_t (*bridge_key_setter)(alikassa_config *, const alikassa_signing_key *, alikassa_error **);
typedef int32_t (*bridge_with_fields)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                                      uint64_t, alikassa_reply **, alikassa_error **);
typedef int32_t (*bridge_without_fields)(const alikassa_client *, const alikassa_call *, uint64_t, uint64_t,
                                         alikassa_reply **, alikassa_error **);
typedef int32_t (*bridge_wait)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t, uint64_t,
                               uint64_t, alikassa_on_update, void *, alikassa_reply **, alikassa_error **);
typedef int32_t (*bridge_verify_query)(const alikassa_client *, const char *, size_t, const char *, size_t,
                                       alikassa_reply **, alikassa_error **);
typedef int32_t (*bridge_verify_body)(const alikassa_client *, const char *, size_t, const char *, size_t, const char *,
                                      size_t, alikassa_reply **, alikassa_error **);

/* Clients and their options. Setters return an error or 0. */
bridge_made bridge_config_new(const char *account, size_t account_len);
bridge_made bridge_config_from_env(void);
uintptr_t bridge_set_text(bridge_text_setter set, uintptr_t config, const char *text, size_t len);
uintptr_t bridge_set_duration(bridge_duration_setter set, uintptr_t config, uint64_t ms);
uintptr_t bridge_set_count(bridge_count_setter set, uintptr_t config, uint32_t count);
uintptr_t bridge_set_flag(bridge_flag_setter set, uintptr_t config, int32_t flag);
uintptr_t bridge_set_key(bridge_key_setter set, uintptr_t config, uintptr_t key);
uintptr_t bridge_set_on_event(uintptr_t config, uintptr_t context);
uintptr_t bridge_set_limits(uintptr_t config, const char *operation, size_t operation_len, const char *json,
                            size_t json_len, uintptr_t context);
void bridge_free_config(uintptr_t config);
bridge_made bridge_client_new(uintptr_t config);
bridge_made bridge_client_for_account(uintptr_t client, const char *account, size_t account_len);
bridge_text bridge_take_notices(uintptr_t client);
uintptr_t bridge_client_close(uintptr_t client);
void bridge_free_client(uintptr_t client);

/* Calls. */
uintptr_t bridge_call_new(void);
void bridge_call_cancel(uintptr_t call);
void bridge_free_call(uintptr_t call);
bridge_reply bridge_call_with_fields(bridge_with_fields function, bridge_call call, const char *json, size_t len);
bridge_reply bridge_call_without_fields(bridge_without_fields function, bridge_call call);
bridge_reply bridge_call_wait(bridge_wait function, bridge_call call, const char *json, size_t len,
                              uint64_t interval_ms, int has_update);
bridge_reply bridge_call_request(bridge_call call, const char *path, size_t path_len, const char *json, size_t json_len,
                                 const char *cert, size_t cert_len, int32_t read);
bridge_reply bridge_call_dry_run(bridge_call call, const char *operation, size_t operation_len, const char *json,
                                 size_t json_len);
bridge_reply bridge_call_request_dry_run(bridge_call call, const char *path, size_t path_len, const char *json,
                                         size_t json_len, const char *cert, size_t cert_len);
bridge_made bridge_reconcile_start(bridge_call call, uint32_t concurrency, double rate);
bridge_reply bridge_reconcile_next(uintptr_t rows, uintptr_t call, uintptr_t *error);
void bridge_free_reconcile(uintptr_t rows);
void bridge_free_reply(uintptr_t reply);

/* Notifications and redirects. */
bridge_reply bridge_query(bridge_verify_query verify, uintptr_t client, const char *query, size_t query_len,
                          const char *digest, size_t digest_len);
bridge_reply bridge_body(bridge_verify_body verify, uintptr_t client, const char *body, size_t body_len,
                         const char *type, size_t type_len, const char *digest, size_t digest_len);

/* Errors. */
bridge_failure bridge_read_error(uintptr_t error);
void bridge_free_error(uintptr_t error);

/* Keys and canonical JSON. */
bridge_made bridge_signing_key_load(const char *folder, size_t len);
bridge_made bridge_signing_key_from_pem(const char *pem, size_t pem_len, const char *password, size_t password_len);
bridge_made bridge_signing_key_external(uintptr_t public_key, uintptr_t context);
bridge_text bridge_sign(uintptr_t key, const char *data, size_t data_len, const char *digest, size_t digest_len);
void bridge_free_signing_key(uintptr_t key);
bridge_made bridge_verifying_key_load(const char *folder, size_t len);
bridge_made bridge_verifying_key_from_pem(const char *pem, size_t len);
bridge_word bridge_verify(uintptr_t key, const char *data, size_t data_len, const char *signature, size_t signature_len,
                          const char *digest, size_t digest_len);
void bridge_free_verifying_key(uintptr_t key);
bridge_text bridge_canonical_json(const char *json, size_t len);
void bridge_free_text(uintptr_t text);

/* Ledgers. */
bridge_made bridge_ledger_new(const char *location, size_t len);
alikassa_str bridge_ledger_location(uintptr_t ledger);
void bridge_free_ledger(uintptr_t ledger);
bridge_made bridge_ledger_open(uintptr_t ledger);
bridge_made bridge_ledger_rows(uintptr_t ledger, const char *state, size_t state_len, int64_t since_ms,
                               const char *account, size_t account_len);
bridge_made bridge_ledger_events(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                                 size_t order_id_len, const char *account, size_t account_len, int64_t since_ms);
bridge_reply bridge_ledger_get(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                               size_t order_id_len, const char *account, size_t account_len);
bridge_reply bridge_rows_next(uintptr_t rows);
bridge_reply bridge_events_next(uintptr_t events);
void bridge_free_rows(uintptr_t rows);
void bridge_free_events(uintptr_t events);
uintptr_t bridge_ledger_release(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                                size_t order_id_len, const char *reason, size_t reason_len, const char *account,
                                size_t account_len);
bridge_text bridge_ledger_schema_sql(const char *schema, size_t len);
bridge_text bridge_ledger_check(uintptr_t ledger);
uintptr_t bridge_ledger_import_from(uintptr_t ledger, const char *path, size_t len, uint64_t *rows);
uintptr_t bridge_ledger_backup(uintptr_t ledger, const char *path, size_t len);
uintptr_t bridge_ledger_resume(uintptr_t ledger, const char *reason, size_t len);
bridge_word bridge_ledger_note(uintptr_t ledger, uintptr_t notification);

#endif

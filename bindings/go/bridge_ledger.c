/* Ledgers. */

#include "bridge_read.h"

bridge_made bridge_ledger_new(const char *location, size_t len) {
  alikassa_ledger *ledger = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_new(location, len, &ledger, &error);
  return (bridge_made){NUMBER(ledger), NUMBER(error)};
}

alikassa_str bridge_ledger_location(uintptr_t ledger) {
  alikassa_str location = {0};
  alikassa_ledger_location((alikassa_ledger *)ledger, &location);
  return location;
}

void bridge_free_ledger(uintptr_t ledger) { alikassa_ledger_free((alikassa_ledger *)ledger); }

bridge_made bridge_ledger_open(uintptr_t ledger) {
  alikassa_rows *rows = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_open((alikassa_ledger *)ledger, &rows, &error);
  return (bridge_made){NUMBER(rows), NUMBER(error)};
}

bridge_made bridge_ledger_rows(uintptr_t ledger, const char *state, size_t state_len, int64_t since_ms,
                               const char *account, size_t account_len) {
  alikassa_rows *rows = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_rows((alikassa_ledger *)ledger, state, state_len, since_ms, account, account_len, &rows, &error);
  return (bridge_made){NUMBER(rows), NUMBER(error)};
}

bridge_made bridge_ledger_events(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                                 size_t order_id_len, const char *account, size_t account_len, int64_t since_ms) {
  alikassa_events *events = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_events((alikassa_ledger *)ledger, operation, operation_len, order_id, order_id_len, account,
                         account_len, since_ms, &events, &error);
  return (bridge_made){NUMBER(events), NUMBER(error)};
}

bridge_reply bridge_ledger_get(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                               size_t order_id_len, const char *account, size_t account_len) {
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_get((alikassa_ledger *)ledger, operation, operation_len, order_id, order_id_len, account, account_len,
                      &row, &error);
  return read_reply(row, error);
}

bridge_reply bridge_rows_next(uintptr_t rows) {
  alikassa_reply *row = NULL;
  alikassa_error *error = NULL;
  alikassa_rows_next((alikassa_rows *)rows, &row, &error);
  return read_reply(row, error);
}

bridge_reply bridge_events_next(uintptr_t events) {
  alikassa_reply *event = NULL;
  alikassa_error *error = NULL;
  alikassa_events_next((alikassa_events *)events, &event, &error);
  return read_reply(event, error);
}

void bridge_free_rows(uintptr_t rows) { alikassa_rows_free((alikassa_rows *)rows); }

void bridge_free_events(uintptr_t events) { alikassa_events_free((alikassa_events *)events); }

uintptr_t bridge_ledger_release(uintptr_t ledger, const char *operation, size_t operation_len, const char *order_id,
                                size_t order_id_len, const char *reason, size_t reason_len, const char *account,
                                size_t account_len) {
  alikassa_error *error = NULL;
  alikassa_ledger_release((alikassa_ledger *)ledger, operation, operation_len, order_id, order_id_len, reason,
                          reason_len, account, account_len, &error);
  return NUMBER(error);
}

bridge_text bridge_ledger_schema_sql(const char *schema, size_t len) {
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_schema_sql(schema, len, &text, &error);
  return read_text(text, error);
}

bridge_text bridge_ledger_check(uintptr_t ledger) {
  alikassa_text *text = NULL;
  alikassa_error *error = NULL;
  alikassa_ledger_check((alikassa_ledger *)ledger, &text, &error);
  return read_text(text, error);
}

uintptr_t bridge_ledger_import_from(uintptr_t ledger, const char *path, size_t len, uint64_t *rows) {
  alikassa_error *error = NULL;
  alikassa_ledger_import_from((alikassa_ledger *)ledger, path, len, rows, &error);
  return NUMBER(error);
}

uintptr_t bridge_ledger_backup(uintptr_t ledger, const char *path, size_t len) {
  alikassa_error *error = NULL;
  alikassa_ledger_backup((alikassa_ledger *)ledger, path, len, &error);
  return NUMBER(error);
}

uintptr_t bridge_ledger_resume(uintptr_t ledger, const char *reason, size_t len) {
  alikassa_error *error = NULL;
  alikassa_ledger_resume((alikassa_ledger *)ledger, reason, len, &error);
  return NUMBER(error);
}

bridge_word bridge_ledger_note(uintptr_t ledger, uintptr_t notification) {
  alikassa_str noted = {0};
  alikassa_error *error = NULL;
  alikassa_ledger_note((alikassa_ledger *)ledger, (alikassa_reply *)notification, &noted, &error);
  return (bridge_word){NUMBER(error), noted};
}

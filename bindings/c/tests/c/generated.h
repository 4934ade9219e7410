/* Generated from the core's tables by `make bless`; do not edit. */
/* The options and operations, for the test programs and for the driver in tests/drivers/c. */

#ifndef GENERATED_H
#define GENERATED_H

#include <alikassa.h>

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

/* `value` is the default; NULL if the option is not set. */
static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, const char *, size_t, alikassa_error **);
  const char *value;
} TEXT_OPTIONS[] = {
    {"payment_cert", alikassa_config_set_payment_cert, NULL},
    {"payout_cert", alikassa_config_set_payout_cert, NULL},
    {"notification_cert", alikassa_config_add_notification_cert, NULL},
    {"base_url", alikassa_config_set_base_url, "https://api-merchant.alikassa.com"},
    {"digest", alikassa_config_set_digest, "auto"},
    {"ca_file", alikassa_config_set_ca_file, NULL},
    {"roots", alikassa_config_set_roots, "bundled"},
    {"proxy", alikassa_config_set_proxy, NULL},
    {"ledger", alikassa_config_set_ledger, NULL},
    {"application", alikassa_config_set_application, NULL},
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint64_t, alikassa_error **);
  uint64_t value;
} DURATION_OPTIONS[] = {
    {"connect_timeout", alikassa_config_set_connect_timeout_ms, 5000},
    {"timeout", alikassa_config_set_timeout_ms, 30000},
    {"deadline", alikassa_config_set_deadline_ms, 60000},
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint32_t, alikassa_error **);
  uint32_t value;
} COUNT_OPTIONS[] = {
    {"max_retries", alikassa_config_set_max_retries, 2},
    {"max_connections", alikassa_config_set_max_connections, 64},
    {"signature_cache", alikassa_config_set_signature_cache, 1024},
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, int32_t, alikassa_error **);
  int32_t value;
} FLAG_OPTIONS[] = {
    {"lower_priority", alikassa_config_set_lower_priority, 1},
    {"event_order_ids", alikassa_config_set_event_order_ids, 0},
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, alikassa_reply **, alikassa_error **);
} OPERATIONS_WITH_JSON[] = {
    {"payments.create", alikassa_payments_create, alikassa_payments_create_with},
    {"payments.status", alikassa_payments_status, alikassa_payments_status_with},
    {"payments.history", alikassa_payments_history, alikassa_payments_history_with},
    {"payouts.create", alikassa_payouts_create, alikassa_payouts_create_with},
    {"payouts.status", alikassa_payouts_status, alikassa_payouts_status_with},
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, uint64_t, uint64_t, alikassa_reply **,
                  alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
} OPERATIONS_WITHOUT_JSON[] = {
    {"account.balance", alikassa_account_balance, alikassa_account_balance_with},
    {"account.info", alikassa_account_info, alikassa_account_info_with},
};

/* `status` is the type of the status in the resolution, whose JSON text does not say it. */
static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, alikassa_reply **, alikassa_error **);
  const char *status;
} RESOLVES[] = {
    {"payments.resolve", alikassa_payments_resolve, alikassa_payments_resolve_with, "Payment"},
    {"payouts.resolve", alikassa_payouts_resolve, alikassa_payouts_resolve_with, "Payout"},
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t, uint64_t,
                  alikassa_on_update, void *, alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, uint64_t, alikassa_on_update, void *, alikassa_reply **,
                  alikassa_error **);
} WAITS[] = {
    {"payments.wait", alikassa_payments_wait, alikassa_payments_wait_with},
    {"payouts.wait", alikassa_payouts_wait, alikassa_payouts_wait_with},
};

#endif

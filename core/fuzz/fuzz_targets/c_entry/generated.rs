// Generated from the core's tables by `make bless`; do not edit.
//! The setters of the options and the operations, to choose one by a number.

use alikassa_c::*;

use crate::table::{ConfigCount, ConfigText, ConfigTime, Wait, WithJson, WithoutJson};

/// Without the base URL, which could name a server, and without the ledger, which could be any file.
pub(crate) static CONFIG_TEXTS: &[ConfigText] = &[
    alikassa_config_set_payment_cert,
    alikassa_config_set_payout_cert,
    alikassa_config_add_notification_cert,
    alikassa_config_add_notification_key,
    alikassa_config_set_digest,
    alikassa_config_set_ca_file,
    alikassa_config_set_roots,
    alikassa_config_set_proxy,
    alikassa_config_set_application,
];

pub(crate) static CONFIG_TIMES: &[ConfigTime] = &[
    alikassa_config_set_connect_timeout_ms,
    alikassa_config_set_timeout_ms,
    alikassa_config_set_deadline_ms,
];

/// Counts and flags. Without the retries, which would wait.
pub(crate) static CONFIG_COUNTS: &[ConfigCount] = &[
    |config, count, error| alikassa_config_set_max_connections(config, count, error),
    |config, count, error| alikassa_config_set_signature_cache(config, count, error),
    |config, count, error| alikassa_config_set_lower_priority(config, count.cast_signed(), error),
    |config, count, error| alikassa_config_set_event_order_ids(config, count.cast_signed(), error),
];

pub(crate) static WITH_JSON: &[WithJson] = &[
    alikassa_payments_create_with,
    alikassa_payments_status_with,
    alikassa_payments_history_with,
    alikassa_payouts_create_with,
    alikassa_payouts_status_with,
    alikassa_payments_resolve_with,
    alikassa_payouts_resolve_with,
];

pub(crate) static WITHOUT_JSON: &[WithoutJson] = &[
    alikassa_account_balance_with,
    alikassa_account_info_with,
    alikassa_reconcile_with,
];

pub(crate) static WAITS: &[Wait] = &[alikassa_payments_wait_with, alikassa_payouts_wait_with];

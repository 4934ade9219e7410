// Generated from the core's tables by `make bless`; do not edit.
//! The setters of the options and the operations, to choose one by a number.

use alikassa_c::*;

use crate::table::{ConfigCount, ConfigText, ConfigTime, Wait, WithJson, WithoutJson};

/// Without the base URL, which could name a server, and without the ledger, which could be any file.
pub(crate) static CONFIG_TEXTS: &[ConfigText] = &[
{% for option in tables.options if option.kind in ["choice", "path", "signing_key", "text", "verifying_keys"] and option.name != "base_url" %}
    alikassa_config_{{ "add" if option.kind == "verifying_keys" else "set" }}_{{ option.name }},
{% if option.kind == "verifying_keys" %}
    {{ "alikassa_config_add_" ~ option.name | replace("_cert", "_key") }},
{% endif %}
{% endfor %}
];

pub(crate) static CONFIG_TIMES: &[ConfigTime] = &[
{% for option in tables.options if option.kind == "duration" %}
    alikassa_config_set_{{ option.name }}_ms,
{% endfor %}
];

/// Counts and flags. Without the retries, which would wait.
pub(crate) static CONFIG_COUNTS: &[ConfigCount] = &[
{% for option in tables.options if option.kind == "count" and option.name != "max_retries" %}
    |config, count, error| alikassa_config_set_{{ option.name }}(config, count, error),
{% endfor %}
{% for option in tables.options if option.kind == "flag" %}
    |config, count, error| alikassa_config_set_{{ option.name }}(config, count.cast_signed(), error),
{% endfor %}
];

pub(crate) static WITH_JSON: &[WithJson] = &[
{% for operation in tables.operations if operation.takes != "nothing" %}
    alikassa_{{ operation.resource }}_{{ operation.verb }}_with,
{% endfor %}
{% for order in tables.orders %}
    alikassa_{{ order.resource }}_resolve_with,
{% endfor %}
];

pub(crate) static WITHOUT_JSON: &[WithoutJson] = &[
{% for operation in tables.operations if operation.takes == "nothing" %}
    alikassa_{{ operation.resource }}_{{ operation.verb }}_with,
{% endfor %}
    alikassa_reconcile_with,
];

pub(crate) static WAITS: &[Wait] = &[
{% for order in tables.orders %}
    alikassa_{{ order.resource }}_wait_with,
{% endfor %}
];

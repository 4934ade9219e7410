// Generated from the core's tables by `make bless`; do not edit.
//! The setters of the options.

use std::ffi::c_char;

use crate::error::alikassa_error;
use crate::options::{self, alikassa_config};
{% from "option.jinja" import milliseconds, variables %}
{% set text_kinds = ["choice", "ledger", "path", "signing_key", "text", "verifying_keys"] %}
{% set parameters = {"ledger": "path", "path": "path", "signing_key": "folder", "verifying_keys": "folder"} %}
{% macro doc(option) %}
{{ option.doc }}
{%- if option.kind == "duration" %} {{ milliseconds(option) }} milliseconds.
{%- elif option.kind == "flag" %} 0 or 1.
{%- endif %}
{% if option.default is not none %} Default: {% if option.kind == "flag" %}{{ 1 if option.default else 0 }}{% elif option.kind in text_kinds %}`{{ option.default }}`{% else %}{{ option.default }}{% endif %}.{% endif %}

{% if option.kind == "signing_key" %}
`folder` is the unpacked archive of the provider, with `private.pem` and `password.txt`. The files are read during this call.
{% elif option.kind == "verifying_keys" %}
`folder` contains the provider's `public.pem`, which is read during this call. Call it once per certificate. Several are needed while the provider changes its key.
{% elif option.kind == "ledger" %}
`path` is the file of the ledger, which is created on first use. Do not use a network file system. A create whose order is in flight, accepted or of unknown outcome is refused with `ALIKASSA_STATUS_DUPLICATE_ORDER`. Clients, threads and processes may share a file. Read it with `alikassa_ledger_new`.
{% endif %}
{% if option.variable %}

{{ variables(option) }}
{% endif %}
{% endmacro %}
{% for option in tables.options if option.kind not in ["account", "event_hook", "limits"] %}
{% set parameter = parameters[option.kind] | default(option.name) %}

{{ doc(option) | trim | rust_doc(0) }}
#[unsafe(no_mangle)]
{% if option.kind in text_kinds %}
pub extern "C" fn alikassa_config_{{ "add" if option.kind == "verifying_keys" else "set" }}_{{ option.name }}(
    config: *mut alikassa_config,
    {{ parameter }}: *const c_char,
    {{ parameter }}_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("{{ option.name }}", config, ({{ parameter }}, {{ parameter }}_len), error)
}
{% elif option.kind == "duration" %}
pub extern "C" fn alikassa_config_set_{{ option.name }}_ms(
    config: *mut alikassa_config,
    {{ option.name }}_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_duration("{{ option.name }}", config, {{ option.name }}_ms, error)
}
{% elif option.kind == "count" %}
pub extern "C" fn alikassa_config_set_{{ option.name }}(
    config: *mut alikassa_config,
    {{ option.name }}: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_count("{{ option.name }}", config, {{ option.name }}, error)
}
{% elif option.kind == "flag" %}
pub extern "C" fn alikassa_config_set_{{ option.name }}(
    config: *mut alikassa_config,
    {{ option.name }}: i32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_flag("{{ option.name }}", config, {{ option.name }}, error)
}
{% endif %}
{% endfor %}

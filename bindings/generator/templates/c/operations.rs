// Generated from the core's tables by `make bless`; do not edit.
//! The operations of the provider's API.

use std::ffi::c_char;
use std::ptr;

use crate::call;
use crate::cancel::alikassa_call;
use crate::client::alikassa_client;
use crate::error::alikassa_error;
use crate::options;
use crate::reply::alikassa_reply;
{% macro doc(operation) %}
{{ operation.doc }} The type of the reply is `{{ operation.reply }}`.

{% if operation.takes == "order" %}
`json` is `{"id": ...}` or `{"order_id": ...}`.

{% elif operation.takes == "fields" %}
{% set request = tables.requests | selectattr("name", "equalto", operation.request) | first %}
{% set required = request.fields | selectattr("required") | map(attribute="name") | list %}
{% set optional = request.fields | rejectattr("required") | map(attribute="name") | list %}
`json` is an object.
{% if required %} Required: `{{ required | join("`, `") }}`.{% endif %}
 Optional: `{{ optional | join("`, `") }}`. Fields that this library does not know go into `other_fields`, an object.

{% endif %}
{% if operation.kind == "create" %}
Every error has an outcome. After `ALIKASSA_STATUS_OUTCOME_UNKNOWN` the money may have moved: never send the request again, call `alikassa_{{ operation.resource }}_resolve`.

{% endif %}
`timeout_ms` limits one attempt and `deadline_ms` the whole call; 0 uses the client's value.

Source: {{ operation.source }}.
{% endmacro %}
{% macro cancellable(operation, function) %}
`{{ function }}` with a `call`, which may be NULL. After `alikassa_call_cancel` it returns
{%- if operation.kind == "create" %} `ALIKASSA_STATUS_CANCELLED` if it sent nothing, or else `ALIKASSA_STATUS_OUTCOME_UNKNOWN`.
{%- else %} `ALIKASSA_STATUS_CANCELLED`.
{%- endif %}
{% endmacro %}
{% macro parameters(has_json) %}
{% if has_json %}
    json: *const c_char,
    json_len: usize,
{% endif %}
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
{%- endmacro %}
{% for operation in tables.operations %}
{% set has_json = operation.takes != "nothing" %}
{% set function = "alikassa_" ~ operation.resource ~ "_" ~ operation.verb %}

{{ doc(operation) | rust_doc(0) }}
#[unsafe(no_mangle)]
pub extern "C" fn {{ function }}(
    client: *const alikassa_client,
{{ parameters(has_json) }}
) -> i32 {
    {{ function }}_with(client, ptr::null(), {% if has_json %}json, json_len, {% endif %}timeout_ms, deadline_ms, reply, error)
}

{{ cancellable(operation, function) | rust_doc(0) }}
#[unsafe(no_mangle)]
pub extern "C" fn {{ function }}_with(
    client: *const alikassa_client,
    call: *const alikassa_call,
{{ parameters(has_json) }}
) -> i32 {
    call::{{ "with_fields" if has_json else "without_fields" }}(
        "{{ operation.name }}",
        client,
{% if has_json %}
        (json, json_len),
{% endif %}
        options::of_call(call, timeout_ms, deadline_ms),
        reply,
        error,
    )
}
{% endfor %}

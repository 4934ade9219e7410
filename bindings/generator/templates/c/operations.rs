// Generated from the core's tables by `make bless`; do not edit.
//! The operations of the provider's API.

use std::ffi::c_char;

use crate::call;
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
{% for operation in tables.operations %}
{% set has_json = operation.takes != "nothing" %}

{{ doc(operation) | rust_doc(0) }}
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_{{ operation.resource }}_{{ operation.verb }}(
    client: *const alikassa_client,
{% if has_json %}
    json: *const c_char,
    json_len: usize,
{% endif %}
    timeout_ms: u64,
    deadline_ms: u64,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    call::{{ "with_fields" if has_json else "without_fields" }}(
        "{{ operation.name }}",
        client,
{% if has_json %}
        (json, json_len),
{% endif %}
        options::of_call(timeout_ms, deadline_ms),
        reply,
        error,
    )
}
{% endfor %}

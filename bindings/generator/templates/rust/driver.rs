// Generated from the core's tables by `make bless`; do not edit.
//! The typed functions of the options and operations.

use alikassa::binding::Response;
use alikassa::{
    Client, ClientBuilder, Ledger, PaymentStatus, WaitOptions,
{% for name in tables.orders | map(attribute="status") %}
    {{ name }},
{% endfor %}
{% for name in tables.operations | map(attribute="request") | select | unique %}
    {{ name }},
{% endfor %}
};
use serde_json::{Map, Value};

use crate::arguments::{duration, no_fields, order, order_and_amount, read, text};
use crate::{DriverError, bad_request};
{# Types of words that are not called like their option. #}
{% set choices = {"digest": "DigestMode"} %}

/// Sets an option.
pub(crate) fn set(
    builder: ClientBuilder,
    name: &str,
    value: &Value,
) -> Result<ClientBuilder, DriverError> {
    Ok(match name {
{% for option in tables.options if option.kind not in ["account", "event_hook", "limits"] %}
        "{{ option.name }}" => builder.{{ option.name }}(
{%- if option.kind == "duration" %}duration(value)?)
{%- elif option.kind in ["count", "flag"] %}read(value)?)
{%- elif option.kind == "choice" %}text(value)?.parse::<alikassa::{{ choices[option.name] | default(("_" ~ option.name) | camel_case) }}>()?)
{%- elif option.kind == "ledger" %}Ledger::named(text(value)?)?)
{%- elif option.kind in ["signing_key", "verifying_keys"] %}text(value)?)?
{%- else %}text(value)?)
{%- endif %},
{% endfor %}
        _ => return Err(bad_request(format!("unknown option {name}"))),
    })
}

/// Calls an operation; none if the types of its function cannot express the input.
pub(crate) fn call(
    client: &Client,
    operation: &str,
    input: &Map<String, Value>,
) -> Option<alikassa::Result<Response>> {
    Some(match operation {
{% for operation in tables.operations %}
{% set function = "client." ~ operation.resource ~ "()." ~ operation.verb %}
        "{{ operation.name }}" => {
{% if operation.takes == "order" %}
            {{ function }}(&order(input)?).map(Response::from)
{% elif operation.takes == "fields" %}
            {{ function }}({{ operation.request | snake_case }}(input)?).map(Response::from)
{% else %}
            no_fields(input)?;
            {{ function }}().map(Response::from)
{% endif %}
        }
{% endfor %}
{% for order in tables.orders %}
        "{{ order.resource }}.resolve" => {
            let (order_id, amount) = order_and_amount(input)?;
            client.{{ order.resource }}().resolve(order_id, amount).map(Response::from)
        }
{% endfor %}
        _ => return None,
    })
}

/// Waits for a final status; none if the types of the function cannot express the input.
pub(crate) fn wait(
    client: &Client,
    operation: &str,
    input: &Map<String, Value>,
    options: &WaitOptions,
    on_update: impl Fn(&PaymentStatus),
) -> Option<alikassa::Result<Response>> {
    Some(match operation {
{% for order in tables.orders %}
        "{{ order.resource }}.wait" => {
            let on_update = |status: &{{ order.status }}| on_update(&status.payment_status);
            client.{{ order.resource }}().wait(&order(input)?, options, on_update).map(Response::from)
        }
{% endfor %}
        _ => return None,
    })
}
{% for request in tables.requests if request.is_top_level %}
{% set required = request.fields | selectattr("required") | map(attribute="name") | list %}

fn {{ request.name | snake_case }}(input: &Map<String, Value>) -> Option<{{ request.name }}> {
    let mut request = {{ request.name }}::new({% for name in required %}input.get("{{ name }}")?.as_str()?, {% endfor %});
    for (name, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        request = match name.as_str() {
{% for name in required %}
            {{ "| " if not loop.first }}"{{ name }}"{{ " => request," if loop.last }}
{% endfor %}
{% for field in request.fields if not field.required and field.kind != "object" %}
            "{{ field.name }}" => request.{{ field.name }}(value.{{ "as_i64" if field.kind == "integer" else "as_str" }}()?),
{% endfor %}
            _ => return None,
        };
    }
    Some(request)
}
{% endfor %}

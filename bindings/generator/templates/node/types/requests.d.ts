// Generated from the core's tables by `make bless`; do not edit.
// A field that is null or undefined counts as absent. Lengths are in characters.

import type { Amount, Body, BodyValue } from '../values.js';
{% set types = {
    "amount": "Amount",
    "date": "string",
    "integer": "number | bigint",
    "ip": "string",
    "text": "string",
    "text_or_integer": "string | number | bigint",
    "url": "string",
} %}
{% for request in tables.requests %}

{{ request.doc | typescript_doc(0) }}
export interface {{ request.name }} {
{% for field in request.fields %}
{% set type = field.item or types[field.kind] %}
  {{ field.doc | typescript_doc(2) }}
  {{ field.name }}{{ ": " ~ type if field.required else "?: " ~ type ~ " | null | undefined" }};
{% endfor %}
{% if request.is_top_level %}
  {{ "Fields that the provider accepts and this library does not know; they are sent after the others." | typescript_doc(2) }}
  other_fields?: Body | null | undefined;
{% else %}
  /** Any other field that the provider accepts. */
  [field: string]: BodyValue | undefined;
{% endif %}
}
{% endfor %}

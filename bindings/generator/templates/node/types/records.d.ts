// Generated from the core's tables by `make bless`; do not edit.

import type { Digest } from '../keys.js';
import type { PartRecord, ResponseRecord, RowRecord, SignedRecord } from '../record.js';
import type { Amount } from '../values.js';
{% macro words(kind) %}{% for word in tables.words[kind] %}'{{ word }}'{{ " | " if not loop.last }}{% endfor %}{% endmacro %}
{% set types = {
    "amount": "Amount",
    "bool": "boolean",
    "digest": "Digest",
    "client_event_kind": words("client_event_kind"),
    "event_source": words("event_source"),
    "id_source": words("id_source"),
    "integer": "number | bigint",
    "ledger_state": "LedgerState",
    "status": "PaymentStatus",
    "subject": words("subject") ~ " | (string & {})",
    "text": "string",
    "timestamp": "number",
} %}
{# A raw create has its path as its operation, so the set is open. #}
{% set creates = tables.operations | selectattr("kind", "equalto", "create") | map(attribute="name") | list %}
{% set operation = "'" ~ creates | join("' | '") ~ "' | (string & {})" %}
{% set bases = {"response": "ResponseRecord", "part": "PartRecord", "signed": "SignedRecord", "ledger_row": "RowRecord"} %}
{% macro type(record, field) %}
{% if record.base == "ledger_row" and field.name == "operation" %}{{ operation }}
{%- elif field.kind == "list" %}readonly {{ field.item }}[]
{%- elif field.kind == "record" %}{{ field.item }}
{%- else %}{{ types[field.kind] }}
{%- endif %}
{% if not (field.required or field.kind == "list") %} | null{% endif %}
{% endmacro %}

/**
 * The known statuses of payments and payouts.
 *
 * Source: the status pages of payments and payouts.
 */
export const PaymentStatus: {
{% for status in tables.statuses %}
  {{ status.doc | typescript_doc(2) }}
  readonly {{ status.name }}: '{{ status.value }}';
{% endfor %}
};

/**
 * The status of a payment or payout. The set is open: a status that the provider adds later is kept
 * as is.
 */
export type PaymentStatus =
{% for status in tables.statuses %}
  | '{{ status.value }}'
{% endfor %}
  | (string & {});

/**
 * The state of a create in the ledger. `sending`: it is in flight, or its process ended before the
 * response was recorded. `accepted`: the provider has the order. `rejected`: the provider rejected
 * the order. `not_sent`: no byte of the request was sent. `unknown`: the provider may have carried
 * it out. `released`: the merchant decided that it may be sent again.
 */
export type LedgerState =
{% for state in tables.words.ledger_state %}
  | '{{ state }}'{{ ";" if loop.last }}
{% endfor %}
{% for record in tables.records %}

{{ record.doc | typescript_doc(0) }}
export class {{ record.name }} extends {{ bases[record.base] }} {
{% for field in (record.details | rejectattr("name", "equalto", "digest") | list) + record.fields %}
  {{ field.doc | typescript_doc(2) }}
  readonly {{ field.name }}: {{ type(record, field) }};
{% endfor %}
{% if record.has_is_final %}
  {{ "Whether the status can no longer change. A status that this library does not know is not final." | typescript_doc(2) }}
  readonly is_final: boolean;
{% endif %}
}
{% endfor %}

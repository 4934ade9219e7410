// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa
{% set types = {
    "amount": "Amount",
    "client_event_kind": "ClientEventKind",
    "digest": "Digest",
    "event_source": "EventSource",
    "id_source": "IDSource",
    "ledger_state": "LedgerState",
    "status": "PaymentStatus",
    "subject": "Subject",
    "timestamp": "int64",
} %}
{# Of these the zero value can come from the provider, so an absent one is nil. #}
{% set pointed = {"bool": "bool", "integer": "int64", "text": "string"} %}
{% set bases = {"response": "Response", "part": "Part", "signed": "Signed"} %}
{% macro type(field) %}
{% if field.kind == "list" %}[]{{ field.item }}
{%- elif field.kind == "record" %}*{{ field.item }}
{%- elif field.kind in pointed %}{{ "*" if not field.required }}{{ pointed[field.kind] }}
{%- else %}{{ types[field.kind] }}
{%- endif %}
{% endmacro %}
{% for record in tables.records %}

{{ record.doc | go_about(record.name, "is ") | go_doc(0) }}
type {{ record.name }} struct {
{% if record.base in bases %}
	{{ bases[record.base] }}

{% endif %}
{% for field in (record.details | rejectattr("name", "equalto", "digest") | list) + record.fields %}
	{{ field.doc | go_doc(1) }}
	{{ field.name | go_name }} {{ type(field) }} `json:"{{ field.name }}"`
{% if not loop.last or record.has_is_final %}

{% endif %}
{% endfor %}
{% if record.has_is_final %}
	{{ "Whether the status can no longer change. A status that this library does not know is not final." | go_doc(1) }}
	IsFinal bool `json:"is_final"`
{% endif %}
}

// String returns the fields that logs may show.
func (r {{ record.name }}) String() string {
{% set fields = (record.details + record.fields) | map(attribute="name") | list %}
	return loggable("{{ record.name }}"{% for name in record.loggable if name in fields %}, "{{ name }}", r.{{ name | go_name }}{% endfor %})
}

// GoString returns the fields that logs may show.
func (r {{ record.name }}) GoString() string { return r.String() }
{% endfor %}

// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa
{# What a type of words is. The sets of statuses and subjects are open: the provider can add a word. #}
{% set docs = {
    "client_event_kind": "ClientEventKind says what happened in a call.",
    "digest": "Digest is the digest of a signature; [DigestAuto] is either.",
    "event_source": "EventSource says what changed a row of the ledger.",
    "id_source": "IDSource says how the id in a row of the ledger is known.",
    "ledger_state": "LedgerState is the state of a create in the ledger. Sending: it is in flight, or its process ended before the response was recorded. Accepted: the provider has the order. Rejected: the provider rejected the order. Not sent: no byte of the request was sent. Unknown: the provider may have carried it out. Released: the merchant decided that it may be sent again.",
    "matched_by": "MatchedBy says how the order of a resolution was matched: by the amount that was sent, or by the order id alone if no amount was known.",
    "outcome": "Outcome is the outcome of a request. Not sent: this call sent no byte, so the same order id may be sent again through the same ledger; it is never a reason to refund, or to take a new order id. Rejected: the provider rejected it. Unknown: the provider may have carried it out, so never send it again. Created: an earlier call created the order; only a [DuplicateOrderError] has it.",
    "phase": "Phase says how far a request got before the network failed. Only an [OutcomeUnknownError] has answer: the whole response arrived and does not say whether the create was carried out.",
    "roots": "Roots are the certificate authorities to trust.",
    "subject": "Subject says what a notification is about. The provider can add a subject.",
} %}
{# `key` says which documentation it has, `prefix` is its name and that of its constants. #}
{% macro words(key, prefix, values) %}
{% set names = [] %}
{% set width = values | map("go_name") | map("length") | max + prefix | length %}

{{ docs[key] | default(prefix ~ " is one of a few words.") | go_doc(0) }}
type {{ prefix }} string

// The known words of {{ prefix }}.
const (
{% for value in values %}
	{{ (prefix ~ (value | go_name)) | pad(width) }} {{ prefix }} = "{{ value }}"
{% endfor %}
)
{% endmacro %}

// PaymentStatus is the status of a payment or payout. A status that the provider adds later is kept
// as is.
type PaymentStatus string

// The known statuses of payments and payouts.
const (
{% for status in tables.statuses %}
	{{ status.doc | go_doc(1) }}
	PaymentStatus{{ status.value | go_name }} PaymentStatus = "{{ status.value }}"
{% endfor %}
)
{% for kind in tables.words if kind not in ["digest", "status"] %}
{{- words(kind, kind | go_name, tables.words[kind]) }}
{%- endfor %}
{% for option in tables.options if option.kind == "choice" %}
{{- words(option.name, option.name | go_name, option.words) }}
{%- endfor %}

{% set codes = tables.errors | map(attribute="code") | list %}
{% set width = codes | map("go_name") | map("length") | max + 4 %}
// ErrorCode is the code of a class of errors, the same in every language.
type ErrorCode string

// The codes of the classes of errors.
const (
{% for code in codes %}
	{{ ("Code" ~ (code | go_name)) | pad(width) }} ErrorCode = "{{ code }}"
{% endfor %}
)

{% set creates = tables.operations | selectattr("kind", "equalto", "create") | map(attribute="name") | list %}
{% set width = creates | map("go_name") | map("length") | max %}
// The names of creates, for limits and for rows of the ledger.
const (
{% for name in creates %}
	{{ name | go_name | pad(width) }} = "{{ name }}"
{% endfor %}
)

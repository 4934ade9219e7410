# Generated from the core's tables by `make bless`; do not edit.
"""The replies.

Amounts are exact decimals. A field is None when the provider sent null or nothing; an amount also
for an empty text.
"""

from __future__ import annotations

from alikassa._values import Record, ReplyRecord, Signed, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal as _Decimal
    from typing import Final as _Final

    from alikassa._words import ClientEventKind as _ClientEventKind
    from alikassa._words import Digest as _Digest
    from alikassa._words import EventSource as _EventSource
    from alikassa._words import IdSource as _IdSource
    from alikassa._words import LedgerState as _LedgerState
    from alikassa._words import Status as _Status
    from alikassa._words import Subject as _Subject
{% set types = {
    "amount": "_Decimal",
    "bool": "bool",
    "client_event_kind": "_ClientEventKind",
    "digest": "_Digest",
    "event_source": "_EventSource",
    "id_source": "_IdSource",
    "integer": "int",
    "ledger_state": "_LedgerState",
    "status": "_Status",
    "subject": "_Subject",
    "text": "str",
    "timestamp": "int",
} %}
{% set bases = {"response": "ReplyRecord", "part": "Record", "signed": "Signed", "ledger_row": "Values"} %}
{% macro type(field) %}
{% if field.kind == "list" %}list[{{ field.item }}]
{%- elif field.kind == "record" %}{{ field.item }}
{%- else %}{{ types[field.kind] }}
{%- endif %}
{% if not (field.required or field.kind == "list") %} | None{% endif %}
{% endmacro %}


class PaymentStatus:
    """The known statuses of payments and payouts.

    The set is open: a status that the provider adds later is kept as is.

    Source: the status pages of payments and payouts.
    """

{% for status in tables.statuses %}
    {{ status.name }}: _Final = "{{ status.value }}"
    """{{ status.doc }}"""
{% endfor %}
{% for record in tables.records %}


class {{ record.name }}({{ bases[record.base] }}):
    {{ record.doc | python_doc(4) }}

{% if record.loggable != tables.loggable %}
    _loggable = (
{% for name in record.loggable %}
        "{{ name }}",
{% endfor %}
    )

{% endif %}
{% if record.has_is_final %}
    is_final: bool
    {{ "Whether the status can no longer change. A status that this library does not know is not final." | python_doc(4) }}
{% endif %}
{% for field in record.details if field.name != "digest" %}
    {{ field.name }}: {{ type(field) }}
    {{ field.doc | python_doc(4) }}
{% endfor %}
{% for field in record.fields %}
    {{ field.name | python_name }}: {{ type(field) }}
    {{ field.doc | python_doc(4) }}
{% endfor %}
{% endfor %}

# Generated from the core's tables by `make bless`; do not edit.
"""The fields of the requests.

A field of None counts as absent. An integer of numpy counts as an int. Where the type is a date,
a `datetime.date` is one; a `datetime.datetime` is refused, because no page says in which time zone
the provider's days begin. Lengths are in characters. Pass fields that are not here in
`other_fields`.
"""

# Without `from __future__ import annotations`: these classes read their own annotations.

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, Required, TypedDict
{% set types = {
    "amount": "str | int | Decimal",
    "date": "str | date",
    "integer": "int",
    "ip": "str",
    "text": "str",
    "text_or_integer": "str | int",
    "url": "str",
} %}
{% macro type(field) %}
{% if field.kind == "object" %}{{ field.item }} | Mapping[str, Any]
{%- else %}{{ types[field.kind] }}
{%- endif %}
{% endmacro %}
{% for request in tables.requests %}


class {{ request.name }}(TypedDict):
    {{ request.doc | python_doc(4) }}

{% for field in request.fields %}
    {{ field.name }}: {{ "Required[" ~ type(field) ~ "]" if field.required else "NotRequired[" ~ type(field) ~ " | None]" }}
    {{ field.doc | python_doc(4) }}
{% endfor %}
{% if request.is_top_level %}
    other_fields: NotRequired[Mapping[str, Any] | None]
    {{ "Fields that the provider accepts and this library does not know; they are sent after the others." | python_doc(4) }}
{% endif %}
{% endfor %}


for _request in (
{% for request in tables.requests %}
    {{ request.name }},
{% endfor %}
):
    # As in the package: the place where users find it.
    _request.__module__ = "alikassa"
del _request

# Generated from the core's tables by `make bless`; do not edit.
"""The exceptions: one class for each kind of error."""

from __future__ import annotations

from alikassa._error_base import AliKassaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alikassa._records import LedgerRow
{# What an error of the class always has, and its base may not have. #}
{% set attributes = {
    "InvalidArgumentError": {"field": "str", "reason": "str"},
    "KeyLoadError": {"reason": "str"},
    "DuplicateOrderError": {"previous": "LedgerRow", "same_body": "bool"},
} %}
{% for error in tables.errors %}


class {{ error.class }}({{ error.parent }}):
    {{ error.doc | python_doc(4) }}

    code = "{{ error.code }}"
{% for name, type in attributes[error.class] | default({}) | items %}
    {{ name }}: {{ type }}
{% endfor %}
{% endfor %}

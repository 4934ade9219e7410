# Generated from the core's tables by `make bless`; do not edit.
"""The types of texts that are one of a few words, for type checkers.

The sets of statuses and subjects are open: the provider can add a word. With `str` in the union a comparison with any
text and a `match` without a last case for everything else stay valid, and editors still complete the known words.
"""

from __future__ import annotations

from typing import Literal
{# More words than these do not fit into a line. #}
{% macro words(kind) %}{% if tables.words[kind] | length > 8 %}Literal[
{% for word in tables.words[kind] %}
    "{{ word }}",
{% endfor %}
]{% else %}Literal[{% for word in tables.words[kind] %}"{{ word }}"{{ ", " if not loop.last }}{% endfor %}]{% endif %}{% endmacro %}

{% for kind in tables.words %}
{{ kind | type_name }} = {{ words(kind) }}{{ " | str" if kind in ["status", "subject"] }}
{% endfor %}

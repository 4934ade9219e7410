# Generated from the core's tables by `make bless`; do not edit.
"""The types of a client's options, for type checkers."""

# Without `from __future__ import annotations`: the class reads its own annotations.

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypedDict

from alikassa._limits import Limits
from alikassa._native import Ledger, SigningKey, VerifyingKey
from alikassa._records import ClientEvent

_Path = str | os.PathLike[str]
_Cert = str | os.PathLike[str] | SigningKey
_VerifyingCert = str | os.PathLike[str] | VerifyingKey
{% for option in tables.options if option.kind == "choice" %}
{{ option.name | type_alias }} = Literal[{% for word in option.words %}"{{ word }}"{{ ", " if not loop.last }}{% endfor %}]
{% endfor %}


class ClientOptions(TypedDict, total=False):
    """The options of a client, for `from_env`."""

{% from "option.jinja" import variables %}
{% from "python/option.jinja" import type, doc %}
{% for option in tables.options %}
{% set variable %}{% if option.variable %} {{ variables(option) | trim }}{% endif %}{% endset %}
    {{ option.name }}: {{ type(option) }}
    {{ (doc(option) ~ variable) | python_doc(4) }}
{% endfor %}

# Generated from the core's tables by `make bless`; do not edit.
"""The constructor of both clients."""

from __future__ import annotations

{% from "python/option.jinja" import type, doc, default %}
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from alikassa._limits import Limits
    from alikassa._native import Ledger
    from alikassa._options import (
{% set choices = tables.options | selectattr("kind", "equalto", "choice") | map(attribute="name") | map("type_alias") %}
{% for name in (["_Cert", "_Path", "_VerifyingCert"] + choices | list) | sort(case_sensitive=true) %}
        {{ name }},
{% endfor %}
    )
    from alikassa._records import ClientEvent
else:
    from alikassa._later import Any, Callable, Mapping, Sequence, later
    from alikassa._native import Ledger

{% for name in (["_Cert", "_Path", "_VerifyingCert"] + choices | list) | sort(case_sensitive=true) %}
    {{ name }} = later("alikassa._options", "{{ name }}")
{% endfor %}
    ClientEvent = later("alikassa._records", "ClientEvent")
    Limits = later("alikassa._limits", "Limits")


class Constructor:
    """Takes the options of a client."""

    __slots__ = ()

    def __init__(
        self,
{% for option in tables.options %}
        {{ option.name }}: {{ type(option) }}{{ ",\n        *," if option.kind == "account" else " = " ~ default(option) ~ "," }}
{% endfor %}
    ) -> None:
        """Create a client: load the keys and check the options. Nothing is sent.

        Args:
{% for option in tables.options %}
            {{ (option.name ~ ": " ~ doc(option)) | python_argument(12) }}
{% endfor %}

        Raises:
            KeyLoadError: A certificate cannot be loaded; `reason` says why.
            InvalidArgumentError: An option is invalid; `field` names it.
            ConfigurationError: The base URL, the certificate authorities or the proxy is invalid.
        """
        options = {
{% for option in tables.options %}
            "{{ option.name }}": {{ option.name }},
{% endfor %}
        }
        self._configure(options)

    def _configure(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

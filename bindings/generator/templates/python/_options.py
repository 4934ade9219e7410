# Generated from the core's tables by `make bless`; do not edit.
"""The options of a client."""

from __future__ import annotations

from alikassa._native import Ledger, NativeClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Any, Literal, TypedDict

    from alikassa._native import SigningKey, VerifyingKey

    _Path = str | os.PathLike[str]
    _Cert = str | os.PathLike[str] | SigningKey
    _VerifyingCert = str | os.PathLike[str] | VerifyingKey
{% for option in tables.options if option.kind == "choice" %}
    {{ option.name | type_alias }} = Literal[{% for word in option.words %}"{{ word }}"{{ ", " if not loop.last }}{% endfor %}]
{% endfor %}
{% set types = {
    "account": "str",
    "count": "int",
    "duration": "float",
    "flag": "bool",
    "ledger": "Ledger | _Path",
    "path": "_Path",
    "signing_key": "_Cert",
    "text": "str",
    "verifying_keys": "_VerifyingCert | Sequence[_VerifyingCert]",
} %}
{% macro type(option) %}
{% if option.kind == "choice" %}{{ option.name | type_alias }}
{%- else %}{{ types[option.kind] }}
{%- endif %}
{% if option.kind != "account" and (option.default is none or option.kind == "text") %} | None{% endif %}
{% endmacro %}
{% macro default(option) %}
{% if option.default is none or option.kind == "text" %}None
{%- elif option.kind == "duration" %}{{ option.default / 1000 }}
{%- elif option.kind == "flag" %}{{ "True" if option.default else "False" }}
{%- elif option.kind == "count" %}{{ option.default }}
{%- else %}"{{ option.default }}"
{%- endif %}
{% endmacro %}
{% macro value(option) %}
{% if option.kind == "ledger" %}_ledger({{ option.name }})
{%- elif option.kind == "verifying_keys" %}_certs({{ option.name }})
{%- else %}{{ option.name }}
{%- endif %}
{% endmacro %}
{% macro doc(option) %}
{{ option.doc }}
{%- if option.kind == "signing_key" %} A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
{%- elif option.kind == "verifying_keys" %} A folder with the provider's `public.pem`, or a `VerifyingKey`. Pass a list of several while the provider changes its key.
{%- elif option.kind == "ledger" %} A `Ledger`, or the path of its file.
{%- elif option.kind == "duration" %} In seconds, above 0 and up to 24 hours.
{%- elif option.kind == "text" and option.default is not none %} The default is `{{ option.default }}`.
{%- endif %}
{% endmacro %}


class Configured:
    """A client's options, and the native client that has them."""

    __slots__ = ("_native", "_options")

    _options: dict[str, Any]
    _native: NativeClient

    def __init__(
        self,
{% for option in tables.options %}
        {{ option.name }}: {{ type(option) }}{{ ",\n        *," if option.kind == "account" else " = " ~ default(option) ~ "," }}
{% endfor %}
    ) -> None:
        """Load the keys and check the options. Nothing is sent.

        Args:
{% for option in tables.options %}
            {{ (option.name ~ ": " ~ doc(option)) | python_argument(12) }}
{% endfor %}

        Raises:
            KeyLoadError: A certificate cannot be loaded; `reason` says why.
            InvalidArgumentError: An option is invalid; `field` names it.
            ConfigurationError: The base URL, the certificate authorities or the proxy of the environment is invalid.
        """
        self._options = {
{% for option in tables.options %}
            "{{ option.name }}": {{ value(option) }},
{% endfor %}
        }
        self._native = NativeClient(self._options)


def _ledger(ledger: Ledger | _Path | None) -> Ledger | None:
    # Its path is absolute, also for a copy of the client in another folder.
    return ledger if ledger is None or isinstance(ledger, Ledger) else Ledger(ledger)


def _certs(certs: _VerifyingCert | Sequence[_VerifyingCert] | None) -> tuple[Any, ...]:
    if certs is None:
        return ()
    return tuple(certs) if isinstance(certs, (list, tuple)) else (certs,)


if TYPE_CHECKING:

    class ClientOptions(TypedDict, total=False):
        """The options of a client, for `from_env`."""

{% for option in tables.options %}
        {{ option.name }}: {{ type(option) }}
        {{ doc(option) | python_doc(8) }}
{% endfor %}

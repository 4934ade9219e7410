# Generated from the core's tables by `make bless`; do not edit.
"""Client for the AliKassa merchant API: signed requests, exact amounts, errors that say what to do.

>>> import alikassa
>>> client = alikassa.Client("93d5df06-996c-48c3-9847-348d6b580b80", payout_cert="cert/payout")  # doctest: +SKIP
>>> client.payouts.status(id="100000536").payment_status  # doctest: +SKIP
'paid'
>>> alikassa.canonical_json({"id": "100000536"})
b'{"id":"100000536"}'
"""

from __future__ import annotations
{% set errors = ["AliKassaError"] + tables.errors | map(attribute="class") | list %}
{% set records = ["PaymentStatus"] + tables.records | map(attribute="name") | list %}
{% set requests = tables.requests | map(attribute="name") | sort %}
{% set others = [
    "AsyncClient", "Client", "Ledger", "Limits", "Reconciled", "Reply", "Resolution", "SigningKey", "StatusResult", "Support", "SupportAttempt", "VerifyingKey",
    "__version__", "canonical_json",
] %}

from alikassa._client import Client
from alikassa._error_base import AliKassaError
from alikassa._errors import (
{% for name in tables.errors | map(attribute="class") | sort %}
    {{ name }},
{% endfor %}
)
from alikassa._native import Ledger, SigningKey, Support, SupportAttempt, VerifyingKey, __version__, canonical_json
from alikassa._records import (
{% for name in records | sort %}
    {{ name }},
{% endfor %}
)
from alikassa._results import Reconciled, Reply, Resolution, StatusResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alikassa._async import AsyncClient
    from alikassa._limits import Limits
    from alikassa._requests import (
{% for name in requests %}
        {{ name }},
{% endfor %}
    )
else:
    # The annotations of the classes are evaluated here, since the classes name this module as theirs.
    from alikassa._later import AnyStatus as _AnyStatus
    from alikassa._later import Decimal as _Decimal
    from alikassa._later import Final as _Final
    from alikassa._later import later as _later
{% for kind in tables.words %}

    _{{ kind | type_name }} = _later("alikassa._words", "{{ kind | type_name }}")
{%- endfor %}


__all__ = [
{% for name in (errors + records + requests + others) | sort(case_sensitive=true) %}
    "{{ name }}",
{% endfor %}
]

# Tracebacks and pickles name the place where users find a class, not the file it is in.
for _public in [globals()[name] for name in __all__ if name in globals()]:
    if isinstance(_public, type) and _public.__module__ != __name__:
        _public.__module__ = __name__
del _public

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load what needs asyncio or typing when it is asked for: the rest needs neither."""
        if name == "AsyncClient":
            from alikassa._async import AsyncClient

            return AsyncClient
        if name == "Limits":
            from alikassa._limits import Limits

            return Limits
        if name in {
{% for name in requests %}
            "{{ name }}",
{% endfor %}
        }:
            from alikassa import _requests

            return getattr(_requests, name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)

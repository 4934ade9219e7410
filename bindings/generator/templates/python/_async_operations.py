# Generated from the core's tables by `make bless`; do not edit.
"""The operations of the provider's API: each sends its fields once and returns the response."""

from __future__ import annotations

{% set resources = tables.operations | map(attribute="resource") | unique %}
from alikassa._async_runner import AsyncResource
from alikassa._records import (
{% for reply in (["DryRun"] + tables.operations | map(attribute="reply") | list) | sort | unique %}
    {{ reply }},
{% endfor %}
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, Unpack, overload

    from alikassa._requests import (
{% for request in tables.operations | map(attribute="request") | select | sort | unique %}
        {{ request }},
{% endfor %}
    )
else:
    from alikassa._later import Literal, Unpack, later, overload

{% for request in tables.operations | map(attribute="request") | select | sort | unique %}
    {{ request }} = later("alikassa", "{{ request }}")
{% endfor %}
{% for resource in resources %}


class Async{{ resource | capitalize }}Operations(AsyncResource):
    """The operations of `Client.{{ resource }}`."""

    __slots__ = ()
{% for operation in tables.operations if operation.resource == resource %}
{% if operation.kind == "create" %}
{% for dry_run, reply in [("Literal[False] = False", operation.reply), ("Literal[True]", "DryRun")] %}

    @overload
    async def {{ operation.verb }}(
        self,
        *,
        dry_run: {{ dry_run }},
        timeout: float | None = None,
        deadline: float | None = None,
        **fields: Unpack[{{ operation.request }}],
    ) -> {{ reply }}: ...
{% endfor %}
{% endif %}

    async def {{ operation.verb }}(
        self,
        *,
{% if operation.kind == "create" %}
        dry_run: bool = False,
{% endif %}
{% if operation.takes == "order" %}
        id: str | int | None = None,
        order_id: str | None = None,
{% endif %}
        timeout: float | None = None,
        deadline: float | None = None,
{% if operation.takes == "fields" %}
        **fields: Unpack[{{ operation.request }}],
{% endif %}
    ) -> {{ operation.reply }}{% if operation.kind == "create" %} | DryRun{% endif %}:
        """{{ operation.doc | imperative | python_text(8) }}

        Args:
{% if operation.takes == "order" %}
            id: AliKassa's id; pass exactly one of it and `order_id`. Prefer it: it is unique at the
                provider.
            order_id: The merchant's id of the order.
{% endif %}
{% if operation.kind == "create" %}
            dry_run: Check and sign the create, and return what would be sent and whether the ledger
                or a limit would refuse it. Nothing is sent or recorded.
{% endif %}
            timeout: Seconds for one attempt, if different from the client's.
            deadline: Seconds for the whole call, if different from the client's.
{% if operation.takes == "fields" %}
            **fields: The fields of `{{ operation.request }}`. A field that is None counts as absent.
{% endif %}
{% if operation.kind == "create" %}

        Raises:
            OutcomeUnknownError: The order may have been created. Never send it again: call
                `resolve`.
            DuplicateOrderError: The ledger already has the order; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            GuardError: A limit of the client refuses the create; nothing was sent.
            AliKassaError: As for every call; `outcome` is ``"not_sent"`` or ``"rejected"``.
{% endif %}

        Source: {{ operation.source }}.
        """
{% if operation.takes == "order" %}
        fields = {"id": id, "order_id": order_id}
{% elif operation.takes == "nothing" %}
        fields: dict[str, object] = {}
{% endif %}
{% if operation.kind == "create" %}
        if dry_run is not False:
            preview = {"operation": "{{ operation.name }}", "fields": fields, "dry_run": dry_run}
            return await self._run(DryRun, "dry_run", preview, timeout, deadline)
{% endif %}
        return await self._run({{ operation.reply }}, "{{ operation.name }}", fields, timeout, deadline)
{% endfor %}
{% endfor %}

"""The client for asyncio."""

from __future__ import annotations

from alikassa._async_resources import AsyncApi
from alikassa._client import BaseClient


class AsyncClient(BaseClient, AsyncApi):
    """`alikassa.Client` for asyncio: the same options, calls and errors, but every call is awaited.

    Only `notifications.verify` and `redirects.verify`, which send nothing, are not awaited.

    The client is not bound to an event loop. When a task is cancelled, `asyncio.CancelledError`
    propagates unchanged, with two attributes: `order_id`, and `alikassa_outcome`, which is
    ``"not_sent"`` if no request was sent and ``"unknown"`` for a create in flight. Such a create
    continues in the background and updates the ledger; `close()` and the interpreter's exit wait
    for it. A read in flight continues too, and its response is dropped. A task that is cancelled
    before its first step has sent nothing, and its exception has neither attribute.

    Limit a create with its `deadline`: `asyncio.timeout` and `asyncio.wait_for` raise a
    `TimeoutError`, and only its `__cause__` has those attributes.
    """

    __module__ = "alikassa"
    __slots__ = ()

"""The library, set up as a user would, in the same way for all scripts."""

from __future__ import annotations

from typing import Any

import alikassa


def connect(server: dict[str, Any], **options: Any) -> alikassa.Client:
    """A client with a fixed digest, so that only the call is measured."""
    return alikassa.Client(server["account"], **settings(server), **options)


def connect_async(server: dict[str, Any], **options: Any) -> alikassa.AsyncClient:
    """The same for asyncio."""
    return alikassa.AsyncClient(server["account"], **settings(server), **options)


def settings(server: dict[str, Any]) -> dict[str, Any]:
    """The options of both."""
    return {
        "payout_cert": server["payout_cert"],
        "base_url": server["tls_url"],
        "ca_file": server["ca_file"],
        "digest": "sha1",
    }

"""The library as a user of it would set it up, for all scripts the same."""

from __future__ import annotations

from typing import Any

import alikassa


def connect(server: dict[str, Any], **options: Any) -> alikassa.Client:
    """A client whose digest is settled, so that nothing but the call is measured."""
    return alikassa.Client(server["account"], **settings(server), **options)


def connect_async(server: dict[str, Any], **options: Any) -> alikassa.AsyncClient:
    """The same for asyncio."""
    return alikassa.AsyncClient(server["account"], **settings(server), **options)


def settings(server: dict[str, Any]) -> dict[str, Any]:
    """What both are made with."""
    return {
        "payout_cert": server["payout_cert"],
        "base_url": server["tls_url"],
        "ca_file": server["ca_file"],
        "digest": "sha1",
    }

"""`httpx` with one client and a key that is loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
from peers.cryptography_key import load_key


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes a call."""
    sign = load_key(server["payout_cert"])
    headers = {"Content-Type": "application/json", "Account": server["account"]}
    client = httpx.Client(base_url=server["tls_url"], headers=headers, timeout=30)

    def call(path: str, data: dict[str, str]) -> Any:
        body = json.dumps(data, separators=(",", ":")).encode()
        response = client.post(f"/{path}", content=body, headers={"Sign": sign(body)})
        response.raise_for_status()
        return response.json()

    return call

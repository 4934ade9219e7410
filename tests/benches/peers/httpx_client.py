"""`httpx` with one client and the key loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
from peers.cryptography_key import load_key


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes one call."""
    sign = load_key(server["payout_cert"])
    headers = {"Content-Type": "application/json", "Account": server["account"]}
    client = httpx.Client(base_url=server["tls_url"], headers=headers, timeout=30)

    def call(path: str, data: dict[str, str]) -> Any:
        body = json.dumps(data, separators=(",", ":")).encode()
        answer = client.post(f"/{path}", content=body, headers={"Sign": sign(body)})
        answer.raise_for_status()
        return answer.json()

    return call

"""`urllib3` with one pool and a key that is loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import urllib3
from peers.cryptography_key import load_key


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes a call."""
    sign = load_key(server["payout_cert"])
    pool = urllib3.connection_from_url(server["tls_url"], timeout=30)
    headers = {"Content-Type": "application/json", "Account": server["account"]}

    def call(path: str, data: dict[str, str]) -> Any:
        body = json.dumps(data, separators=(",", ":")).encode()
        response = pool.request("POST", f"/{path}", body=body, headers={**headers, "Sign": sign(body)})
        assert response.status == 200, response.status
        return response.json()

    return call

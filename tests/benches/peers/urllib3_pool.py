"""`urllib3` with one pool and the key loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import urllib3
from peers.cryptography_key import load_key


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes one call."""
    sign = load_key(server["payout_cert"])
    pool = urllib3.connection_from_url(server["tls_url"], timeout=30)
    headers = {"Content-Type": "application/json", "Account": server["account"]}

    def call(path: str, data: dict[str, str]) -> Any:
        body = json.dumps(data, separators=(",", ":")).encode()
        answer = pool.request("POST", f"/{path}", body=body, headers={**headers, "Sign": sign(body)})
        assert answer.status == 200, answer.status
        return answer.json()

    return call

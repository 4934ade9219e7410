"""`requests` with one session and a key that is loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests
from peers.cryptography_key import load_key


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes a call."""
    sign = load_key(server["payout_cert"])
    session = requests.Session()
    session.headers.update({"Content-Type": "application/json", "Account": server["account"]})

    def call(path: str, data: dict[str, str]) -> Any:
        body = json.dumps(data, separators=(",", ":")).encode()
        response = session.post(f"{server['tls_url']}/{path}", data=body, headers={"Sign": sign(body)}, timeout=30)
        response.raise_for_status()
        return response.json()

    return call

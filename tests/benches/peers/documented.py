"""The provider's Python sample, from its page on the payout status. It loads the key and connects for each call.

Rewritten with the sample's statements in the same order; the bench sets digest, address and certificate folder.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def sign(folder: str, body: bytes) -> str:
    """Loads the key and signs."""
    with open(f"{folder}/password.txt", "rb") as file:
        password = file.read().strip()
    with open(f"{folder}/private.pem", "rb") as file:
        key = serialization.load_pem_private_key(file.read(), password=password)
    assert isinstance(key, RSAPrivateKey)
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA1())).decode("utf-8")


def connect(server: dict[str, Any]) -> Callable[[str, dict[str, str]], Any]:
    """A function that makes a call."""

    def call(path: str, data: dict[str, str]) -> Any:
        headers = {
            "Content-Type": "application/json",
            "Account": server["account"],
            "Sign": sign(server["payout_cert"], json.dumps(data).encode("utf-8")),
            "User-Agent": "AliKassa2.0 API",
        }
        return requests.post(f"{server['tls_url']}/{path}", json=data, headers=headers, timeout=30).json()

    return call

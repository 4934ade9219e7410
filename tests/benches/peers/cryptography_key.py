"""Signing with `cryptography` and a key that is loaded once, for the Python peers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def load_key(folder: str) -> Callable[[bytes], str]:
    """A function that returns the signature of a body, encoded for the header."""
    password = Path(folder, "password.txt").read_bytes().strip()
    key = serialization.load_pem_private_key(Path(folder, "private.pem").read_bytes(), password)
    assert isinstance(key, RSAPrivateKey)
    scheme, digest = padding.PKCS1v15(), hashes.SHA1()

    def sign(body: bytes) -> str:
        return base64.b64encode(key.sign(body, scheme, digest)).decode()

    return sign

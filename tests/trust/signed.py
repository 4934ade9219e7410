"""Formats a signed message for the runner."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

PRIVATE_FORMATS = (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8)


def line(
    name: str,
    key: RSAPrivateKey | RSAPublicKey,
    body: bytes,
    digest: str,
    signature: bytes,
    *,
    valid: bool = True,
    private_format: PrivateFormat = PrivateFormat.PKCS8,
) -> str:
    """Format a message as one line. With a private key, the runner also makes the signature again."""
    private = None
    if isinstance(key, RSAPrivateKey):
        private = key.private_bytes(Encoding.PEM, private_format, NoEncryption()).decode()
        key = key.public_key()
    return json.dumps(
        {
            "name": name,
            "private": private,
            "public": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "body": base64.b64encode(body).decode(),
            "digest": digest,
            "signature": base64.b64encode(signature).decode(),
            "valid": valid,
        },
    )

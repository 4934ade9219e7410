"""The options of a client, for type checkers alone; a test compares them with those that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from alikassa._native import Ledger, SigningKey, VerifyingKey

    _Path = str | os.PathLike[str]
    _Cert = str | os.PathLike[str] | SigningKey
    _VerifyingCert = str | os.PathLike[str] | VerifyingKey
    _Digest = Literal["auto", "sha1", "sha256"]


class ClientOptions(TypedDict, total=False):
    """The options of `Client`, each as the class says."""

    account: str
    payment_cert: _Cert | None
    payout_cert: _Cert | None
    notification_cert: _VerifyingCert | Sequence[_VerifyingCert] | None
    base_url: str | None
    digest: _Digest
    ca_file: _Path | None
    roots: Literal["bundled", "system"]
    connect_timeout: float
    timeout: float
    deadline: float
    max_retries: int
    max_connections: int
    signature_cache: int
    ledger: Ledger | _Path | None
    application: str | None

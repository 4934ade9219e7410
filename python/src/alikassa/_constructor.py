# Generated from the core's tables by `make bless`; do not edit.
"""The constructor of both clients."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

    from alikassa._native import Ledger
    from alikassa._options import _Cert, _Digest, _Path, _VerifyingCert


class Constructor:
    """Takes the options of a client."""

    __slots__ = ()

    def __init__(
        self,
        account: str,
        *,
        payment_cert: _Cert | None = None,
        payout_cert: _Cert | None = None,
        notification_cert: _VerifyingCert | Sequence[_VerifyingCert] | None = None,
        base_url: str | None = None,
        digest: _Digest = "auto",
        ca_file: _Path | None = None,
        roots: Literal["bundled", "system"] = "bundled",
        connect_timeout: float = 5.0,
        timeout: float = 30.0,
        deadline: float = 60.0,
        max_retries: int = 2,
        max_connections: int = 64,
        signature_cache: int = 1024,
        ledger: Ledger | _Path | None = None,
        application: str | None = None,
    ) -> None:
        """Create a client.

        Args:
            account: The account's UUID from the provider's cabinet.
            payment_cert: The certificate that signs requests about payments: the folder that
                AliKassa's archive unpacks to (``private.pem`` and ``password.txt``), or a
                `SigningKey`.
            payout_cert: The certificate that signs requests about payouts and the account,
                likewise.
            notification_cert: The certificate that verifies notifications and redirects: a folder
                with the provider's ``public.pem``, or a `VerifyingKey`. A list or tuple of several,
                while the provider changes its key.
            base_url: The provider's host; ``https://api-merchant.alikassa.com`` by default. Plain
                http works with loopback addresses only.
            digest: The digest of signatures. ``"auto"`` detects which one the provider accepts with
                a certificate, and accepts either in a notification.
            ca_file: A PEM file of certificate authorities to trust in addition to `roots`.
            roots: The certificate authorities to trust: ``"bundled"``, Mozilla's list, or the
                ``"system"``'s.
            connect_timeout: Seconds for name resolution, connection, TLS and proxy.
            timeout: Seconds for one attempt, from the start of the connection to the last byte of
                the response.
            deadline: Seconds for a whole call: the wait for a free connection, attempts and pauses.
            max_retries: How often a read is retried after a transient error.
            max_connections: The maximum number of pooled connections. It also limits the concurrent
                calls of an `AsyncClient`, of `statuses` and of the main thread; a `wait` or
                `resolve` that pauses does not count. Blocking calls on other threads are not
                limited.
            signature_cache: How many signatures of reads are cached, so that repeating a status
                request costs no RSA signature; 0 disables the cache.
            ledger: The `Ledger`, or the path of its file, that records every create before it is
                sent.
            application: The Application UUID from the provider's support, sent with raw requests
                only.

        Raises:
            KeyLoadError: A certificate cannot be loaded; `reason` says why.
            InvalidArgumentError: An option is invalid; `field` names it.
            ConfigurationError: The base URL, the certificate authorities or the proxy of the
                environment cannot be used.
        """
        options = {
            "account": account,
            "payment_cert": payment_cert,
            "payout_cert": payout_cert,
            "notification_cert": notification_cert,
            "base_url": base_url,
            "digest": digest,
            "ca_file": ca_file,
            "roots": roots,
            "connect_timeout": connect_timeout,
            "timeout": timeout,
            "deadline": deadline,
            "max_retries": max_retries,
            "max_connections": max_connections,
            "signature_cache": signature_cache,
            "ledger": ledger,
            "application": application,
        }
        self._configure(options)

    def _configure(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

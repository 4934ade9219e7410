# Generated from the core's tables by `make bless`; do not edit.
"""The constructor of both clients."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from alikassa._limits import Limits
    from alikassa._native import Ledger
    from alikassa._options import (
        _Cert,
        _Digest,
        _Path,
        _Roots,
        _VerifyingCert,
    )
    from alikassa._records import ClientEvent
else:
    from alikassa._later import Any, Callable, Mapping, Sequence, later
    from alikassa._native import Ledger

    _Cert = later("alikassa._options", "_Cert")
    _Digest = later("alikassa._options", "_Digest")
    _Path = later("alikassa._options", "_Path")
    _Roots = later("alikassa._options", "_Roots")
    _VerifyingCert = later("alikassa._options", "_VerifyingCert")
    ClientEvent = later("alikassa._records", "ClientEvent")
    Limits = later("alikassa._limits", "Limits")


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
        roots: _Roots = "bundled",
        proxy: str | None = None,
        connect_timeout: float = 5.0,
        timeout: float = 30.0,
        deadline: float = 60.0,
        max_retries: int = 2,
        max_connections: int = 64,
        signature_cache: int = 1024,
        ledger: Ledger | _Path | None = None,
        limits: Mapping[str, Limits] | None = None,
        application: str | None = None,
        lower_priority: bool = True,
        on_event: Callable[[ClientEvent], object] | None = None,
        event_order_ids: bool = False,
    ) -> None:
        """Create a client: load the keys and check the options. Nothing is sent.

        Args:
            account: The account's UUID, from the provider's cabinet.
            payment_cert: The certificate that signs payment requests. A folder as AliKassa's
                archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
            payout_cert: The certificate that signs payout and account requests. A folder as
                AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
            notification_cert: The certificate that verifies notifications and redirects. A
                folder with the provider's `public.pem`, or a `VerifyingKey`. Pass a list of several
                while the provider changes its key.
            base_url: The provider's base URL. Plain http is allowed for loopback addresses
                only. The default is `https://api-merchant.alikassa.com`.
            digest: The digest of the signatures of requests and notifications. `auto` detects
                the digest of requests with the first read, and accepts both for notifications.
            ca_file: A PEM file with certificate authorities to trust in addition to `roots`.
            roots: The certificate authorities to trust: `bundled` is Mozilla's list, compiled
                in; `system` is the machine's own list.
            proxy: The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`.
                If it is not set, the environment's proxy is used.
            connect_timeout: The time limit for DNS, connect, TLS handshake and proxy. From 0.1
                to 3600 seconds.
            timeout: The time limit for one attempt, from the start of connecting to the last
                byte of the response. From 0.1 to 3600 seconds.
            deadline: The time limit for a whole call: the queue, all attempts, and the pauses
                between them. Above 0 and up to 86400 seconds.
            max_retries: How many times a read is retried after a transient error.
            max_connections: The limit of pooled connections; also the limit of concurrent calls
                in Node, asyncio, `statuses`, `reconcile` and Python's main thread. A wait or
                resolve that pauses does not count. Calls that block other threads are not limited.
            signature_cache: How many signatures of reads to remember, so that a repeated read
                costs no RSA operation; 0 turns this off.
            ledger: The ledger that records every create before it is sent. A `Ledger`, or the
                path of its file.
            limits: What creates of an operation may be sent: a largest amount, sums and numbers
                per day, services and recipients. Another create is refused.
            application: The Application UUID from the provider's support; it is sent with raw
                requests only.
            lower_priority: Worker threads run at a lower scheduling priority (nice +5) on
                Linux.
            on_event: Receives an event for each step of a call: for logs, metrics and traces. A
                function of one argument. It runs on a thread of the library, in the context of the
                code that started the call.
            event_order_ids: Events have the `order_id` of their call.

        Raises:
            KeyLoadError: A certificate cannot be loaded; `reason` says why.
            InvalidArgumentError: An option is invalid; `field` names it.
            ConfigurationError: The base URL, the certificate authorities or the proxy is invalid.
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
            "proxy": proxy,
            "connect_timeout": connect_timeout,
            "timeout": timeout,
            "deadline": deadline,
            "max_retries": max_retries,
            "max_connections": max_connections,
            "signature_cache": signature_cache,
            "ledger": ledger,
            "limits": limits,
            "application": application,
            "lower_priority": lower_priority,
            "on_event": on_event,
            "event_order_ids": event_order_ids,
        }
        self._configure(options)

    def _configure(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

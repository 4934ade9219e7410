# Generated from the core's tables by `make bless`; do not edit.
"""The types of a client's options, for type checkers."""

# Without `from __future__ import annotations`: the class reads its own annotations.

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypedDict

from alikassa._limits import Limits
from alikassa._native import Ledger, SigningKey, VerifyingKey
from alikassa._records import ClientEvent

_Path = str | os.PathLike[str]
_Cert = str | os.PathLike[str] | SigningKey
_VerifyingCert = str | os.PathLike[str] | VerifyingKey
_Digest = Literal["auto", "sha1", "sha256"]
_Roots = Literal["bundled", "system"]


class ClientOptions(TypedDict, total=False):
    """The options of a client, for `from_env`."""

    account: str
    """The account's UUID, from the provider's cabinet. Environment variable: `ALIKASSA_ACCOUNT`."""
    payment_cert: _Cert | None
    """The certificate that signs payment requests.

    A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
    Environment variables: `ALIKASSA_PAYMENT_CERT` with the folder, or `ALIKASSA_PAYMENT_KEY` with
    the text of the key and `ALIKASSA_PAYMENT_PASSWORD` with its password.
    """
    payout_cert: _Cert | None
    """The certificate that signs payout and account requests.

    A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
    Environment variables: `ALIKASSA_PAYOUT_CERT` with the folder, or `ALIKASSA_PAYOUT_KEY` with the
    text of the key and `ALIKASSA_PAYOUT_PASSWORD` with its password.
    """
    notification_cert: _VerifyingCert | Sequence[_VerifyingCert] | None
    """The certificate that verifies notifications and redirects.

    A folder with the provider's `public.pem`, or a `VerifyingKey`. Pass a list of several while the
    provider changes its key. Environment variables: `ALIKASSA_NOTIFICATION_CERT` with the folder,
    or `ALIKASSA_NOTIFICATION_KEY` with the text of the key.
    """
    base_url: str | None
    """The provider's base URL.

    Plain http is allowed for loopback addresses only. The default is
    `https://api-merchant.alikassa.com`. Environment variable: `ALIKASSA_BASE_URL`.
    """
    digest: _Digest
    """The digest of the signatures of requests and notifications.

    `auto` detects the digest of requests with the first read, and accepts both for notifications.
    Environment variable: `ALIKASSA_DIGEST`.
    """
    ca_file: _Path | None
    """A PEM file with certificate authorities to trust in addition to `roots`.

    Environment variable: `ALIKASSA_CA_FILE`.
    """
    roots: _Roots
    """The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is
    the machine's own list.
    """
    proxy: str | None
    """The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`.

    If it is not set, the environment's proxy is used. Environment variable: `ALIKASSA_PROXY`.
    """
    connect_timeout: float
    """The time limit for DNS, connect, TLS handshake and proxy. From 0.1 to 3600 seconds."""
    timeout: float
    """The time limit for one attempt, from the start of connecting to the last byte of the
    response.

    From 0.1 to 3600 seconds.
    """
    deadline: float
    """The time limit for a whole call: the queue, all attempts, and the pauses between them.

    Above 0 and up to 86400 seconds.
    """
    max_retries: int
    """How many times a read is retried after a transient error."""
    max_connections: int
    """The limit of pooled connections; also the limit of concurrent calls in Node, asyncio,
    `statuses`, `reconcile` and Python's main thread.

    A wait or resolve that pauses does not count. Calls that block other threads are not limited.
    """
    signature_cache: int
    """How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0
    turns this off.
    """
    ledger: Ledger | _Path | None
    """The ledger that records every create before it is sent.

    A `Ledger`, or the path of its file. Environment variable: `ALIKASSA_LEDGER`.
    """
    limits: Mapping[str, Limits] | None
    """What creates of an operation may be sent: a largest amount, sums and numbers per day,
    services and recipients.

    Another create is refused.
    """
    application: str | None
    """The Application UUID from the provider's support; it is sent with raw requests only."""
    lower_priority: bool
    """Worker threads run at a lower scheduling priority (nice +5) on Linux."""
    on_event: Callable[[ClientEvent], object] | None
    """Receives an event for each step of a call: for logs, metrics and traces.

    A function of one argument. It runs on a thread of the library, in the context of the code that
    started the call.
    """
    event_order_ids: bool
    """Events have the `order_id` of their call."""

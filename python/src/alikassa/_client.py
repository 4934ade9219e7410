"""The client, and what it has in common with the client for asyncio."""

from __future__ import annotations

import sys

from alikassa._class_method import class_method
from alikassa._constructor import Constructor
from alikassa._native import Ledger, NativeClient, SigningKey, VerifyingKey, environment
from alikassa._notices import log_notices
from alikassa._resources import Api
from alikassa._webhooks import Notifications, Redirects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, TypeVar, Unpack

    from alikassa._options import ClientOptions, _VerifyingCert

    _AnyClient = TypeVar("_AnyClient", bound="BaseClient")
else:
    from alikassa._later import Any, Self, Unpack, later

    ClientOptions = later("alikassa._options", "ClientOptions")


class BaseClient(Constructor):
    """A client without its calls."""

    __slots__ = ("__weakref__", "_native", "_options")

    _options: dict[str, Any]
    _native: NativeClient

    def _configure(self, options: dict[str, Any]) -> None:
        options["notification_cert"] = _certs(options["notification_cert"])
        ledger = options["ledger"]
        if not (ledger is None or isinstance(ledger, Ledger)):
            # Its path is absolute, so it also serves a copy of this client in another folder.
            options["ledger"] = Ledger(ledger)
        self._options = options
        if options["on_event"] is not None or "logging" in sys.modules:
            from alikassa._events import hook_with_log

            options = {**options, "on_event": hook_with_log(options["on_event"])}
        self._native = NativeClient(options)
        log_notices(self._native.take_notices())

    @class_method
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Create a client from environment variables, which are read once.

        The account is `ALIKASSA_ACCOUNT`. The documentation of the other options names their
        variables. An empty variable counts as not set.

        Args:
            **options: Options of the class. They take precedence, unless they are None.

        Raises:
            ConfigurationError: There is neither `account` nor `ALIKASSA_ACCOUNT`, or both a folder and
                a key are set for the same certificate.
            AliKassaError: As for the class itself.
        """
        given = {name: value for name, value in options.items() if value is not None}
        return _build(cls, {**dict(environment(list(given))), **given})

    def for_account(self, account: str) -> Self:
        """Return a client for another account, with the options and keys of this one.

        It shares threads, connections, the ledger, cached signatures and notices with this client,
        and costs a few hundred bytes: derive one whenever you need it. Closing it, or leaving its
        `with` block, refuses its own new calls and waits for its own calls in flight; what it shares
        stays open. Closing the client that was made with options closes all that were derived from
        it. Nothing is sent.

        Args:
            account: The account's UUID, from the provider's cabinet.

        Raises:
            InvalidArgumentError: The account is invalid; `field` is ``"account"``.
        """
        derived = object.__new__(type(self))
        derived._options = self._options
        derived._native = self._native.for_account(account)
        log_notices(derived._native.take_notices())
        return derived

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, if there is one."""
        ledger: Ledger | None = self._options["ledger"]
        return ledger

    @property
    def notifications(self) -> Notifications:
        """The verification of notifications."""
        return Notifications(self, self._native)

    @property
    def redirects(self) -> Redirects:
        """The verification of redirects."""
        return Redirects(self, self._native)

    def __repr__(self) -> str:
        if not hasattr(self, "_native"):
            # A traceback that shows variables also shows the client whose constructor raised.
            return f"<{type(self).__name__} without valid options>"
        return f"{type(self).__name__}(account={self._native.account!r}, base_url={self._native.base_url!r})"

    def __reduce__(self) -> tuple[object, ...]:
        for option in (*self._options.values(), *self._options["notification_cert"]):
            if isinstance(option, (SigningKey, VerifyingKey)):
                key = type(option).__name__
                message = f"a client made from a {key} cannot be pickled or copied: make it from the key's folder"
                raise TypeError(message)
        return _build, (type(self), {**self._options, "account": self._native.account})


def _build(client: type[_AnyClient], options: dict[str, Any]) -> _AnyClient:
    return client(**options)


def _certs(certs: Any) -> tuple[_VerifyingCert, ...]:
    if certs is None:
        return ()
    return tuple(certs) if isinstance(certs, (list, tuple)) else (certs,)


class Client(BaseClient, Api):
    """A client of one account; `help(alikassa.Client.__init__)` describes its options.

    It is immutable. Threads can share it, it can be used after fork, and it can be pickled if it
    was made from folders. Create one client per process and share it: each loads keys, has its own
    threads and connections, and detects the digest with its first request.

    Every call can raise `InvalidArgumentError` before a request is sent, `ApiError` and its
    subclasses for a response other than 200, `ProtocolError` for an invalid 200 response,
    `TransportError`, `DeadlineExceededError` and `ConfigurationError` (a certificate is missing, or
    the client is closed).

    Ctrl-C ends a call on the main thread. `KeyboardInterrupt` then has two attributes: `order_id`,
    and `alikassa_outcome`, which is ``"not_sent"`` if no request was sent and ``"unknown"`` for a
    create in flight. Such a create continues in the background and updates the ledger; `close()`
    and the interpreter's exit wait for it.
    """

    __slots__ = ()

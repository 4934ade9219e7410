"""A sandbox of the provider for a merchant's tests: a local process that verifies every signature.

>>> from alikassa.testing import Sandbox
>>> with Sandbox() as sandbox:  # doctest: +SKIP
...     sandbox.client().account.balance().balance
Decimal('93.84000000')

`pip install alikassa-sandbox` installs the program. With pytest, a test that takes the fixture
``alikassa_sandbox`` gets a sandbox: the program runs once for all tests and is reset before each of
them.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack

from alikassa import AsyncClient, Client, Ledger, _sandbox_process, _sandbox_service
from alikassa._options import ClientOptions
from alikassa._sandbox_process import READY_FIELDS, SandboxError

_Status = Literal["wait", "paid", "cancel", "fail"]
_Fault = Literal[
    "close_before",
    "close_after_read",
    "close_after_act",
    "reset",
    "stall",
    "slow",
    "cut",
    "cut_at",
    "wrong_type",
    "oversize",
    "deep",
    "http_500",
    "html_502",
    "redirect",
    "http",
    "raw",
]
_Kind = Literal["payment", "payout"]
_Amount = str | int | Decimal

__all__ = ["NotificationOptions", "Sandbox", "SandboxError", "SignatureOptions", "check_ledger"]


class SignatureOptions(TypedDict, total=False):
    """How a signed message differs from the default."""

    encoding: Literal["default", "slashes", "unicode"]
    """The characters that the signed text leaves unescaped; none by default."""
    digest: Literal["sha1", "sha256"]
    """The digest of the signature; SHA-1 by default."""
    signature: Literal["good", "flipped", "other_key", "other_body", "missing", "truncated"]
    """The signature's defect; ``"good"`` by default."""


class NotificationOptions(SignatureOptions, total=False):
    """How a notification differs from the default."""

    id: str | int
    """AliKassa's id of the payment or payout, instead of `order_id` or with it."""
    kind: _Kind
    """Required if a payment and a payout have the same name."""
    transport: Literal["get", "form", "json"]
    """The delivery: in the query, as the form body of a POST, or as JSON; ``"get"`` by default."""
    fields: Literal[10, 11, 12]
    """10, without `commission_amount`; 12, with `card_brand`; 11 by default."""
    partial: Literal["received", "bool"]
    """How `is_partial_payment` is signed; as received by default."""
    delay_ms: int
    """Milliseconds before the delivery."""
    times: int
    """How often it is delivered, sequentially."""
    status: str
    """Replaces the current status."""
    desc: str
    """Replaces the `desc` of the create."""
    account: str
    """Replaces the sandbox's account."""
    card_brand: str
    """Replaces ``VISA``; only with 12 fields."""
    extra: Mapping[str, Any]
    """Additional unsigned parameters."""


class Sandbox:
    """A running sandbox with its own temporary keys, orders and balance.

    It stops at the end of the ``with`` block, or with this process. Its documentation describes the
    options, statuses and faults in detail.

    Args:
        executable: The program. By default the environment variable `ALIKASSA_SANDBOX`, then the
            installed package ``alikassa-sandbox``, then the PATH. A URL such as
            ``http://alikassa:8080`` is that of a sandbox that runs as a service.
        balance: The account's initial balance; 93.84 by default.
        digest: The digests that a signature may have.
        duplicates: The response to a second create with the same `order_id`: a refusal, the first
            response again, or another payment or payout.
        settle: The final status that payments and payouts get automatically. By default they wait
            for `settle` or a `rule`.
        settle_after_ms: Milliseconds from a create to that status; 1000 by default.
        start_timeout: Seconds until the program must accept requests.

    Raises:
        SandboxError: The program was not found, did not start, or has another version than this
            package.
    """

    url: str
    """The base URL for plain HTTP."""
    tls_url: str
    """The base URL for TLS; its certificate authority is in `ca_file`."""
    ca_file: str
    """The PEM file with the sandbox's certificate authority."""
    account: str
    """The only account that the sandbox has."""
    payment_cert: str
    """The folder of the certificate for payments."""
    payout_cert: str
    """The folder of the certificate for payouts."""
    notification_cert: str
    """The folder of the merchant's part of the certificate for notifications."""
    notification_private_cert: str
    """The folder of the provider's part of that certificate."""

    def __init__(
        self,
        executable: str | os.PathLike[str] | None = None,
        *,
        balance: _Amount | None = None,
        digest: Literal["any", "sha1", "sha256"] | None = None,
        duplicates: Literal["refuse", "replay", "allow"] | None = None,
        settle: Literal["never", "paid", "cancel", "fail"] = "never",
        settle_after_ms: int | None = None,
        start_timeout: float = 30.0,
    ) -> None:
        named = executable or os.environ.get("ALIKASSA_SANDBOX")
        self._clients: list[Client | AsyncClient] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        options = _given(
            balance=_text(balance),
            digest=digest,
            duplicates=duplicates,
            settle=settle,
            settle_after_ms=settle_after_ms,
        )
        if isinstance(named, str) and named.startswith("http://"):
            self._folder, ready = _sandbox_service.connect(named, options, start_timeout)
        else:
            command = [_sandbox_process.find(executable), "--json", "--until-eof"]
            command += [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
            self._process, ready = _sandbox_process.start(command, start_timeout)
        for name in READY_FIELDS:
            setattr(self, name, ready[name])

    @property
    def options(self) -> dict[str, Any]:
        """The options of a client that uses the sandbox over TLS."""
        names = ("account", "payment_cert", "payout_cert", "notification_cert", "ca_file")
        return {name: getattr(self, name) for name in names} | {"base_url": self.tls_url}

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program whose `from_env` client uses the sandbox over TLS."""
        return {f"ALIKASSA_{name.upper()}": value for name, value in self.options.items()}

    def client(self, **options: Unpack[ClientOptions]) -> Client:
        """Create a client that uses the sandbox over TLS; it is closed with the sandbox.

        Args:
            **options: Options of `Client`, which replace the sandbox's or are added to them.
        """
        client = Client(**{**self.options, **_given(**options)})
        self._clients.append(client)
        return client

    def async_client(self, **options: Unpack[ClientOptions]) -> AsyncClient:
        """Create a client for asyncio, as `client` does."""
        client = AsyncClient(**{**self.options, **_given(**options)})
        self._clients.append(client)
        return client

    def fault(
        self,
        fault: _Fault,
        *,
        path: str | None = None,
        order_id: str | None = None,
        times: int | None = None,
        n: int | None = None,
        act: bool | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        """Inject a fault into the next matching request; faults apply in the order they were added.

        Args:
            fault: The fault, such as ``"close_after_act"``: the request is processed, and its
                response is lost.
            path: Only requests to this path, such as ``v1/payout``.
            order_id: Only requests with this `order_id` or id.
            times: How often the fault applies; once by default, -1 for no limit.
            n: The fault's number, such as the milliseconds of a ``"stall"``.
            act: Whether the request is processed, instead of the fault's default.
            status: The HTTP status of the response, for the fault ``"http"``.
            headers: The headers of that response.
            body: The body of that response: a string as it is, anything else as JSON. For the fault
                ``"raw"``, bytes in base64.
        """
        more = _given(times=times, n=n, act=act, status=status, headers=headers, body=body)
        self._control("POST", "faults", {"match": _given(path=path, order_id=order_id), "fault": fault, **more})

    def settle(
        self,
        order_id: str,
        status: _Status,
        *,
        kind: _Kind | None = None,
        payment_amount: _Amount | None = None,
        hold_amount: _Amount | None = None,
    ) -> None:
        """Set the status of a payment or payout, regardless of the rules.

        Args:
            order_id: The merchant's id of the order.
            status: The status; all but ``"wait"`` are final.
            kind: Required if a payment and a payout have that `order_id`.
            payment_amount: The amount paid, if different from the requested amount.
            hold_amount: The part of a payment that is put on hold.
        """
        more = _given(kind=kind, payment_amount=_text(payment_amount), hold_amount=_text(hold_amount))
        self._control("POST", "settle", {"order_id": order_id, "status": status, **more})

    def rule(
        self,
        status: _Status,
        *,
        path: str | None = None,
        order_id: str | None = None,
        after_ms: int | None = None,
        after_reads: int | None = None,
    ) -> None:
        """Set the status that later creates get automatically; the first matching rule applies.

        Args:
            status: The status; ``"wait"`` makes an exception to later rules.
            path: Only creates with this path, such as ``v1/payout``.
            order_id: Only creates with this `order_id`.
            after_ms: Milliseconds from the create to the status; 0 by default.
            after_reads: The number of the status request that first returns it, instead of a time.
        """
        when = _given(after_ms=after_ms, after_reads=after_reads)
        self._control("POST", "rules", {"match": _given(path=path, order_id=order_id), "status": status, **when})

    def balance(self, balance: _Amount) -> None:
        """Set the account's balance; pending and held amounts do not change."""
        self._control("POST", "balance", {"balance": _text(balance)})

    def notify(self, url: str, order_id: str | None = None, **options: Unpack[NotificationOptions]) -> int:
        """Deliver a notification about a payment or payout in the background.

        Args:
            url: A local http URL.
            order_id: The merchant's id of the order.
            **options: How the notification differs from the default.

        Returns:
            The notification's id in `notifications`.
        """
        id_: int = self._control("POST", "notify", {"url": url, **_given(order_id=order_id), **options})["id"]
        return id_

    def forge(self, order_id: str | None = None, **options: Unpack[NotificationOptions]) -> dict[str, str]:
        """Create a notification without delivering it, for tests without a server.

        Its signature is valid by default.

        Args:
            order_id: The merchant's id of the order.
            **options: How the notification differs from the default.

        Returns:
            ``query``, ``form`` and ``json``, the notification in each encoding, and
            ``signed_text``.
        """
        forged: dict[str, str] = self._control("POST", "notify", {**_given(order_id=order_id), **options})
        return forged

    def redirect(self, order_id: str, **options: Unpack[SignatureOptions]) -> dict[str, Any]:
        """Create the redirect of a payer's browser, without a browser.

        Args:
            order_id: The merchant's id of the payment.
            **options: How the redirect differs from the default.

        Returns:
            ``form``, the body that a browser posts; its ``order_id``, ``uuid`` and ``sign``, which
            is None if it is missing; and ``signed_text``.
        """
        redirect: dict[str, Any] = self._control("POST", "redirect", {"order_id": order_id, **options})
        return redirect

    def notifications(self) -> list[dict[str, Any]]:
        """Return the notifications, each with its delivery attempts."""
        notifications: list[dict[str, Any]] = self._control("GET", "notifications")
        return notifications

    def log(self) -> list[dict[str, Any]]:
        """Return the requests received so far; a body is in base64."""
        log: list[dict[str, Any]] = self._control("GET", "log")
        return log

    def state(self) -> dict[str, Any]:
        """Return the state: ``payments``, ``payouts``, ``balance`` and the settings."""
        state: dict[str, Any] = self._control("GET", "state")
        return state

    def reset(self) -> None:
        """Restore the initial state; clients stay open."""
        self._control("POST", "reset")

    def close(self) -> None:
        """Stop the sandbox and close its clients; it is idempotent."""
        # The sandbox first: its clients would wait for responses that it withholds.
        if self._process is not None:
            _sandbox_process.stop(self._process)
        self._close_clients()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _close_clients(self) -> None:
        while self._clients:
            # `AsyncClient.close` needs an event loop; this does not.
            self._clients.pop()._native.close()

    def _control(self, method: str, route: str, body: Mapping[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=_CONTROL_TIMEOUT)
        with contextlib.closing(connection):
            try:
                connection.request(method, f"/_sandbox/{route}", None if body is None else json.dumps(body))
                response = connection.getresponse()
                content = json.load(response)
            except OSError as error:
                message = f"the sandbox does not respond: {error}"
                raise SandboxError(message) from error
        if response.status != http.client.OK:
            raise SandboxError(content["message"])
        return content


_CONTROL_TIMEOUT = 5.0
"""Seconds for a control request, which takes milliseconds."""


def check_ledger(location: str | os.PathLike[str]) -> list[str]:
    """Check that creates can be recorded in a ledger, for example before a program is deployed.

    Args:
        location: The file, or the URL of a database.

    Returns:
        What the operator should know.

    Raises:
        ConfigurationError: The URL cannot be used.
        LedgerError: Creates cannot be recorded; the message says why.
    """
    return Ledger(location).check()


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(amount: _Amount | None) -> str | None:
    return amount if amount is None or isinstance(amount, str) else format(Decimal(amount), "f")

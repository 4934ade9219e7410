"""The provider's stand-in, for a merchant's own tests: a process on this machine that checks every signature.

>>> from alikassa.testing import Sandbox
>>> with Sandbox() as sandbox:  # doctest: +SKIP
...     sandbox.client().account.balance().balance
Decimal('93.84000000')

`pip install ./tests/sandbox` in the library's source tree brings the program. With pytest, a test that takes
``alikassa_sandbox`` gets one: the program runs once for all tests, and each finds it as it is at the start.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, cast

from alikassa import AsyncClient, Client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import IO, Any, Literal, Self, Unpack

    from alikassa._options import ClientOptions

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

__all__ = ["NotificationOptions", "Sandbox", "SandboxError", "SignatureOptions"]


class SignatureOptions(TypedDict, total=False):
    """How what is signed for the merchant differs from the usual."""

    encoding: Literal["default", "slashes", "unicode"]
    """What the signed text leaves unescaped; nothing unless given."""
    digest: Literal["sha1", "sha256"]
    """The digest of the signature; SHA-1 unless given."""
    signature: Literal["good", "flipped", "other_key", "other_body", "missing", "truncated"]
    """What is wrong with the signature; nothing unless given."""


class NotificationOptions(SignatureOptions, total=False):
    """How a notification differs from the usual one."""

    id: str | int
    """AliKassa's id of the payment or payout, in place of `order_id` or beside it."""
    kind: _Kind
    """Needed when a payment and a payout have that name."""
    transport: Literal["get", "form", "json"]
    """How it is delivered: in the query, as the body of a POST, or as JSON; ``"get"`` unless given."""
    fields: Literal[10, 11, 12]
    """10, without `commission_amount`; 12, with `card_brand`; 11 unless given."""
    partial: Literal["received", "bool"]
    """How `is_partial_payment` is signed; as received unless given."""
    delay_ms: int
    """Milliseconds before it is delivered."""
    times: int
    """How often it is delivered, one after another."""
    status: str
    """In place of the present status."""
    desc: str
    """In place of the `desc` of the create."""
    account: str
    """In place of the own account."""
    card_brand: str
    """In place of ``VISA``; only with 12 fields."""
    extra: Mapping[str, Any]
    """Parameters that are not signed."""


class SandboxError(Exception):
    """The sandbox was not found, did not start, or refused what it was asked for."""


class Sandbox:
    """A running sandbox, with throw-away keys and books of its own; it ends with the block, and with this process.

    Amounts, statuses and options are in the sandbox's own words; its documentation says more about each.

    Args:
        executable: The program; else the one that the variable `ALIKASSA_SANDBOX` names, that of the installed package
            ``alikassa-sandbox``, or the one on the PATH.
        balance: The account's balance at the start; 93.84 unless given.
        digest: The digests that a signature may have.
        duplicates: What a second create with the same `order_id` gets: a refusal, the first one's answer, or another
            payment or payout.
        settle: How payments and payouts end by themselves; unless given they wait for `settle` or a `rule`.
        settle_after_ms: Milliseconds from a create to that end; 1000 unless given.
        start_timeout: Seconds until it must serve.

    Raises:
        SandboxError: It was not found, or did not start.
    """

    url: str
    """The base URL over plain HTTP."""
    tls_url: str
    """The base URL over TLS; the authority is in `ca_file`."""
    ca_file: str
    """The PEM file with the sandbox's certificate authority."""
    account: str
    """The one account it knows."""
    payment_cert: str
    """The folder of the certificate for payments."""
    payout_cert: str
    """The folder of the certificate for payouts."""
    notification_cert: str
    """The folder of the certificate for notifications, as a merchant has it."""
    notification_private_cert: str
    """The folder of the provider's half of that certificate."""

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
        options = _given(
            balance=_text(balance),
            digest=digest,
            duplicates=duplicates,
            settle=settle,
            settle_after_ms=settle_after_ms,
        )
        command = [_found(executable), "--json", "--until-eof"]
        command += [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self._clients: list[Client | AsyncClient] = []
        self._process, start = _started(command, start_timeout)
        for name in _START:
            setattr(self, name, start[name])

    @property
    def options(self) -> dict[str, Any]:
        """The options of a client that talks to it over TLS."""
        names = ("account", "payment_cert", "payout_cert", "notification_cert", "ca_file")
        return {name: getattr(self, name) for name in names} | {"base_url": self.tls_url}

    @property
    def env(self) -> dict[str, str]:
        """The environment of a program whose client, made by `from_env`, talks to it over TLS."""
        return {f"ALIKASSA_{name.upper()}": value for name, value in self.options.items()}

    def client(self, **options: Unpack[ClientOptions]) -> Client:
        """Make a client that talks to it over TLS; it is closed with the sandbox.

        Args:
            **options: Options of `Client` in place of the sandbox's or beside them.
        """
        client = Client(**{**self.options, **_given(**options)})
        self._clients.append(client)
        return client

    def async_client(self, **options: Unpack[ClientOptions]) -> AsyncClient:
        """Make a client for asyncio; as `client`."""
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
        """Let the next request that matches meet a fault; one added earlier strikes first.

        Args:
            fault: What goes wrong, such as ``"close_after_act"``: the request is carried out, and its answer lost.
            path: Only requests to this path, such as ``v1/payout``.
            order_id: Only requests that name this `order_id` or id.
            times: How often it strikes, -1 for ever; once unless given.
            n: The number the fault needs, such as the milliseconds of a ``"stall"``.
            act: Whether the request is carried out, in place of what the fault does.
            status: The HTTP status of the answer, for the fault ``"http"``.
            headers: The headers of that answer.
            body: The body of that answer: a text as it is, else as JSON. For the fault ``"raw"``, bytes in base64.
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
        """End a payment or payout, or keep it waiting whatever the rules say.

        Args:
            order_id: The merchant's id of the order.
            status: How it ends; ``"wait"`` keeps it waiting.
            kind: Needed when a payment and a payout have that `order_id`.
            payment_amount: What was really paid, where it is not the amount asked for.
            hold_amount: How much of what a payment brings goes to the hold.
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
        """Let what is created from now on end by itself; the first rule that matches counts.

        Args:
            status: How it ends; ``"wait"`` makes an exception to later rules.
            path: Only what is created by this path, such as ``v1/payout``.
            order_id: Only what has this `order_id`.
            after_ms: Milliseconds from the create to the end; 0 unless given.
            after_reads: The number of the status request that first says so, in place of a time.
        """
        when = _given(after_ms=after_ms, after_reads=after_reads)
        self._control("POST", "rules", {"match": _given(path=path, order_id=order_id), "status": status, **when})

    def balance(self, balance: _Amount) -> None:
        """Set the account's balance; what is pending or on hold stays as it is."""
        self._control("POST", "balance", {"balance": _text(balance)})

    def notify(self, url: str, order_id: str | None = None, **options: Unpack[NotificationOptions]) -> int:
        """Have a notification delivered, in the background, about a payment or payout as it now stands.

        Args:
            url: An http URL on this machine.
            order_id: The merchant's id of the order.
            **options: How it differs from the usual one.

        Returns:
            The number under which `notifications` lists it.
        """
        id_: int = self._control("POST", "notify", {"url": url, **_given(order_id=order_id), **options})["id"]
        return id_

    def forge(self, order_id: str | None = None, **options: Unpack[NotificationOptions]) -> dict[str, str]:
        """Make a notification without delivering it, for tests without a server. It is signed well unless asked.

        Args:
            order_id: The merchant's id of the order.
            **options: How it differs from the usual one.

        Returns:
            ``query``, ``form`` and ``json``, the notification in each form, and ``signed_text``.
        """
        forged: dict[str, str] = self._control("POST", "notify", {**_given(order_id=order_id), **options})
        return forged

    def redirect(self, order_id: str, **options: Unpack[SignatureOptions]) -> dict[str, Any]:
        """Make what a payer's browser brings back, without a browser.

        Args:
            order_id: The merchant's id of the payment.
            **options: How it differs from the usual one.

        Returns:
            ``form``, the body that a browser posts, its ``order_id``, ``uuid`` and ``sign``, None when that is to be
            missing, and ``signed_text``.
        """
        redirect: dict[str, Any] = self._control("POST", "redirect", {"order_id": order_id, **options})
        return redirect

    def notifications(self) -> list[dict[str, Any]]:
        """Give the notifications that were to be delivered, each with its attempts."""
        notifications: list[dict[str, Any]] = self._control("GET", "notifications")
        return notifications

    def log(self) -> list[dict[str, Any]]:
        """Give the requests seen; a body is in base64."""
        log: list[dict[str, Any]] = self._control("GET", "log")
        return log

    def state(self) -> dict[str, Any]:
        """Give the books: ``payments``, ``payouts``, ``balance``, and the settings."""
        state: dict[str, Any] = self._control("GET", "state")
        return state

    def reset(self) -> None:
        """Put everything back to how it was at the start; clients stay open."""
        self._control("POST", "reset")

    def close(self) -> None:
        """End the sandbox and its clients; doing so again does no harm."""
        # First the sandbox: its clients would wait for answers that it holds back.
        _end(self._process)
        self._close_clients()

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
            # Closing an `AsyncClient` is awaited only to spare the event loop; this needs none.
            self._clients.pop()._native.close()

    def _control(self, method: str, route: str, body: Mapping[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=_PATIENCE)
        with contextlib.closing(connection):
            try:
                connection.request(method, f"/_sandbox/{route}", None if body is None else json.dumps(body))
                answer = connection.getresponse()
                said = json.load(answer)
            except OSError as error:
                message = f"the sandbox does not answer: {error}"
                raise SandboxError(message) from error
        if answer.status != http.client.OK:
            raise SandboxError(said["message"])
        return said


_START = (
    "url",
    "tls_url",
    "ca_file",
    "account",
    "payment_cert",
    "payout_cert",
    "notification_cert",
    "notification_private_cert",
)
"""What the program says when it serves."""

_PATIENCE = 5.0
"""Seconds for what takes milliseconds."""

_MOST_SAID = 65536
_MOST_SHOWN = 1000


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(amount: _Amount | None) -> str | None:
    return amount if amount is None or isinstance(amount, str) else format(Decimal(amount), "f")


def _found(executable: str | os.PathLike[str] | None) -> str:
    named = executable or os.environ.get("ALIKASSA_SANDBOX")
    found = named or _installed() or shutil.which("alikassa-sandbox")
    if found is None:
        way = "`pip install ./tests/sandbox` in the source tree, or name it in ALIKASSA_SANDBOX"
        message = f"there is no alikassa-sandbox: {way}"
        raise SandboxError(message)
    return os.fspath(found)


def _installed() -> str | None:
    """Find the program of the installed package, whose folder need not be on the PATH."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("alikassa-sandbox") or ():
            if file.stem == "alikassa-sandbox":
                return str(file.locate())
    return None


def _started(command: list[str], limit: float) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    with tempfile.TemporaryFile() as errors:
        process = _run(command, errors)
        line = _first_line(process, limit)
        start = _read(line)
        if start is not None:
            return process, start
        reason = _reason(process, line, limit)
        _end(process)
        errors.seek(0)
        said = errors.read(_MOST_SHOWN).decode(errors="replace").strip()
    message = f"{command[0]} did not start: {reason}{': ' if said else ''}{said}"
    raise SandboxError(message)


def _run(command: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        # Its input ends with this process. A session of its own: Ctrl-C is for the tests, whose clean-up may need it.
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    except OSError as error:
        message = f"{command[0]} cannot be run: {error.strerror}"
        raise SandboxError(message) from error


def _first_line(process: subprocess.Popen[bytes], limit: float) -> bytes | None:
    """Give what it says first, nothing if it ends or closes its output, or None if it stays silent."""
    lines = queue.SimpleQueue[bytes]()

    def read() -> None:
        with cast("IO[bytes]", process.stdout) as output:
            lines.put(output.readline(_MOST_SAID))

    # A thread: no other reading with a limit works on every platform.
    threading.Thread(target=read, daemon=True).start()
    with contextlib.suppress(queue.Empty):
        return lines.get(timeout=limit)
    return None


def _read(line: bytes | None) -> dict[str, str] | None:
    try:
        start = json.loads(line or b"")
        return {name: str(start[name]) for name in _START}
    except (LookupError, TypeError, ValueError):
        return None


def _reason(process: subprocess.Popen[bytes], line: bytes | None, limit: float) -> str:
    if line is None:
        return f"it was silent for {limit:g} s"
    if line:
        return f"it said {line[:_MOST_SHOWN]!r}"
    with contextlib.suppress(subprocess.TimeoutExpired):
        return f"it ended with status {process.wait(_PATIENCE)}"
    return "it closed its output"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast("IO[bytes]", process.stdin).close()

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextvars import Context
from os import PathLike
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer

from alikassa._records import ClientEvent, LedgerEvent, LedgerRow, Notification, Payment, Payout
from alikassa._results import Reconciled, StatusResult
from alikassa._words import LedgerState, Phase

__all__ = [
    "HistoryPages",
    "Ledger",
    "LedgerEvents",
    "LedgerRows",
    "NativeClient",
    "Pending",
    "ReconcileStream",
    "SignatureRequest",
    "SigningKey",
    "StatusStream",
    "Support",
    "SupportAttempt",
    "VerifyingKey",
    "Waker",
    "WakerSet",
    "__version__",
    "canonical_json",
    "environment",
    "next_events",
    "parse_response",
    "report_unraisable",
]

_Reply = TypeVar("_Reply")
_Status = TypeVar("_Status", Payment, Payout)
_NeedInput: TypeAlias = tuple[Literal["need_input"], None]
_Ready: TypeAlias = tuple[Literal["ready"], StatusResult[_Status]]
_Pending: TypeAlias = tuple[Literal["pending"], float | None]
_Done: TypeAlias = tuple[Literal["done"], None]

__version__: Final[str]

def canonical_json(data: Mapping[str, Any], /) -> bytes:
    """Return the canonical bytes of a request's body, which are signed and sent.

    Args:
        data: A mapping with string keys. Accepted values: None (JSON's null), str, bool, int of 64
            bits, `decimal.Decimal` (written as a string), list, tuple and mappings. Every other
            type is refused, float among them.

    Raises:
        InvalidArgumentError: A value is invalid in a body; `field` is its path, `reason` says why.

    Source: PHP's `json_encode`, which the provider's samples sign with.
    """

def report_unraisable(raised: BaseException, source: object = None, /) -> None: ...
def parse_response(body: bytes, /) -> Any: ...
def next_events() -> list[tuple[Callable[[ClientEvent], object], Context, ClientEvent]]: ...
def environment(given: list[str], /) -> list[tuple[str, str | SigningKey | VerifyingKey]]: ...

@final
class SigningKey:
    """A merchant's private key, from `load`, `from_pem` or `external`. Threads can share it."""

    @staticmethod
    def load(path: str | PathLike[str]) -> SigningKey:
        """Load ``private.pem`` with ``password.txt`` from the folder of AliKassa's archive.

        Args:
            path: The folder, as str or `os.PathLike`.

        Raises:
            KeyLoadError: The key cannot be loaded; `reason` says why.
        """
    @staticmethod
    def from_pem(pem: Buffer | str, password: Buffer | str | None = None) -> SigningKey:
        """Load a key in PEM format.

        Args:
            pem: The file's content, as bytes or str.
            password: The password of an encrypted key, as bytes or str. The bytes of a
                ``password.txt`` work too: if they are not the password, they are tried without a
                byte-order mark and one line end.

        Raises:
            KeyLoadError: The key cannot be loaded; `reason` says why.
            InvalidArgumentError: `pem` or `password` is neither bytes nor str.
        """
    @staticmethod
    def external(
        public_key: VerifyingKey | str | PathLike[str],
        sign: Callable[[bytes, Literal["sha1", "sha256"]], Buffer],
    ) -> SigningKey:
        """Make a key whose private part is in an HSM, a KMS or Vault.

        Args:
            public_key: The public key of the certificate, as `VerifyingKey`, or the folder with its
                ``public.pem``. Each signature is verified with it before it is used.
            sign: A function of `message`, the bytes to sign, and `digest`, ``"sha1"`` or
                ``"sha256"``. It returns the bytes of the RSASSA-PKCS1-v1_5 signature, without base64.
                It runs on a thread of its own, never on that of an event loop, and up to 64 times at
                the same time. A call waits for it up to its `timeout` and `deadline`.

        Raises:
            KeyLoadError: The public key cannot be loaded; `reason` says why.
            InvalidArgumentError: An argument has the wrong type.
        """
    def sign(self, data: Buffer, digest: Literal["sha1", "sha256"] = "sha1") -> str:
        """Return the signature of `data` for the header `Sign`: RSASSA-PKCS1-v1_5, in base64.

        Args:
            data: The bytes to sign.
            digest: ``"sha1"`` or ``"sha256"``.

        Raises:
            InvalidArgumentError: The digest is unknown, or an argument has the wrong type.
            SigningError: The function of an external key made no valid signature within 30 seconds.
        """
    @property
    def bits(self) -> int:
        """The size of the key in bits."""

@final
class SignatureRequest:
    def arguments(self) -> tuple[bytes, Literal["sha1", "sha256"]]: ...
    def finish(self, signature: object, /) -> None: ...
    def fail(self, raised: BaseException, /) -> None: ...

@final
class Support:
    """What was sent and received, for the provider's support.

    It contains no key and no card number: numbers in the response are masked. The response can
    contain other personal data, so neither the repr nor a pickle of an error or a reply has its
    record. It cannot be pickled.
    """

    @property
    def time_ms(self) -> int:
        """When the first attempt started, in milliseconds since 1970."""
    @property
    def path(self) -> str:
        """The path of the request, such as ``"v1/payout"``."""
    @property
    def body_sha256(self) -> str | None:
        """The SHA-256 of the request's body in hexadecimal digits.

        None if the body contains a card number or the number of a recipient: whoever tries all
        numbers would find it by its hash.
        """
    @property
    def sign(self) -> str:
        """The first 12 characters of the header `Sign` of the last attempt."""
    @property
    def http_status(self) -> int | None:
        """The HTTP status of the last attempt; None without a response."""
    @property
    def response(self) -> str | None:
        """The response to the last attempt, masked, in one line and at most 2000 characters."""
    @property
    def attempts(self) -> tuple[SupportAttempt, ...]:
        """The attempts: the first one, and the last 19."""
    def to_text(self) -> str:
        """Return the record as English text of several lines, for the chat of the provider's support.

        Its time is UTC.
        """

@final
class SupportAttempt:
    """One attempt to send a request."""

    @property
    def time_ms(self) -> int:
        """When it started, in milliseconds since 1970."""
    @property
    def duration_ms(self) -> int:
        """How long it took, in milliseconds."""
    @property
    def http_status(self) -> int | None:
        """The HTTP status of the response; None without one."""
    @property
    def code(self) -> str | None:
        """The code of the error if there is no response, such as ``"transport"``."""
    @property
    def phase(self) -> Phase | None:
        """How far the request got before the network failed."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class VerifyingKey:
    """A public key that verifies signatures, from `load` or `from_pem`. Threads can share it."""

    @staticmethod
    def load(path: str | PathLike[str]) -> VerifyingKey:
        """Load ``public.pem`` from the folder that AliKassa's archive unpacks to.

        Args:
            path: The folder, as str or `os.PathLike`.

        Raises:
            KeyLoadError: The key cannot be loaded; `reason` says why.
        """
    @staticmethod
    def from_pem(pem: Buffer | str) -> VerifyingKey:
        """Load a public key, or the public key of a certificate, in PEM format.

        Args:
            pem: The file's content, as bytes or str.

        Raises:
            KeyLoadError: The key cannot be loaded; `reason` says why.
            InvalidArgumentError: `pem` is neither bytes nor str.
        """
    def verify(
        self, data: Buffer, signature: str, digest: Literal["auto", "sha1", "sha256"] = "auto"
    ) -> Literal["sha1", "sha256"]:
        """Verify a signature of `data` and return the digest that matched.

        Args:
            data: The bytes that were signed.
            signature: The signature in base64.
            digest: ``"sha1"``, ``"sha256"``, or ``"auto"`` for either.

        Raises:
            SignatureMismatchError: The signature does not match, or is not valid base64.
            InvalidArgumentError: The digest is unknown, or an argument has the wrong type.
        """

@final
class StatusStream(Generic[_Status]):
    def step(self) -> _NeedInput | _Ready[_Status] | _Pending | _Done: ...
    def wait(self) -> _NeedInput | _Ready[_Status] | _Done: ...
    def request(self, order: object, /) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...

@final
class ReconcileStream:
    def step(self) -> tuple[Literal["ready"], Reconciled] | _Pending | _Done: ...
    def wait(self) -> tuple[Literal["ready"], Reconciled] | _Done: ...
    def close(self) -> None: ...

@final
class HistoryPages:
    def __new__(cls, fields: Mapping[str, Any], /) -> HistoryPages: ...
    @property
    def more(self) -> bool: ...

@final
class LedgerRows:
    def __iter__(self) -> LedgerRows: ...
    def __next__(self) -> LedgerRow: ...

@final
class LedgerEvents:
    def __iter__(self) -> LedgerEvents: ...
    def __next__(self) -> LedgerEvent: ...

@final
class Ledger:
    """A record of the creates of one or more accounts, in a SQLite file or a PostgreSQL database.

    Threads and processes can share it. It can be used after fork and can be pickled, unless its URL
    has a password. Many machines can share a database.

    A client with a ledger writes each create to it before sending it. It refuses a create whose
    order is in flight, unknown or already accepted. Do not put the file on a network file system:
    its locks are unreliable.

    Args:
        location: The file, as str or `os.PathLike`; it is created on first use. Or the URL of a
            database, ``postgresql://user@host/database?schema=alikassa``, which must have the
            tables of `schema_sql`.

    Raises:
        InvalidArgumentError: The path is empty or not UTF-8, or has the wrong type.
        ConfigurationError: The URL cannot be used.
    """

    def __new__(cls, location: str | PathLike[str]) -> Ledger: ...
    @staticmethod
    def schema_sql(schema: str = "alikassa") -> str:
        """Return the SQL that makes the tables of a ledger in a PostgreSQL database. The library never
        runs it.

        Args:
            schema: The name of the schema, which needs no quotes.

        Raises:
            InvalidArgumentError: The name needs quotes.
        """
    @property
    def location(self) -> str:
        """Where the ledger is: the file, as an absolute path, or the database and schema as a URL
        without user and password.
        """
    def open(self) -> Iterator[LedgerRow]:
        """Return an iterator of the open rows, oldest first.

        A row is open while it is ``sending``, ``unknown``, or ``accepted`` with a status that is
        not final. A ``sending`` row belongs to a call in flight, or to one whose process ended.

        The rows are read page by page, so that memory does not grow with their number. Threads can
        share the iterator. ``list(ledger.open())`` reads all rows at once.

        Raises:
            LedgerError: The ledger cannot be read; the iterator raises it.
        """
    def get(self, operation: str, order_id: str, account: str | None = None) -> LedgerRow | None:
        """Return the row of an order, open or not; None if the ledger does not have it.

        Args:
            operation: The row's operation, such as ``"payouts.create"``.
            order_id: The merchant's id of the order.
            account: The account's UUID, if several accounts have the order in this ledger.

        Raises:
            InvalidArgumentError: Several accounts have the order.
            LedgerError: The file cannot be read.
        """
    def rows(
        self, *, state: LedgerState | None = None, since: int | None = None, account: str | None = None
    ) -> Iterator[LedgerRow]:
        """Return an iterator of the rows, open or not, the one that changed first first.

        Each argument selects rows; without one, all rows are returned. The rows are read page by
        page, as those of `open`. A row that changes during the iteration can come twice.

        Args:
            state: Only rows in this state.
            since: Only rows that changed at this time or later: an int, in milliseconds since 1970,
                like `LedgerRow.updated_ms`.
            account: Only rows of this account, by its UUID.

        Raises:
            InvalidArgumentError: There is no such state, or an argument has the wrong type.
            LedgerError: The ledger cannot be read; the iterator raises it.
        """
    def events(
        self,
        *,
        operation: str | None = None,
        order_id: str | None = None,
        account: str | None = None,
        since: int | None = None,
    ) -> Iterator[LedgerEvent]:
        """Return an iterator of the events, oldest first: every change of a row.

        Events are only added, never changed. Each argument selects events; without one, all events
        are returned. They are read page by page, as the rows of `open`.

        Args:
            operation: Only events of rows of this operation, such as ``"payouts.create"``.
            order_id: Only events of this order.
            account: Only events of this account, by its UUID.
            since: Only events at this time or later: an int, in milliseconds since 1970, like
                `LedgerEvent.time_ms`.

        Raises:
            InvalidArgumentError: An argument has the wrong type.
            LedgerError: The ledger cannot be read; the iterator raises it.
        """
    def release(self, operation: str, order_id: str, reason: str, account: str | None = None) -> None:
        """Record your own decision that a create may be sent again. It can pay an order twice.

        Do so only after the provider's support confirmed that the order does not exist: nothing
        else prevents a second payment or payout afterwards.

        Args:
            operation: The row's operation, such as ``"payouts.create"``.
            order_id: The merchant's id of the order.
            reason: Why it may be sent again; it is stored in the row.
            account: The account's UUID, if several accounts have the order in this ledger.

        Raises:
            InvalidArgumentError: The row does not exist, several accounts have one, or `reason` is
                empty.
            LedgerError: The file cannot be written.
        """
    def check(self) -> list[str]:
        """Check that creates can be recorded, and return what the operator should know.

        Raises:
            LedgerError: They cannot be; the message says why.
        """
    def import_from(self, path: str | PathLike[str]) -> int:
        """Move the ledger in a file into this one, and return how many rows were added or changed.

        From then on the file refuses creates, also those of processes that have it open. Calls in
        flight still record their end in the file: import again when they have ended.

        Args:
            path: The file, as str or `os.PathLike`.

        Raises:
            InvalidArgumentError: There is no such file.
            LedgerError: It is no ledger, it moved to another one before, or this ledger cannot be
                written.
        """
    def backup(self, path: str | PathLike[str]) -> None:
        """Copy the ledger in a file into a new file, while it is in use.

        A copy made by other means can lack the newest rows, because a ledger is three files.

        The copy is marked: a client with the copy as its ledger reads and reconciles, but refuses
        creates until `resume`, because the copy does not know the orders that were sent after it
        was made.

        Args:
            path: The new file, as str or `os.PathLike`.

        Raises:
            InvalidArgumentError: The file exists, or cannot be created.
            LedgerError: The ledger cannot be copied.
        """
    def resume(self, reason: str) -> None:
        """Record your own decision that a restored copy may send creates again.

        Do so only once you know the orders that were sent since the copy was made: an order that
        the copy does not have can be sent twice. A ledger that is not a copy is unchanged.

        Args:
            reason: Why creates may be sent again; it is stored in the ledger.

        Raises:
            InvalidArgumentError: `reason` is empty.
            LedgerError: The file cannot be written.
        """
    def note(self, event: Notification, /) -> Literal["new", "seen", "stale", "other"]:
        """Record a verified notification durably, and return whether it is new.

        If it is new, the order's row becomes ``accepted`` with the new status. That requires that
        the amounts are equal, that the row's status is not final, and that the row has the same
        `id` or none.

        Args:
            event: The `Notification` from ``notifications.verify``, or a copy of it.

        Returns:
            ``"new"``; ``"seen"``: the same notification was recorded before; ``"stale"``: a final
            status, which never changes, was recorded before; ``"other"``: it is about another `id`
            than the row of its order, or may be. Then nothing is recorded: store the notification
            yourself, because somebody must look at both. Do not credit because of ``"new"``: the
            process can die afterwards. Request the status, credit once with a table of your own,
            and reply to the provider with 200 once that is stored.

        Raises:
            InvalidArgumentError: `event` is not a `Notification`.
            LedgerError: The file cannot be written; do not reply to the provider with 200.
        """
    def __reduce__(self) -> tuple[type[Ledger], tuple[str]]: ...

@final
class NativeClient:
    def __new__(cls, options: dict[str, Any], /) -> NativeClient: ...
    def for_account(self, account: str, /) -> NativeClient: ...
    @property
    def has_functions(self) -> bool: ...
    def number_to_allow(
        self, operation: str, arguments: Mapping[str, Any], /
    ) -> tuple[Callable[[str], object], str] | None: ...
    @staticmethod
    def decide(number: str, is_allowed: bool, failure: str | None, /) -> None: ...
    def run(
        self,
        reply: type[_Reply],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
        /,
    ) -> _Reply: ...
    def start(
        self,
        reply: type[_Reply],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
        waker: Waker | None = None,
        /,
    ) -> Pending[_Reply]: ...
    @overload
    def start_statuses(
        self,
        reply: type[_Status],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
        waker: None = None,
        /,
    ) -> tuple[StatusStream[_Status], Iterator[object]]: ...
    @overload
    def start_statuses(
        self,
        reply: type[_Status],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
        waker: Waker,
        /,
    ) -> tuple[StatusStream[_Status], Iterator[object] | AsyncIterator[object]]: ...
    def start_reconcile(
        self,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
        waker: Waker | None = None,
        /,
    ) -> ReconcileStream: ...
    def verify(self, reply: type[_Reply], operation: str, arguments: Mapping[str, Any], /) -> _Reply: ...
    def take_notices(self) -> list[str]: ...
    def close(self) -> None: ...
    def start_close(self, waker: Waker, /) -> None: ...
    @property
    def account(self) -> str: ...
    @property
    def base_url(self) -> str: ...

@final
class Pending(Generic[_Reply]):
    def receive(self) -> tuple[bool, _Reply] | None: ...
    def wait(self) -> tuple[bool, _Reply]: ...
    def stop(self) -> None: ...
    def cancel(self, raised: BaseException, /) -> None: ...

@final
class Waker:
    def __new__(cls) -> Waker: ...
    def wake(self) -> None: ...

@final
class WakerSet:
    def __new__(cls, callback: Callable[[], None] | None = None, /) -> WakerSet: ...
    def fileno(self) -> int: ...
    def register(self, waker: Waker, /) -> int: ...
    def pending(self, limit: int, /) -> list[int]: ...
    def ack(self) -> None: ...

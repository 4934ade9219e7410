from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from os import PathLike
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer

from alikassa._records import LedgerRow, Notification, Payment, Payout
from alikassa._results import StatusResult

__all__ = [
    "HistoryPages",
    "Ledger",
    "NativeClient",
    "Pending",
    "SigningKey",
    "StatusStream",
    "VerifyingKey",
    "Waker",
    "WakerSet",
    "__version__",
    "canonical_json",
    "environment",
    "parse_response",
]

_Reply = TypeVar("_Reply")
_Status = TypeVar("_Status", Payment, Payout)
_NeedInput: TypeAlias = tuple[Literal["need_input"], None]
_Ready: TypeAlias = tuple[Literal["ready"], StatusResult[_Status]]
_Pending: TypeAlias = tuple[Literal["pending"], float | None]
_Done: TypeAlias = tuple[Literal["done"], None]

__version__: Final[str]

def canonical_json(data: Mapping[str, Any], /) -> bytes: ...
def parse_response(body: bytes, /) -> Any: ...
def environment(has_account: bool, /) -> list[tuple[str, str]]: ...

@final
class SigningKey:
    @staticmethod
    def load(path: str | PathLike[str]) -> SigningKey: ...
    @staticmethod
    def from_pem(pem: Buffer | str, password: Buffer | str | None = None) -> SigningKey: ...
    def sign(self, data: Buffer, digest: Literal["sha1", "sha256"] = "sha1") -> str: ...
    @property
    def bits(self) -> int: ...

@final
class VerifyingKey:
    @staticmethod
    def load(path: str | PathLike[str]) -> VerifyingKey: ...
    @staticmethod
    def from_pem(pem: Buffer | str) -> VerifyingKey: ...
    def verify(
        self, data: Buffer, signature: str, digest: Literal["auto", "sha1", "sha256"] = "auto"
    ) -> Literal["sha1", "sha256"]: ...

@final
class StatusStream(Generic[_Status]):
    def step(self) -> _NeedInput | _Ready[_Status] | _Pending | _Done: ...
    def wait(self) -> _NeedInput | _Ready[_Status] | _Done: ...
    def request(self, order: object, /) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...

@final
class HistoryPages:
    def __new__(cls, fields: Mapping[str, Any], /) -> HistoryPages: ...
    @property
    def more(self) -> bool: ...

@final
class Ledger:
    def __new__(cls, path: str | PathLike[str]) -> Ledger: ...
    @property
    def path(self) -> str: ...
    def open(self) -> list[LedgerRow]: ...
    def get(self, operation: str, order_id: str, account: str | None = None) -> LedgerRow | None: ...
    def rows(self, since: int = 0) -> list[LedgerRow]: ...
    def release(self, operation: str, order_id: str, reason: str, account: str | None = None) -> None: ...
    def backup(self, path: str | PathLike[str]) -> None: ...
    def resume(self, reason: str) -> None: ...
    def note(self, event: Notification, /) -> Literal["new", "seen", "stale", "other"]: ...
    def __reduce__(self) -> tuple[type[Ledger], tuple[str]]: ...

@final
class NativeClient:
    def __new__(cls, options: dict[str, Any], /) -> NativeClient: ...
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
        waker: Waker,
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
    def verify(self, reply: type[_Reply], operation: str, arguments: Mapping[str, Any], /) -> _Reply: ...
    def close(self) -> None: ...
    def start_close(self, waker: Waker, /) -> None: ...
    @property
    def account(self) -> str: ...
    @property
    def base_url(self) -> str: ...

@final
class Pending(Generic[_Reply]):
    def receive(self) -> _Reply | None: ...
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

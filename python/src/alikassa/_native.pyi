from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Final, Generic, Literal, TypeVar, final

from typing_extensions import Buffer

from alikassa._records import LedgerRow, Notification

__all__ = [
    "HistoryPages",
    "Ledger",
    "NativeClient",
    "Pending",
    "SigningKey",
    "VerifyingKey",
    "__version__",
    "canonical_json",
    "environment",
    "parse_answer",
]

_Reply = TypeVar("_Reply")

__version__: Final[str]

def canonical_json(data: Mapping[str, Any], /) -> bytes: ...
def parse_answer(body: bytes, /) -> Any: ...
def environment() -> list[tuple[str, str]]: ...

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
    def release(self, operation: str, order_id: str, reason: str, account: str | None = None) -> None: ...
    def note(self, event: Notification, /) -> Literal["new", "seen", "stale"]: ...
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
        wake: Callable[[], None],
        /,
    ) -> Pending[_Reply]: ...
    def verify(self, reply: type[_Reply], operation: str, arguments: Mapping[str, Any], /) -> _Reply: ...
    def close(self) -> None: ...
    @property
    def account(self) -> str: ...
    @property
    def base_url(self) -> str: ...

@final
class Pending(Generic[_Reply]):
    def receive(self) -> _Reply | None: ...
    def cancel(self, raised: BaseException, /) -> None: ...

"""The bases of the replies: fixed values that are compared by value and show only what logs may show."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar, NoReturn, Self

    from alikassa._native import Support
    from alikassa._words import Digest
else:
    from alikassa._later import Any, ClassVar, Iterator, NoReturn, later

    Digest = later("alikassa._words", "Digest")
    Support = later("alikassa", "Support")


class Values:
    """An immutable object of named values. Its repr shows only the values that logs may show."""

    _hidden: ClassVar[tuple[str, ...]] = ()
    _loggable: ClassVar[tuple[str, ...]] = ("id", "order_id", "payment_status", "amount")

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, _: object) -> NoReturn:
        self.__delattr__(name)

    def __delattr__(self, name: str) -> NoReturn:
        message = f"{type(self).__name__} cannot be changed"
        raise AttributeError(message, name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__: ClassVar[None]  # type: ignore[assignment]  # the values can be lists and dicts

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain data for JSON, without `raw`; amounts are texts."""
        return {name: plain(value) for name, value in self.__dict__.items() if name not in self._hidden}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        # FastAPI calls dict() to serialise an object, and shows every attribute of one without it.
        return iter(self.to_dict().items())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._loggable if name in self.__dict__)
        return f"{type(self).__name__}({shown})"


class BaseReply(Values):
    """The response to a call, with the record of its request."""

    # Not in `__dict__`, which loggers, serialisers and pickle read.
    __slots__ = ("support",)

    support: Support | None
    """What was sent and received, for the provider's support; None if nothing was sent, or after pickle."""

    def __init__(self, *, support: Support | None = None, **values: object) -> None:
        self.__dict__.update(values)
        object.__setattr__(self, "support", support)

    def __copy__(self) -> Self:
        return type(self)(**self.__dict__, support=self.support)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        from copy import deepcopy

        return type(self)(**deepcopy(self.__dict__, memo), support=self.support)

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.__dict__)


def _restore(reply: type[BaseReply], values: dict[str, Any]) -> BaseReply:
    return reply(**values)


class Record(Values):
    """A response of the provider, or a part of one."""

    _hidden: ClassVar[tuple[str, ...]] = ("is_final", "other", "raw")

    other: dict[str, Any]
    """Fields that this library does not know, in the order received."""
    raw: bytes
    """The bytes of the response; empty for a part of a response."""


class ReplyRecord(BaseReply, Record):
    """The response to an operation."""


class Signed(Record):
    """A verified notification or redirect."""

    _hidden = ("is_final", "other", "raw", "digest", "variant")

    raw: bytes
    """The signed text."""
    digest: Digest
    """The digest of the signature: ``"sha1"`` or ``"sha256"``."""

    @property
    def unsigned(self) -> dict[str, Any]:
        """The unsigned fields: anybody can have written them."""
        return self.other


def plain(value: Any) -> Any:
    """Return a value as JSON has it; an amount becomes a text."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if value is None or isinstance(value, (bool, int, float, str, dict)):
        return value
    if hasattr(value, "__index__"):
        # The id that a StatusResult repeats.
        return int(value)
    from decimal import Decimal

    # An invalid id, which a StatusResult repeats, can have any type.
    return format(value, "f") if isinstance(value, Decimal) else str(value)

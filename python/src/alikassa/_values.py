"""The bases of the replies: fixed values that are compared by value and show only what logs may show."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, NoReturn


class Values:
    """An immutable object of named values. Its repr shows only the values that logs may show."""

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

    __hash__ = None  # type: ignore[assignment]  # the values can be lists and dicts

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._loggable if name in self.__dict__)
        return f"{type(self).__name__}({shown})"


class Record(Values):
    """A response of the provider, or a part of one."""

    other: dict[str, Any]
    """Fields that this library does not know, in the order received."""
    raw: bytes
    """The bytes of the response; empty for a part of a response."""


class Signed(Record):
    """A verified notification or redirect."""

    raw: bytes
    """The signed text."""
    digest: str
    """The digest of the signature: ``"sha1"`` or ``"sha256"``."""

    @property
    def unsigned(self) -> dict[str, Any]:
        """The unsigned fields: anybody can have written them."""
        return self.other

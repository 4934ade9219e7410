"""Names for annotations: importing `typing` and `decimal` takes longer than everything else in this package.

Annotations are strings, and whoever evaluates them, such as `typing.get_type_hints`, evaluates a string that results
from it too. So a name can be the string of an expression that imports what it stands for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Later(str):
    """The expression of a type. In a larger annotation it becomes the type itself."""

    __slots__ = ()

    def __getitem__(self, arguments: Any) -> Any:
        # typing looks at the first character of an expression.
        is_position = isinstance(arguments, (int, slice))
        return super().__getitem__(arguments) if is_position else _evaluate(self)[arguments]

    def __or__(self, other: Any) -> Any:
        return _evaluate(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | _evaluate(self)


def later(module: str, name: str) -> Later:
    """Return the expression of a name in a module."""
    return Later(f"__import__({module!r}, fromlist=['']).{name}")


def _evaluate(expression: str) -> Any:
    return eval(expression, {})  # noqa: S307 - only of the expressions in this file


if not TYPE_CHECKING:

    def overload(function: Any) -> Any:
        """Return the function as it is: only type checkers read overloads."""
        return function

    Any = later("typing", "Any")
    AsyncGenerator = later("collections.abc", "AsyncGenerator")
    AsyncIterable = later("collections.abc", "AsyncIterable")
    AsyncIterator = later("collections.abc", "AsyncIterator")
    Callable = later("collections.abc", "Callable")
    ClassVar = later("typing", "ClassVar")
    Decimal = later("decimal", "Decimal")
    Final = later("typing", "Final")
    Generator = later("collections.abc", "Generator")
    Iterable = later("collections.abc", "Iterable")
    Iterator = later("collections.abc", "Iterator")
    Literal = later("typing", "Literal")
    Mapping = later("collections.abc", "Mapping")
    NoReturn = later("typing", "NoReturn")
    Self = later("typing", "Self")
    Sequence = later("collections.abc", "Sequence")
    Unpack = later("typing", "Unpack")

    # What the type variable of payments and payouts can be.
    AnyStatus = Later(f"{later('alikassa', 'Payment')} | {later('alikassa', 'Payout')}")
    # The buffer protocol has a name since Python 3.12.
    Buffer = Later("bytes | bytearray | memoryview")
    # The orders of `statuses`, for the client for asyncio too.
    Ids = Later(f"{Iterable}[str | int]")
    OrderIds = Later(f"{Iterable}[str]")
    AsyncIds = Later(f"{Ids} | {AsyncIterable}[str | int]")
    AsyncOrderIds = Later(f"{OrderIds} | {AsyncIterable}[str]")

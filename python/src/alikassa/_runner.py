"""How calls run: on the caller's thread, which waits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from alikassa._native import NativeClient

    _Reply = TypeVar("_Reply")


class Runner:
    """Runs the calls of a native client."""

    __slots__ = ()

    _native: NativeClient

    def _run(
        self,
        reply: type[_Reply],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
    ) -> _Reply:
        return self._native.run(reply, operation, arguments, timeout, deadline)

    def _close(self) -> None:
        self._native.close()


class Resource(Runner):
    """The calls about one kind of thing."""

    __slots__ = ("_native",)

    def __init__(self, native: NativeClient) -> None:
        self._native = native

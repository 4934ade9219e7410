"""How calls run: on the caller's thread, which waits."""

from __future__ import annotations

from alikassa._notices import log_notices
from alikassa._numbers import decide_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from alikassa._native import NativeClient, Pending

    _Reply = TypeVar("_Reply")
else:
    from alikassa._native import NativeClient


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
        if self._native.has_functions:
            decide_number(self._native, operation, arguments)
        try:
            return self._native.run(reply, operation, arguments, timeout, deadline)
        finally:
            log_notices(self._native.take_notices())

    def _wait(
        self,
        reply: type[_Reply],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
    ) -> _Reply:
        """Run a wait, whose `on_update` receives each status."""
        on_update = arguments["on_update"]
        if on_update is None:
            return self._run(reply, operation, arguments, timeout, deadline)
        pending = self._native.start(reply, operation, arguments, timeout, deadline)
        try:
            while True:
                is_last, status = pending.wait()
                if is_last:
                    return status
                call_on_update(pending, on_update, status)
        finally:
            log_notices(self._native.take_notices())

    def _close(self) -> None:
        self._native.close()


def call_on_update(pending: Pending[_Reply], on_update: Callable[[_Reply], object], status: _Reply) -> None:
    """Pass a status to the caller's function, whose exception ends the wait and propagates unchanged."""
    try:
        on_update(status)
    except BaseException:
        pending.stop()
        raise


class Resource(Runner):
    """The calls about one kind of thing."""

    __slots__ = ("_client", "_native")

    _name: str

    def __init__(self, client: object, native: NativeClient) -> None:
        self._client = client
        self._native = native

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (self._client, self._name)

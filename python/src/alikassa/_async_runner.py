"""How calls run for asyncio: on the core's own threads, which need no executor."""

from __future__ import annotations

from alikassa._notices import log_notices
from alikassa._numbers import decide_number
from alikassa._runner import call_on_update
from alikassa._waker import TaskWaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from alikassa._native import NativeClient

    _Reply = TypeVar("_Reply")
else:
    from alikassa._native import NativeClient


class AsyncRunner:
    """Runs the calls of a native client."""

    __slots__ = ()

    _native: NativeClient

    async def _run(
        self,
        reply: type[_Reply],
        operation: str,
        arguments: Mapping[str, Any],
        timeout: float | None,
        deadline: float | None,
    ) -> _Reply:
        waker = TaskWaker()
        waker.register()
        if self._native.has_functions:
            decide_number(self._native, operation, arguments)
        pending = self._native.start(reply, operation, arguments, timeout, deadline, waker.native)
        try:
            while True:
                try:
                    await waker.wait()
                except BaseException as raised:
                    pending.cancel(raised)
                    raise
                while (event := pending.receive()) is not None:
                    is_last, response = event
                    if is_last:
                        return response
                    call_on_update(pending, arguments["on_update"], response)
        finally:
            log_notices(self._native.take_notices())

    # Only a wait has an `on_update`.
    _wait = _run

    async def _close(self) -> None:
        waker = TaskWaker()
        waker.register()
        self._native.start_close(waker.native)
        await waker.wait()


class AsyncResource(AsyncRunner):
    """The calls about one kind of thing."""

    __slots__ = ("_client", "_native")

    _name: str

    def __init__(self, client: object, native: NativeClient) -> None:
        self._client = client
        self._native = native

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (self._client, self._name)

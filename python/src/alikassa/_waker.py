"""How the core's threads wake asyncio tasks."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import ClassVar
from weakref import WeakKeyDictionary, WeakValueDictionary, ref

from alikassa._native import Waker, WakerSet

# How many tasks wake before the loop runs its timers and sockets again.
_BATCH = 8


class TaskWaker:
    """Wakes one task: any thread calls `wake`, the task awaits `wait`."""

    def __init__(self) -> None:
        self.native = Waker()
        self._notified = False
        self._waiter: asyncio.Future[None] | None = None

    def register(self) -> None:
        """Bind the waker to the running loop, for good; before that, it does nothing."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            message = (
                "AsyncClient needs asyncio. With anyio choose its asyncio backend: "
                "anyio.run(main, backend='asyncio'). With trio call alikassa.Client in a thread: "
                "trio.to_thread.run_sync. Nothing was sent."
            )
            raise RuntimeError(message) from None
        _LoopWaker.of(loop).register(self)

    def wake(self) -> None:
        """Wake the task; from any thread."""
        self.native.wake()

    def notify(self) -> None:
        """Wake the task, on its loop's thread.

        It is idempotent: a second call completes a first one that an exception interrupted.
        """
        self._notified = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until the waker wakes, at most `seconds`."""
        if not self._notified:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = None if seconds is None else loop.call_later(seconds, self.notify)
            try:
                await self._waiter
            finally:
                if timer is not None:
                    timer.cancel()
        self._notified = False


class _LoopWaker:
    """Notifies the wakers of one loop in batches: 200 responses at once would block the loop."""

    _of_loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopWaker]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # The class-level dictionary holds this object, which must not keep its loop alive: the
        # task of a waker does.
        self._wakers: WeakValueDictionary[int, TaskWaker] = WeakValueDictionary()
        try:
            self._set = WakerSet()
            loop.add_reader(self._set.fileno(), self._notify_batch)
        except (NotImplementedError, OSError):
            # Windows, a loop that does not watch sockets, or a process without free descriptors.
            self._set = WakerSet(partial(_schedule, ref(self), ref(loop)))

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> _LoopWaker:
        loop_waker = cls._of_loops.get(loop)
        if loop_waker is None:
            loop_waker = cls._of_loops[loop] = cls(loop)
        return loop_waker

    def register(self, waker: TaskWaker) -> None:
        self._wakers[self._set.register(waker.native)] = waker

    def _notify_batch(self) -> None:
        # KeyboardInterrupt can be raised anywhere here, and the loop may run again afterwards. No
        # wake-up is lost: a waker stays pending until it is acknowledged.
        for number in self._set.pending(_BATCH):
            waker = self._wakers.get(number)
            if waker is not None:
                waker.notify()
            self._set.ack()

    def notify_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Notify in batches until nothing is pending, on a loop that does not watch the socket."""
        try:
            self._notify_batch()
        finally:
            if self._set.pending(1):
                loop.call_soon(self.notify_all, loop)


def _schedule(waker_ref: ref[_LoopWaker], loop_ref: ref[asyncio.AbstractEventLoop]) -> None:
    loop_waker, loop = waker_ref(), loop_ref()
    if loop_waker is not None and loop is not None:
        # Nobody waits on a closed loop, which raises this error.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(loop_waker.notify_all, loop)

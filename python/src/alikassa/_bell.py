"""What wakes tasks from other threads."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import ClassVar
from weakref import WeakKeyDictionary, ref

# So many tasks go on before the loop looks after its timers and sockets again.
_AT_ONCE = 8


class Bell:
    """Rung by the core's threads, heard by the one task that hangs it up."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._ringer: _Ringer | None = None

    def hang_up(self) -> None:
        """Let it be heard on the running loop."""
        self._ringer = _Ringer.of(asyncio.get_running_loop())

    def ring(self) -> None:
        """Wake the task; from any thread."""
        if self._ringer is not None:
            self._ringer.ring(self._rung)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until it rings, at most so long."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            if timer is not None:
                timer.cancel()
        self._rung.clear()


class _Ringer:
    """Rings the bells of one loop, a few at a time: two hundred answers at once would keep it from all else."""

    _of_loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, _Ringer]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # As long as it is in the dictionary it must not keep its loop.
        self._loop = ref(loop)
        self._lock = threading.Lock()
        self._waiting: deque[asyncio.Event] = deque()
        self._under_way = False

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> _Ringer:
        ringer = cls._of_loops.get(loop)
        if ringer is None:
            ringer = cls._of_loops[loop] = cls(loop)
        return ringer

    def ring(self, bell: asyncio.Event) -> None:
        with self._lock:
            self._waiting.append(bell)
            is_under_way, self._under_way = self._under_way, True
        if not is_under_way and (loop := self._loop()):
            # A loop that was closed meanwhile has nobody who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._ring_some, loop)

    def _ring_some(self, loop: asyncio.AbstractEventLoop) -> None:
        # Ctrl-C may come at any point here, and a loop may run again after it: no bell is lost then.
        try:
            for _ in range(min(_AT_ONCE, len(self._waiting))):
                self._waiting[0].set()
                self._waiting.popleft()
        finally:
            with self._lock:
                goes_on = self._under_way = bool(self._waiting)
            if goes_on:
                loop.call_soon(self._ring_some, loop)

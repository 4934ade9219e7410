"""What wakes tasks from other threads."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import ClassVar
from weakref import WeakKeyDictionary, WeakValueDictionary, ref

from alikassa._native import Belfry, Rope

# So many tasks go on before the loop looks after its timers and sockets again.
_AT_ONCE = 8


class Bell:
    """Rung by the core's threads, heard by the one task that hangs it up."""

    def __init__(self) -> None:
        self.rope = Rope()
        self._sounded = False
        self._waiter: asyncio.Future[None] | None = None

    def hang_up(self) -> None:
        """Let it be heard on the running loop, for good."""
        _Ringer.of(asyncio.get_running_loop()).hang(self)

    def ring(self) -> None:
        """Wake the task; from any thread."""
        self.rope.pull()

    def sound(self) -> None:
        """Wake the task, on its loop's thread; a second time does no harm, and makes good a first one cut short."""
        self._sounded = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until it rings, at most so long."""
        if not self._sounded:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = None if seconds is None else loop.call_later(seconds, self.sound)
            try:
                await self._waiter
            finally:
                if timer is not None:
                    timer.cancel()
        self._sounded = False


class _Ringer:
    """Sounds the bells of one loop, a few at a time: two hundred answers at once would keep it from all else."""

    _of_loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, _Ringer]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # As long as it is in the dictionary it must not keep its loop, which a bell's task does.
        self._bells: WeakValueDictionary[int, Bell] = WeakValueDictionary()
        try:
            self._belfry = Belfry()
            loop.add_reader(self._belfry.fileno(), self._sound_some)
        except (NotImplementedError, OSError):
            # On Windows, for a loop that watches no sockets, and when the process may open no more of them.
            self._belfry = Belfry(partial(_call, ref(self), ref(loop)))

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> _Ringer:
        ringer = cls._of_loops.get(loop)
        if ringer is None:
            ringer = cls._of_loops[loop] = cls(loop)
        return ringer

    def hang(self, bell: Bell) -> None:
        self._bells[self._belfry.hang(bell.rope)] = bell

    def _sound_some(self) -> None:
        # Ctrl-C may come at any point here, and a loop may run again after it: no bell is lost then, for as long as one
        # was not heard the loop comes back.
        for number in self._belfry.rung(_AT_ONCE):
            bell = self._bells.get(number)
            if bell is not None:
                bell.sound()
            self._belfry.heard()

    def sound_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sound some, and come back as long as there are more; for a loop that does not do that by itself."""
        try:
            self._sound_some()
        finally:
            if self._belfry.rung(1):
                loop.call_soon(self.sound_all, loop)


def _call(ringer: ref[_Ringer], loop: ref[asyncio.AbstractEventLoop]) -> None:
    is_there, runs = ringer(), loop()
    if is_there is not None and runs is not None:
        # A loop that was closed meanwhile has nobody who waits.
        with contextlib.suppress(RuntimeError):
            runs.call_soon_threadsafe(is_there.sound_all, runs)

"""What wakes a task from another thread."""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Rung by the core's threads, heard by the one task that hangs it up."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def hang_up(self) -> None:
        """Let it be heard on the running loop."""
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Wake the task; from any thread."""
        # A loop that was closed meanwhile has nobody who waits.
        with contextlib.suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until it rings, at most so long."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._rung.set)
        try:
            await self._rung.wait()
        finally:
            if timer is not None:
                timer.cancel()
        self._rung.clear()

"""Wakers that wake at once do not block an event loop, and no wake-up is lost."""

from __future__ import annotations

import asyncio
import errno
import gc
import itertools
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from alikassa._waker import TaskWaker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


class SocketOnly(asyncio.SelectorEventLoop):
    """A loop that may be woken through a socket only."""

    def call_soon_threadsafe(self, *_: object, **__: object) -> NoReturn:
        pytest.fail("a waker attached to the interpreter")


class CallbackOnly(asyncio.SelectorEventLoop):
    """A loop that does not watch sockets, as on Windows."""

    def add_reader(self, *_: object) -> NoReturn:
        raise NotImplementedError


class NoDescriptors(asyncio.SelectorEventLoop):
    """A loop of a process without free file descriptors."""

    def add_reader(self, *_: object) -> NoReturn:
        raise OSError(errno.EMFILE, "too many open files")


@pytest.fixture(params=[SocketOnly, CallbackOnly, NoDescriptors])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    def run(main: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(main)

    return run


def wake_all(wakers: list[TaskWaker]) -> None:
    def wake() -> None:
        for waker in wakers:
            waker.wake()

    thread = threading.Thread(target=wake)
    thread.start()
    thread.join()


def registered() -> TaskWaker:
    waker = TaskWaker()
    waker.register()
    return waker


def test_tasks_wake_in_batches_of_at_most_eight(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    woken: list[int] = []
    ticks: list[int] = []

    async def wait(number: int, waker: TaskWaker) -> None:
        await waker.wait()
        woken.append(number)

    async def tick() -> None:
        while len(woken) < 50:
            ticks.append(len(woken))
            await asyncio.sleep(0)
        ticks.append(len(woken))

    async def main() -> None:
        wakers = [registered() for _ in range(50)]
        tasks = [asyncio.create_task(wait(number, waker)) for number, waker in enumerate(wakers)]
        await asyncio.sleep(0)
        wake_all(wakers)
        await asyncio.wait_for(tick(), 5)
        await asyncio.gather(*tasks)

    run(main())
    assert sorted(woken) == list(range(50))
    steps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    assert max(steps) <= 8


@pytest.mark.parametrize("interrupted", ["before", "within", "after"])
@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, CallbackOnly])
def test_a_wake_up_that_ctrl_c_interrupts_is_delivered_when_the_loop_runs_again(
    kind: type[asyncio.AbstractEventLoop], interrupted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify = TaskWaker.notify
    notified = 0

    def notify_or_raise(waker: TaskWaker) -> None:
        nonlocal notified
        notified += 1
        if interrupted == "after" or notified != 3:
            notify(waker)
        if notified == 3:
            waker._notified = interrupted != "before"  # noqa: SLF001
            raise KeyboardInterrupt

    monkeypatch.setattr(TaskWaker, "notify", notify_or_raise)
    loop = kind()
    try:

        async def main() -> None:
            wakers = [registered() for _ in range(20)]
            waiting = asyncio.gather(*(waker.wait() for waker in wakers))
            await asyncio.sleep(0)
            wake_all(wakers)
            await waiting

        task = loop.create_task(main())
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(task)
        loop.run_until_complete(asyncio.wait_for(task, 5))
    finally:
        loop.close()


def test_a_waker_can_be_used_again(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def main() -> None:
        waker, woken = registered(), threading.Event()

        def wake() -> None:
            for _ in range(1000):
                waker.wake()
                assert woken.wait(5)
                woken.clear()

        thread = threading.Thread(target=wake)
        thread.start()
        for _ in range(1000):
            await asyncio.wait_for(waker.wait(), 5)
            woken.set()
        thread.join()

    run(main())


def test_a_waker_whose_task_is_gone_blocks_no_other_waker(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def main() -> None:
        dropped = registered().native
        gc.collect()
        dropped.wake()
        cancelled = registered()
        waiting = asyncio.create_task(cancelled.wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        cancelled.wake()
        waker = registered()
        waker.wake()
        await asyncio.wait_for(waker.wait(), 5)

    run(main())


def test_loops_in_several_threads_wake_their_own_tasks() -> None:
    async def main() -> None:
        for _ in range(200):
            waker = registered()
            threading.Timer(0, waker.wake).start()
            await asyncio.wait_for(waker.wait(), 5)
            woken.append(1)

    woken: list[int] = []
    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(woken) == 800


def test_wakers_do_not_keep_their_loop_alive(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def wake() -> weakref.ref[asyncio.AbstractEventLoop]:
        waker = registered()
        waker.wake()
        await waker.wait()
        return weakref.ref(asyncio.get_running_loop())

    loop = run(wake())
    gc.collect()
    assert loop() is None


def test_sockets_are_closed_with_the_last_waker_of_their_loop() -> None:
    async def register() -> TaskWaker:
        return registered()

    def count() -> int:
        gc.collect()
        return len(list(Path("/dev/fd").iterdir()))

    asyncio.run(register())
    before = count()
    wakers = [asyncio.run(register()) for _ in range(10)]
    # A call in flight can still wake.
    assert count() == before + 20
    wakers.clear()
    assert count() == before


def test_a_waker_of_a_closed_loop_does_nothing(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def register() -> TaskWaker:
        return registered()

    run(register()).wake()

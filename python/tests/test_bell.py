"""Bells that ring at once do not keep an event loop from all else, and none is lost."""

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

from alikassa._bell import Bell

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


class Watching(asyncio.SelectorEventLoop):
    """A loop that can be told by a socket alone."""

    def call_soon_threadsafe(self, *_: object, **__: object) -> NoReturn:
        pytest.fail("a bell took the interpreter")


class Unwatching(asyncio.SelectorEventLoop):
    """A loop that watches no sockets for others, as Windows has it."""

    def add_reader(self, *_: object) -> NoReturn:
        raise NotImplementedError


class Exhausted(asyncio.SelectorEventLoop):
    """A loop of a process that may open no more files."""

    def add_reader(self, *_: object) -> NoReturn:
        raise OSError(errno.EMFILE, "too many open files")


@pytest.fixture(params=[Watching, Unwatching, Exhausted])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    def run(main: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(main)

    return run


def ring_all(bells: list[Bell]) -> None:
    def ring() -> None:
        for bell in bells:
            bell.ring()

    thread = threading.Thread(target=ring)
    thread.start()
    thread.join()


def hung_up() -> Bell:
    bell = Bell()
    bell.hang_up()
    return bell


def test_bells_ring_a_few_at_a_time(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    heard: list[int] = []
    ticks: list[int] = []

    async def listen(number: int, bell: Bell) -> None:
        await bell.wait()
        heard.append(number)

    async def tick() -> None:
        while len(heard) < 50:
            ticks.append(len(heard))
            await asyncio.sleep(0)
        ticks.append(len(heard))

    async def main() -> None:
        bells = [hung_up() for _ in range(50)]
        tasks = [asyncio.create_task(listen(number, bell)) for number, bell in enumerate(bells)]
        await asyncio.sleep(0)
        ring_all(bells)
        await asyncio.wait_for(tick(), 5)
        await asyncio.gather(*tasks)

    run(main())
    assert sorted(heard) == list(range(50))
    steps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    assert max(steps) <= 8


@pytest.mark.parametrize("cut_short", ["before", "within", "after"])
@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, Unwatching])
def test_what_ctrl_c_cuts_short_is_heard_when_the_loop_runs_again(
    kind: type[asyncio.AbstractEventLoop], cut_short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = Bell.sound
    sounded = 0

    def sound_or_raise(bell: Bell) -> None:
        nonlocal sounded
        sounded += 1
        if cut_short == "after" or sounded != 3:
            sound(bell)
        if sounded == 3:
            bell._sounded = cut_short != "before"  # noqa: SLF001
            raise KeyboardInterrupt

    monkeypatch.setattr(Bell, "sound", sound_or_raise)
    loop = kind()
    try:

        async def main() -> None:
            bells = [hung_up() for _ in range(20)]
            waiting = asyncio.gather(*(bell.wait() for bell in bells))
            await asyncio.sleep(0)
            ring_all(bells)
            await waiting

        task = loop.create_task(main())
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(task)
        loop.run_until_complete(asyncio.wait_for(task, 5))
    finally:
        loop.close()


def test_a_bell_rings_again_and_again(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def main() -> None:
        bell, answer = hung_up(), threading.Event()

        def ring() -> None:
            for _ in range(1000):
                bell.ring()
                assert answer.wait(5)
                answer.clear()

        thread = threading.Thread(target=ring)
        thread.start()
        for _ in range(1000):
            await asyncio.wait_for(bell.wait(), 5)
            answer.set()
        thread.join()

    run(main())


def test_a_bell_that_nobody_hears_keeps_no_other_from_ringing(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def main() -> None:
        rope = hung_up().rope
        gc.collect()
        rope.pull()
        cancelled = hung_up()
        waiting = asyncio.create_task(cancelled.wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        cancelled.ring()
        heard = hung_up()
        heard.ring()
        await asyncio.wait_for(heard.wait(), 5)

    run(main())


def test_loops_in_several_threads_hear_their_own_bells() -> None:
    async def main() -> None:
        for _ in range(200):
            bell = hung_up()
            threading.Timer(0, bell.ring).start()
            await asyncio.wait_for(bell.wait(), 5)
            ended.append(1)

    ended: list[int] = []
    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 800


def test_a_loop_is_not_kept(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def ring() -> weakref.ref[asyncio.AbstractEventLoop]:
        bell = hung_up()
        bell.ring()
        await bell.wait()
        return weakref.ref(asyncio.get_running_loop())

    loop = run(ring())
    gc.collect()
    assert loop() is None


def test_sockets_are_closed_with_their_loop() -> None:
    async def hang_up() -> Bell:
        return hung_up()

    def count() -> int:
        gc.collect()
        return len(list(Path("/dev/fd").iterdir()))

    asyncio.run(hang_up())
    before = count()
    bells = [asyncio.run(hang_up()) for _ in range(10)]
    # A call that is under way can ring still.
    assert count() == before + 20
    bells.clear()
    assert count() == before


def test_a_bell_of_a_closed_loop_rings_unheard(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
    async def hang_up() -> Bell:
        return hung_up()

    run(hang_up()).ring()

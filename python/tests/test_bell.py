"""Bells that ring at once do not keep an event loop from all else."""

import asyncio
import gc
import itertools
import threading
import weakref

from alikassa._bell import Bell


def test_bells_ring_a_few_at_a_time() -> None:
    heard: list[int] = []
    ticks: list[int] = []

    async def listen(number: int) -> None:
        bell = Bell()
        bell.hang_up()
        bells.append(bell)
        await bell.wait()
        heard.append(number)

    async def tick() -> None:
        while len(heard) < 50:
            ticks.append(len(heard))
            await asyncio.sleep(0)
        ticks.append(len(heard))

    def ring_all() -> None:
        for bell in bells:
            bell.ring()

    async def main() -> None:
        tasks = [asyncio.create_task(listen(number)) for number in range(50)]
        await asyncio.sleep(0)
        thread = threading.Thread(target=ring_all)
        thread.start()
        thread.join()
        await asyncio.wait_for(tick(), 5)
        await asyncio.gather(*tasks)

    bells: list[Bell] = []
    asyncio.run(main())
    assert sorted(heard) == list(range(50))
    steps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    assert max(steps) <= 8


def test_a_loop_is_not_kept() -> None:
    async def ring() -> weakref.ref[asyncio.AbstractEventLoop]:
        bell = Bell()
        bell.hang_up()
        bell.ring()
        await bell.wait()
        return weakref.ref(asyncio.get_running_loop())

    loop = asyncio.run(ring())
    gc.collect()
    assert loop() is None


def test_a_bell_of_a_closed_loop_rings_unheard() -> None:
    async def hang_up() -> Bell:
        bell = Bell()
        bell.hang_up()
        return bell

    asyncio.run(hang_up()).ring()

"""A look that comes late tells of this process, not of whoever is watched."""

import asyncio

from aurora.lines.watch import Watch
from tests.virtual_time import virtually


class Clock:
    """The loop's time, and what passed while nothing ran."""

    stood_still_s = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() + self.stood_still_s


async def look(watch: Watch, clock: Clock, stands_still_s: float) -> bool:
    looking = asyncio.create_task(watch.is_current())
    await asyncio.sleep(0)
    clock.stood_still_s += stands_still_s
    return await looking


def test_a_look_after_a_standstill_is_not_current_and_the_next_one_is():
    async def work() -> None:
        clock = Clock()
        watch = Watch(0.2, clock)

        assert not await look(watch, clock, 5.0)
        assert await watch.is_current()

    virtually(work())


def test_a_look_that_is_a_little_late_is_current():
    async def work() -> None:
        clock = Clock()

        assert await look(Watch(0.2, clock), clock, 0.1)

    virtually(work())


def test_on_a_machine_that_is_always_late_every_second_look_is_current():
    async def work() -> None:
        clock = Clock()
        watch = Watch(0.2, clock)

        looks = [await look(watch, clock, 1.0) for _ in range(4)]

        assert looks == [False, True, False, True]

    virtually(work())

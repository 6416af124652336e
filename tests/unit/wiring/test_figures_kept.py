"""A running line counts the days that are over, whatever fails meanwhile."""

import asyncio
from datetime import datetime
from typing import Any

from aurora.errors import RecordsError
from aurora.wiring.rounds import FIGURES_CHECK_S, FIGURES_FIRST_S, keep_figures, running
from tests.line import NOON
from tests.virtual_time import virtually


class Figures:
    """Cannot be kept the first time."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def keep_up(self, now: datetime) -> int:
        self.asked.append(asyncio.get_running_loop().time())
        if len(self.asked) == 1:
            raise RecordsError("the figures cannot be kept: the disk is full")
        return 1


def test_days_are_counted_soon_after_the_start_and_again_and_again():
    figures: Any = Figures()

    async def line() -> None:
        began = asyncio.get_running_loop().time()
        async with running(keep_figures(figures, lambda: NOON).for_ever()):
            await asyncio.sleep(FIGURES_FIRST_S + FIGURES_CHECK_S + 1)
        first, second = figures.asked
        assert first - began == FIGURES_FIRST_S
        assert second - first == FIGURES_CHECK_S

    virtually(line())

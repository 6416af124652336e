"""How long a channel tries: jittered back-off within an alert's own time; sends nothing itself."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from aurora.errors import ChannelFault

FIRST_WAIT_S = 0.4
LONGEST_WAIT_S = 8.0
MOST_TRIES = 6
SHORTEST_TRY_S = 0.2
"""With less time left than this, another try only makes the next channel wait."""

Result = TypeVar("Result")


class TryAgain(Exception):
    """One try failed in a way that the next may not; `after_s` is what the other side asked for.

    is_unsure: the other side may have done it all the same; such a try is repeated once.
    """

    def __init__(
        self, reason: str, detail: str = "", *, after_s: float = 0.0, is_unsure: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.after_s = after_s
        self.is_unsure = is_unsure


@dataclass(slots=True)
class Trying:
    """The tries of one alert so far; `notes` go on the record."""

    ends_at: float
    clock: Callable[[], float]
    notes: list[str] = field(default_factory=list)

    @property
    def left_s(self) -> float:
        """For everything that is still to be done."""
        return self.ends_at - self.clock()


@dataclass(frozen=True, slots=True)
class Patience:
    """Time, sleep and chance, passed in so that tests need none of them."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    async def persist(
        self, attempt: Callable[[Trying], Awaitable[Result]], within_s: float
    ) -> tuple[Result, tuple[str, ...]]:
        """Return the first result and the notes; raises ChannelFault when time or tries are over.

        An attempt keeps to what time is left.
        """
        if within_s <= 0:
            raise ChannelFault("too_late", "its time was over before it was sent")
        trying = Trying(self.clock() + within_s, self.clock)
        number = 0
        while True:
            number += 1
            try:
                return await attempt(trying), tuple(trying.notes)
            except TryAgain as failed:
                again, wait_s = f"again_after_{failed.reason}", self._wait_s(number, failed.after_s)
                is_repeated = failed.is_unsure and again in trying.notes
                is_over = number == MOST_TRIES or trying.left_s - wait_s < SHORTEST_TRY_S
                if is_repeated or is_over:
                    notes = (*trying.notes, f"gave_up_after_{number}")
                    raise ChannelFault(failed.reason, failed.detail, notes=notes) from failed
                trying.notes.append(again)
                await self.sleep(wait_s)

    def _wait_s(self, number: int, asked_s: float) -> float:
        """Doubling, of which a random half is waited: many alerts must not knock in step."""
        most = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (number - 1))
        return asked_s + most * (0.5 + 0.5 * self.chance())

"""Look at something again and again, and know when this process itself stood still meanwhile."""

import asyncio
from collections.abc import Callable


class Watch:
    """Between looks at whether somebody is still heard.

    A process that stood still (swapped out, starved, a machine asleep) finds everybody silent when
    it wakes: what they sent meanwhile is there and not read yet. Nobody is gone at such a look; by
    the next one it has been read, and a machine that is always late still finds out who is gone.
    """

    def __init__(self, every_s: float, clock: Callable[[], float]) -> None:
        self._every_s = every_s
        self._clock = clock
        self._was_late = False

    async def is_current(self) -> bool:
        """Sleep until the next look; whether it comes about when it should."""
        due = self._clock() + self._every_s
        await asyncio.sleep(self._every_s)
        is_late = self._clock() - due >= self._every_s
        is_current = not is_late or self._was_late
        self._was_late = is_late and not self._was_late
        return is_current

"""Who waits for an answer right now: work that can wait gives way to callers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Answering:
    """The turns under way on this machine."""

    def __init__(self) -> None:
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold while a caller waits."""
        self._under_way += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    async def give_way(self, at_most_s: float) -> None:
        """Return once no caller waits, or after so long: what can wait must not wait for ever."""
        await asyncio.sleep(0)
        if self._quiet.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._quiet.wait()

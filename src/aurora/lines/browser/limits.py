"""Bounds on what one page may send; a page that keeps to them never notices."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from aurora.speech.codec import LINE_HZ, Pcm

MAX_TEXT_CHARS = 8_000
MAX_SOUND_BYTES = LINE_HZ // 2
"""A quarter of a second in one message; pages send a fiftieth."""


@dataclass(slots=True)
class Allowance:
    """So much a second, and so much at once."""

    per_s: float
    at_once: float
    clock: Callable[[], float]
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = self.at_once, self.clock()

    def take(self, amount: float = 1.0) -> bool:
        """Take some; False when that is more than is left now."""
        now = self.clock()
        self._left = min(self.at_once, self._left + (now - self._at) * self.per_s)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True


class Lobby:
    """Pages that have not said yet whose call they are.

    Where they are too many, the one that has waited longest gives way, never the newest: a page
    says hello at once, and strangers who say nothing keep no caller out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: OrderedDict[asyncio.Timeout, None] = OrderedDict()

    @asynccontextmanager
    async def patience(self, within_s: float) -> AsyncIterator[None]:
        """Wait for a page inside; raises TimeoutError when it takes too long or has to give way."""
        async with asyncio.timeout(within_s) as patience:
            self._waiting[patience] = None
            if len(self._waiting) > self._most:
                longest, _ = self._waiting.popitem(last=False)
                longest.reschedule(asyncio.get_running_loop().time())
            try:
                yield
            finally:
                self._waiting.pop(patience, None)


class Microphone:
    """One page's sound: bytes in, samples out, silence while it is muted."""

    def __init__(self, clock: Callable[[], float]) -> None:
        # A telephone that was asleep sends what it held back at once; nothing hears faster than
        # time for long.
        self._allowance = Allowance(1.2, 4.0, clock)
        self.is_muted = False

    def take(self, message: bytes) -> Pcm | None:
        """Return the samples (8 kHz); None for what is malformed or too much."""
        if not message or len(message) % 2 or len(message) > MAX_SOUND_BYTES:
            return None
        if not self._allowance.take(len(message) / 2 / LINE_HZ):
            return None
        pcm = np.frombuffer(message, dtype="<i2").astype(np.int16)
        return np.zeros_like(pcm) if self.is_muted else pcm

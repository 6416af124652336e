"""Who stops for breath does not queue behind what was asked for in each of their pauses."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pytest

from aurora.speech.pool import TranscriptionPool
from aurora.speech.transcribe import Transcript
from aurora.speech.weights import WeightsChoice
from tests.line import fire
from tests.unit.lines.audio.test_call import FIRST_LINE
from tests.unit.speech.test_weights import BASE, TINY
from tests.virtual_time import virtually
from tests.voice import Caller, Recogniser, Voices, calling

CHOICE = WeightsChoice((BASE, TINY))
ENCODING = 0.55
"""Share of a reading after which it may give way."""


class Worker:
    """One worker, which reads one stretch of sound at a time."""

    rss_mb = 0.0
    pid = 1

    def __init__(self, choice: WeightsChoice, read: Callable[..., Any], takes_s: float) -> None:
        self.choice = choice
        self.gone: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._read = read
        self._takes_s = takes_s
        self._is_hurried = False

    async def transcribe(self, header: dict[str, Any], sound: bytes) -> dict[str, Any]:
        self._is_hurried = False
        await asyncio.sleep(self._takes_s * ENCODING)
        if self._is_hurried:
            return {"refused": "gave_way"}
        await asyncio.sleep(self._takes_s * (1 - ENCODING))
        return asdict(self._read(np.frombuffer(sound, np.int16)))

    def hurry(self) -> None:
        self._is_hurried = True

    async def kill(self) -> int | None:
        return None


@dataclass
class Busy(Recogniser):
    """The real pool over one slow worker."""

    takes_s: float = 0.7
    pool: TranscriptionPool | None = field(default=None, init=False)

    async def transcribe(self, pcm: Any, language: str, **asked: Any) -> Transcript:
        if self.pool is None:
            clock = asyncio.get_running_loop().time
            self.pool = TranscriptionPool(CHOICE, clock=clock, start_worker=self._worker)
            await self.pool.start()
        return await self.pool.transcribe(pcm, language, **asked)

    async def _worker(self, choice: WeightsChoice, threads: int) -> Worker:
        return Worker(choice, self._heard, self.takes_s)

    def _heard(self, pcm: Any) -> Transcript:
        words = self.voices.read(pcm, self.lengths)
        reject = None if words else "nothing_said"
        return Transcript(words, "en", -0.2, 0.05, 1.0, self.takes_s, "scripted", reject)


def busy(takes_s: float) -> Callable[[Voices], Recogniser]:
    return lambda voices: Busy(voices, takes_s=takes_s)


async def says_haltingly(caller: Caller, *pieces: str) -> None:
    """Speak with a gap behind each piece that is longer than one between words."""
    for piece in pieces:
        await caller.says(piece)
        await caller.waits(0.12)


@pytest.mark.parametrize("takes_s", [1.0, 1.3])
def test_the_last_words_of_a_halting_caller_wait_for_one_reading_at_most(takes_s: float):
    async def work() -> None:
        async with calling({}, recognises=busy(takes_s)) as caller:
            await says_haltingly(caller, "help", "there is", "a fire", "by the", "big press")
            await caller.hears_out()

            [timing] = caller.line.onlooker.timings
            since_pause_s = timing.stages_ms["text"] / 1000 - 0.095
            assert since_pause_s <= takes_s * (1 + ENCODING) + 0.03
            assert await caller.line.heard() == ["help there is a fire by the big press"]

    virtually(work())


def test_what_was_said_before_a_gap_is_not_taken_for_all_that_was_said():
    async def work() -> None:
        async with calling({"there is a fire": fire()}) as caller:
            caller.recogniser.takes_s = 0.25
            await caller.says("there is a fire")
            await caller.waits(0.12)
            await caller.says("drill tomorrow")
            await caller.hears_out()

            assert FIRST_LINE not in " ".join(caller.ear.texts)
            assert await caller.line.heard() == ["there is a fire drill tomorrow"]

    virtually(work())

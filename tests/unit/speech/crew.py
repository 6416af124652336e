"""Workers that answer when a test tells them to, and who starts them."""

import asyncio
from typing import Any

import numpy as np
import pytest

from aurora.errors import SpeechUnavailable
from aurora.speech.pool import TranscriptionPool
from aurora.speech.weights import WeightsChoice
from tests.unit.speech.test_weights import BASE, TINY

PCM = np.arange(160, dtype=np.int16)
CHOICE = WeightsChoice((BASE, TINY))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class ScriptedWorker:
    """Answers when told to; `take` waits for the next request."""

    rss_mb = 200.0

    def __init__(self, choice: WeightsChoice, pid: int) -> None:
        self.choice = choice
        self.pid = pid
        self.is_killed = False
        self.hurried = 0
        self.gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.requests: asyncio.Queue[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = (
            asyncio.Queue()
        )

    async def transcribe(self, header: dict[str, Any], sound: bytes) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        assert sound == PCM.tobytes()
        await self.requests.put((header, answer))
        return await answer

    def hurry(self) -> None:
        self.hurried += 1

    async def kill(self) -> int | None:
        self.is_killed = True
        if not self.gone.done():
            self.gone.set_result(-9)
        return await self.gone

    async def take(self) -> "Asked":
        async with asyncio.timeout(5):
            return Asked(*await self.requests.get())


class Asked:
    def __init__(self, header: dict[str, Any], answer: "asyncio.Future[dict[str, Any]]") -> None:
        self.models = header["models"]
        self.header = header
        self._answer = answer

    def say(self, text: str) -> None:
        self._answer.set_result(
            {
                **{"text": text, "language": self.header["language"], "confidence": -0.1},
                **{"no_speech": 0.0, "seconds": 1.0, "took_s": 0.1, "model": self.models[-1]},
                **{"word_confidences": [0.9], "reject": None},
            }
        )

    def give_way(self) -> None:
        self._answer.set_result({"refused": "gave_way"})

    def die(self) -> None:
        self._answer.set_exception(SpeechUnavailable("dead"))


class Crew:
    """Starts scripted workers, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.hired: asyncio.Queue[ScriptedWorker] = asyncio.Queue()
        self.choices: list[WeightsChoice] = []
        self.failures = 0

    async def start(self, choice: WeightsChoice, threads: int) -> ScriptedWorker:
        self.choices.append(choice)
        if self.failures:
            self.failures -= 1
            raise SpeechUnavailable("dead", "out of memory")
        worker = ScriptedWorker(choice, pid=len(self.choices))
        await self.hired.put(worker)
        return worker

    async def next(self) -> ScriptedWorker:
        async with asyncio.timeout(5):
            return await self.hired.get()


async def reason(task: asyncio.Task) -> str:
    with pytest.raises(SpeechUnavailable) as refused:
        await task
    return refused.value.reason


async def queued(pool: TranscriptionPool, count: int) -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert pool.figures()["waiting"] == count

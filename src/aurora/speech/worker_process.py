"""One worker as the pool sees it: a process that is asked, and killed when it hangs."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict
from typing import Any

from aurora.errors import SpeechUnavailable
from aurora.speech import wire
from aurora.speech.weights import WeightsChoice
from aurora.speech.worker import HURRY

STUCK_AFTER_S = 15.0
"""For one transcript: a machine so full would not have kept the caller's deadline anyway."""
LOADED_WITHIN_S = 60.0
GONE = (asyncio.IncompleteReadError, OSError, TimeoutError, ValueError, KeyError)
"""What a worker that died, hangs or answers nonsense looks like from here."""


class WorkerProcess:
    """Started by `started`; every method but `kill` raises SpeechUnavailable when it has gone."""

    def __init__(self, process: Process, choice: WeightsChoice) -> None:
        self._process = process
        self.choice = choice
        self.gone = asyncio.ensure_future(process.wait())
        self.rss_mb = 0.0

    @classmethod
    async def started(cls, choice: WeightsChoice, threads: int) -> "WorkerProcess":
        """Start a fresh interpreter, which loads nothing of this one, and wait for its models."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "aurora.speech.worker", stdin=PIPE, stdout=PIPE
            )
        except OSError as error:
            raise SpeechUnavailable("dead", f"no worker can be started: {error}") from error
        worker = cls(process, choice)
        weights = [asdict(one) | {"folder": str(one.folder)} for one in choice.weights]
        async with contextlib.AsyncExitStack() as unless_ready:
            unless_ready.push_async_callback(worker.kill)
            await worker._asked({"weights": weights, "threads": threads}, b"", LOADED_WITHIN_S)
            unless_ready.pop_all()
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    async def transcribe(self, header: dict[str, Any], sound: bytes) -> dict[str, Any]:
        """Return the fields of a Transcript, or why it was `refused`."""
        return await self._asked(header, sound, STUCK_AFTER_S)

    def hurry(self) -> None:
        """Have the partial that it reads give way to what waits; it is refused, or just done."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(HURRY)

    async def kill(self) -> int | None:
        """End the process, however it is; return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        return await self.gone

    async def _asked(self, header: dict[str, Any], body: bytes, within_s: float) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(within_s):
                process.stdin.write(wire.packed(header, body))
                await process.stdin.drain()
                answer = await wire.read_header(process.stdout)
            self.rss_mb = answer.pop("rss_mb")
        except GONE as error:
            raise SpeechUnavailable("dead", f"worker {process.pid}") from error
        return answer

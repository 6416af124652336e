"""Transcribe for many calls in worker processes, the critical first; hears and says nothing."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import structlog

from aurora.errors import SpeechUnavailable
from aurora.speech import wire
from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.transcribe import Transcript
from aurora.speech.waiting import Priority, Request, Waiting
from aurora.speech.weights import WeightsChoice

__all__ = ["Priority", "TranscriptionPool"]

ROOM_A_WORKER = 8
FINAL_WITHIN_S = 5.0
PARTIAL_WITHIN_S = 1.5
LOADED_WITHIN_S = 60.0
STUCK_AFTER_S = 15.0
TRIES = 2

log = structlog.get_logger()


class TranscriptionPool:
    """Workers that are kept alive, and the requests that wait for them."""

    def __init__(
        self,
        choice: WeightsChoice,
        *,
        workers: int = 1,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._choice = choice
        self._workers = workers
        self._clock = clock
        self._waiting = Waiting(ROOM_A_WORKER * workers)
        self._arrived = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._alive = 0
        self._ready = asyncio.Event()

    async def start(self) -> None:
        """Start the workers; returns when one is ready, raises SpeechUnavailable if none is."""
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(self._workers)]
        try:
            await asyncio.wait_for(self._ready.wait(), LOADED_WITHIN_S)
        except TimeoutError as error:
            raise SpeechUnavailable("not_loaded") from error

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def transcribe(
        self,
        pcm: Pcm,
        language: str,
        *,
        priority: Priority = Priority.NORMAL,
        is_partial: bool = False,
        call: str = "",
    ) -> Transcript:
        """Return the words of 8 kHz speech; raises SpeechUnavailable.

        Its reason is "newer" (a newer partial of the call took its place), "full", "late" or
        "dead".
        """
        if not self._alive:
            raise SpeechUnavailable("dead")
        answer: asyncio.Future[Transcript] = asyncio.get_running_loop().create_future()
        now = self._now()
        within_s = PARTIAL_WITHIN_S if is_partial else FINAL_WITHIN_S
        request = Request(
            pcm, language, priority, is_partial, call, now, now + within_s, _answering(answer)
        )
        async with self._arrived:
            for other in self._waiting.add(request):
                other.answered(SpeechUnavailable("full" if other is request else "newer"))
            self._arrived.notify()
        try:
            return await asyncio.wait_for(answer, within_s)
        except TimeoutError as error:
            self._waiting.remove(request)
            raise SpeechUnavailable("late") from error

    def figures(self) -> dict[str, float]:
        """Return what /metrics shows."""
        return {"workers_alive": self._alive, "waiting": len(self._waiting)}

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    async def _keep(self) -> None:
        """Run one worker after another in this seat."""
        while True:
            process = await self._started()
            try:
                await self._serve(process)
            finally:
                self._alive -= 1
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            log.warning("transcription_worker_replaced", returncode=process.returncode)

    async def _started(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aurora.speech.worker", stdin=PIPE, stdout=PIPE
        )
        weights = [asdict(one) | {"folder": str(one.folder)} for one in self._choice.weights]
        answer = await _asked(process, {"weights": weights, "threads": 1}, b"")
        log.info("transcription_worker_ready", pid=process.pid, **answer)
        self._alive += 1
        self._ready.set()
        return process

    async def _serve(self, process: Process) -> None:
        while True:
            request = await self._next()
            request.tries += 1
            try:
                answer = await asyncio.wait_for(self._put(process, request), STUCK_AFTER_S)
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
                await self._again(request)
                return
            request.answered(Transcript(**answer))

    async def _put(self, process: Process, request: Request) -> dict[str, Any]:
        choose = self._choice.for_partials if request.is_partial else self._choice.for_finals
        header = {
            "model": choose(request.language).name,
            "language": request.language,
            "is_partial": request.is_partial,
        }
        return await _asked(process, header, request.pcm.tobytes())

    async def _next(self) -> Request:
        async with self._arrived:
            while (request := self._waiting.take()) is None:
                await self._arrived.wait()
            return request

    async def _again(self, request: Request) -> None:
        if request.tries >= TRIES:
            request.answered(SpeechUnavailable("dead"))
            return
        async with self._arrived:
            self._waiting.add(request)
            self._arrived.notify()


def _answering(answer: asyncio.Future[Transcript]) -> Callable[[object], None]:
    def answered(what: object) -> None:
        if answer.done():
            return
        if isinstance(what, Transcript):
            answer.set_result(what)
        elif isinstance(what, Exception):
            answer.set_exception(what)

    return answered


async def _asked(process: Process, header: dict[str, Any], body: bytes) -> dict[str, Any]:
    assert process.stdin and process.stdout  # noqa: S101
    process.stdin.write(wire.packed(header, body))
    await process.stdin.drain()
    return await wire.read_header(process.stdout)

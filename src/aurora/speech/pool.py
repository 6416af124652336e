"""Transcribe for many calls in worker processes, the critical first; hears and says nothing."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from aurora.errors import SpeechUnavailable
from aurora.speech.codec import Pcm
from aurora.speech.steadiness import Steadiness
from aurora.speech.transcribe import Transcript
from aurora.speech.waiting import Priority, Request, Waiting, never
from aurora.speech.weights import Weights, WeightsChoice
from aurora.speech.worker_process import LOADED_WITHIN_S, WorkerProcess

__all__ = ["Priority", "TranscriptionPool"]

ROOM_A_WORKER = 8
FINAL_WITHIN_S = 5.0
PARTIAL_WITHIN_S = 1.5
"""A later one would come after the caller has ended the sentence."""
TRIES = 2
LONGEST_REST_S = 30.0
"""Between two attempts to start a worker."""
DOUBLED = 10
"""How often that rest is, at most: no number doubles for ever, and attempts have no end."""

log = structlog.get_logger()


class Worker(Protocol):
    """What the pool asks of one: WorkerProcess says when each fails."""

    rss_mb: float
    choice: WeightsChoice

    @property
    def pid(self) -> int: ...

    @property
    def gone(self) -> asyncio.Future[Any]:
        """Done when it has ended by itself or was killed."""

    async def transcribe(self, header: dict[str, Any], sound: bytes) -> dict[str, Any]: ...

    def hurry(self) -> None: ...

    async def kill(self) -> int | None: ...


StartWorker = Callable[[WeightsChoice, int], Awaitable[Worker]]


class TranscriptionPool:
    """Workers that are kept alive, and the requests that wait for them."""

    def __init__(
        self,
        choice: WeightsChoice,
        *,
        workers: int = 1,
        threads: int | None = None,
        clock: Callable[[], float],
        start_worker: StartWorker = WorkerProcess.started,
    ) -> None:
        """clock: monotonic seconds. threads: of each worker; the cores shared out when None."""
        self._start_worker = start_worker
        self._choice = choice
        self._threads = threads or _threads(workers)
        self._clock = clock
        self._waiting = Waiting(ROOM_A_WORKER * workers)
        self._arrived = asyncio.Event()
        """Set when a worker may have something to do, or has gone."""
        self._is_ready = asyncio.Event()
        self._steadiness = Steadiness()
        self._seats: list[Worker | None] = [None] * workers
        self._under_way: dict[Worker, Request] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._starts_failed = 0
        self._counts: Counter[str] = Counter()

    async def start(self) -> None:
        """Start the workers; returns when one is ready, raises SpeechUnavailable if none is."""
        self._tasks = [asyncio.create_task(self._keep(seat)) for seat in range(len(self._seats))]
        try:
            async with asyncio.timeout(LOADED_WITHIN_S):
                await self._is_ready.wait()
        except TimeoutError as error:
            await self.close()
            raise SpeechUnavailable("dead", "no worker could load its models") from error

    async def close(self) -> None:
        """End the workers; who still waits is told that speech is unavailable."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        while request := self._waiting.take():
            request.refuse("dead")

    async def transcribe(
        self,
        pcm: Pcm,
        language: str,
        *,
        priority: Priority = Priority.NORMAL,
        is_partial: bool = False,
        call: str = "",
        among: Sequence[str] = (),
        within_s: float | None = None,
        has_gone_on: Callable[[], bool] = never,
    ) -> Transcript:
        """Return the words of 8 kHz speech.

        among: several languages, when the call's is not known yet: the one heard is told.
        has_gone_on: says of a final asked for in a pause that the pause is over; from then on it
        is worth no more than a partial.
        Raises SpeechUnavailable, with the reason "newer" (other words of this call took a
        partial's place), "gave_way" (so did any that go first, with the partial half read),
        "full", "late", "language" or "dead".
        """
        if not self._tasks or self._is_given_up:
            raise SpeechUnavailable("dead")
        request = Request(
            pcm, language, priority, is_partial, call, self._clock(), among, has_gone_on
        )
        if not _models(self._choice, request):
            raise SpeechUnavailable("language", language)
        self._add(request)
        try:
            async with asyncio.timeout(within_s or _within_s(is_partial=is_partial)):
                return _as_transcript(await request.answer)
        except TimeoutError as error:
            self._counts["refused_late"] += 1
            raise SpeechUnavailable("late") from error
        except SpeechUnavailable as refused:
            self._counts[f"refused_{refused.reason}"] += 1
            raise
        finally:
            self._waiting.remove(request)

    def figures(self) -> Mapping[str, float]:
        """Return counts since the start, and what is so now, for /metrics."""
        return {
            **self._counts,
            "workers": sum(worker is not None for worker in self._seats),
            "waiting": len(self._waiting),
            "models_set_aside": len(self._steadiness.aside(self._clock())),
            "rss_mb": sum(worker.rss_mb for worker in self._seats if worker),
        }

    @property
    def _is_given_up(self) -> bool:
        """No worker lives, and the last attempts to start one failed."""
        return self._starts_failed > 1 and not any(self._seats)

    def _models(self, worker: Worker, request: Request) -> tuple[Weights, ...]:
        """Return whom to ask, in turn: those set aside only where nothing else will do."""
        steady = worker.choice.without(self._steadiness.aside(self._clock()))
        return _models(steady, request) or _models(worker.choice, request)

    async def _keep(self, seat: int) -> None:
        """Keep a worker in this seat: start one, let it work until it goes, and again."""
        while True:
            try:
                worker = await self._started()
            except SpeechUnavailable as failure:
                await self._rest(failure)
                continue
            self._seats[seat] = worker
            worker.gone.add_done_callback(lambda _: self._arrived.set())
            self._is_ready.set()
            try:
                await self._serve(worker)
            finally:
                self._seats[seat] = None
                code = await worker.kill()
            self._counts["workers_replaced"] += 1
            log.warning("transcription_worker_replaced", pid=worker.pid, exit_code=code)

    async def _started(self) -> Worker:
        started = self._clock()
        choice = self._choice
        if self._starts_failed >= TRIES and self._starts_failed % 2 == 0:
            choice = choice.without_largest()
        worker = await self._start_worker(choice, self._threads)
        self._starts_failed = 0
        log.info(
            "transcription_worker_ready",
            pid=worker.pid,
            models=[weights.name for weights in choice.weights],
            rss_mb=round(worker.rss_mb),
            took_s=round(self._clock() - started, 1),
        )
        return worker

    async def _rest(self, failure: SpeechUnavailable) -> None:
        self._starts_failed += 1
        if self._is_given_up:
            while request := self._waiting.take():
                request.refuse("dead")
        rest_s = min(2.0 ** min(self._starts_failed - 1, DOUBLED), LONGEST_REST_S)
        log.error("transcription_worker_not_started", why=str(failure), again_in_s=rest_s)
        await asyncio.sleep(rest_s)

    async def _serve(self, worker: Worker) -> None:
        """Answer requests until the worker goes."""
        while request := await self._next(worker):
            models = self._models(worker, request)
            if not models:
                request.refuse("language")
                continue
            request.tries += 1
            self._under_way[worker] = request
            try:
                answer = await worker.transcribe(_header(request, models), request.pcm.tobytes())
            except SpeechUnavailable:
                self._note_failure(worker, request, models[-1])
                self._again(request)
                return
            except asyncio.CancelledError:
                request.refuse("dead")
                raise
            finally:
                del self._under_way[worker]
            if "refused" in answer:
                request.refuse(answer["refused"])
                continue
            self._note_answer(worker, request, models[-1])
            if not request.answer.done():
                request.answer.set_result(answer)

    def _note_answer(self, worker: Worker, request: Request, model: Weights) -> None:
        now = self._clock()
        self._counts["transcripts"] += 1
        if request.gives_way or not _can_step_down(worker, request, model):
            return
        if self._steadiness.answered(model.name, now - request.since, now):
            log.warning("speech_model_set_aside", model=model.name, why="lagging")

    def _note_failure(self, worker: Worker, request: Request, model: Weights) -> None:
        if not _can_step_down(worker, request, model):
            return
        if self._steadiness.failed(model.name, self._clock()):
            log.warning("speech_model_set_aside", model=model.name, why="failed")

    async def _next(self, worker: Worker) -> Request | None:
        """Wait for a request, or return None when the worker has gone."""
        while not worker.gone.done():
            if request := self._waiting.take():
                return request
            self._arrived.clear()
            await self._arrived.wait()
        return None

    def _add(self, request: Request) -> None:
        self._waiting.add(request)
        self._arrived.set()
        if len(self._under_way) == sum(worker is not None for worker in self._seats):
            self._make_way(request)

    def _make_way(self, request: Request) -> None:
        """Have a worker leave what gives way for words that go first: no one is idle."""
        for worker, running in self._under_way.items():
            if running.gives_way and request.rank[0] < running.rank[0]:
                worker.hurry()
                return

    def _again(self, request: Request) -> None:
        if request.tries >= TRIES:
            request.refuse("dead")
        else:
            self._counts["asked_again"] += 1
            self._add(request)


def _models(choice: WeightsChoice, request: Request) -> tuple[Weights, ...]:
    # Only a model of many languages can tell which one it hears.
    languages = [*request.among, request.language] if len(request.among) > 1 else [request.language]
    language = next((one for one in languages if one != "en"), "en")
    return choice.for_partials(language) if request.gives_way else choice.for_finals(language)


def _can_step_down(worker: Worker, request: Request, model: Weights) -> bool:
    return model not in worker.choice.for_partials(request.language)


def _as_transcript(answer: dict[str, Any]) -> Transcript:
    return Transcript(**answer | {"word_confidences": tuple(answer["word_confidences"])})


def _header(request: Request, models: Sequence[Weights]) -> dict[str, Any]:
    return {
        "models": [weights.name for weights in models],
        "language": request.language,
        "is_partial": request.gives_way,
        "among": list(request.among),
    }


def _threads(workers: int) -> int:
    # Two are nearly twice as fast at the same cost; more were not.
    return max(1, min(2, (os.cpu_count() or 1) // workers))


def _within_s(*, is_partial: bool) -> float:
    return PARTIAL_WITHIN_S if is_partial else FINAL_WITHIN_S

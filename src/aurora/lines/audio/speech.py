"""Open the ears and the voice that all calls of this machine share, and say how they are."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from aurora.errors import SpeechUnavailable, VoiceUnavailable, WeightsError
from aurora.lines.audio.judging import Together
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.site_terms import site_terms
from aurora.settings import SpeechSettings
from aurora.site.model import Site
from aurora.speech.codec import Pcm
from aurora.speech.endpointing import Endpointing
from aurora.speech.pool import TranscriptionPool
from aurora.speech.rendered import RenderedLines
from aurora.speech.site_words import Corrected, SiteWords
from aurora.speech.transcribe import Transcript
from aurora.speech.voice_activity import (
    SileroActivity,
    SileroModel,
    VoiceActivity,
    WebRtcActivity,
)
from aurora.speech.voice_process import VoiceProcess
from aurora.speech.waiting import Priority, never
from aurora.speech.weights import choose_weights

log = structlog.get_logger()

IN_THE_BACKGROUND = 10
"""Niceness of the voice that prepares sentences: callers come first."""
OPENINGS_WITHIN_S = 60.0
"""Longer nobody waits for what calls begin with: whoever has another way takes it. The sentences
are made all the same, and speech is ready once they are."""
FIRST_REST_S = 2.0
LONGEST_REST_S = 60.0
"""Between two attempts to load everything: a machine may have been full, a file not there yet."""


@dataclass(frozen=True, slots=True)
class SpeechState:
    """How the parts are, for the health report."""

    is_wanted: bool
    """Somebody asked for them: a line, a page, a kiosk."""
    is_ready: bool
    detail: str


class Speech:
    """Loaded when first wanted; a line that nobody speaks on to this machine needs none of it."""

    def __init__(
        self,
        settings: SpeechSettings,
        data_dir: Path,
        site: Site,
        opening_lines: Callable[[], Iterator[tuple[str, str]]],
        fixed_lines: Callable[[], Iterator[tuple[str, str]]],
    ) -> None:
        """opening_lines: (text, language) of what must be ready as sound before any call is taken.

        fixed_lines: of all that is made ready ahead of the calls.
        """
        self._settings = settings
        self._data_dir = data_dir
        self._site = site
        self._opening_lines = opening_lines
        self._fixed_lines = fixed_lines
        self._words: SiteWords | None = None
        self._opening: asyncio.Task[None] | None = None
        self._was_tried = asyncio.Event()
        """Everything was loaded, or could not be at the first attempt."""
        self._opened = AsyncExitStack()
        self._silero: SileroModel | None = None
        self._pool: TranscriptionPool | None = None
        self._lines: RenderedLines | None = None
        self._failure: str | None = None
        self._judging = Together(self._judge)

    def parts(self, *, silence_s: float, at_kiosk: bool = False) -> SpeechParts:
        """Return what an audio call needs of it; usable once it is ready."""
        silence_ms = self._settings.silence_duration_ms if at_kiosk else None
        return SpeechParts(
            self._activity,
            self,
            self,
            Endpointing(silence_s=silence_ms / 1000 if silence_ms else None),
            self._correct,
            self._judging,
            self._site.languages,
            silence_s=silence_s,
        )

    def begin(self) -> None:
        """Begin to load everything, once; calls can be heard as soon as `state` says so."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._keep_opening())

    async def start(self) -> None:
        """Return when speech can be heard and spoken, or cannot for now: it is tried again."""
        self.begin()
        await self._was_tried.wait()

    async def make_ready(self, lines: Iterable[tuple[str, str]]) -> None:
        """Make sentences (text, language) that were approved just now ready for the next caller.

        What cannot be made ready is made when a caller needs it.
        """
        rendered = self._lines
        if rendered is None:
            return
        for text, language in lines:
            try:
                await rendered.render(text, language)
            except VoiceUnavailable as error:
                log.warning("line_not_ready", language=language, error=str(error))

    @property
    def state(self) -> SpeechState:
        if self._opening is None:
            return SpeechState(False, False, "loaded when the first line needs it")
        if self._failure is not None:
            return SpeechState(True, False, self._failure)
        if self._pool is None or self._lines is None:
            return SpeechState(True, False, "loading")
        heard, spoken = self._pool.figures(), self._lines.figures()
        if not heard["workers"]:
            return SpeechState(True, False, "no worker puts speech into words just now")
        if unready := self._lines.unready_openings:
            return SpeechState(
                True, False, f"{unready} of the sentences that calls begin with are not made"
            )
        detail = (
            f"{self._settings.whisper_model} in {heard['workers']:g} process(es), "
            f"{spoken['ready']} of {spoken['wanted']} sentences ready"
        )
        return SpeechState(True, True, detail)

    def figures(self) -> Mapping[str, float]:
        """Return counts for /metrics."""
        heard = self._pool.figures() if self._pool else {}
        spoken = self._lines.figures() if self._lines else {}
        return {**heard, **{f"sentences_{name}": value for name, value in spoken.items()}}

    async def transcribe(
        self,
        pcm: Pcm,
        language: str,
        *,
        priority: Priority,
        is_partial: bool,
        call: str,
        among: Sequence[str] = (),
        within_s: float | None = None,
        has_gone_on: Callable[[], bool] = never,
    ) -> Transcript:
        if self._pool is None:
            raise SpeechUnavailable("not_loaded")
        return await self._pool.transcribe(
            pcm,
            language,
            priority=priority,
            is_partial=is_partial,
            call=call,
            among=among,
            within_s=within_s,
            has_gone_on=has_gone_on,
        )

    def get(self, text: str, language: str) -> bytes | None:
        return self._lines.get(text, language) if self._lines else None

    async def render(self, text: str, language: str) -> bytes:
        if self._lines is None:
            raise VoiceUnavailable("not_loaded")
        return await self._lines.render(text, language)

    async def close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        await self._opened.aclose()

    def _correct(self, text: str, language: str, confidences: Sequence[float]) -> Corrected:
        return self._words.correct(text, language, confidences) if self._words else Corrected(text)

    def _judge(self, heard: Sequence[tuple[VoiceActivity, Pcm]]) -> list[list[bool]]:
        ours = [(activity, pcm) for activity, pcm in heard if isinstance(activity, SileroActivity)]
        if self._silero is not None and len(ours) == len(heard):
            return self._silero.batch(ours)
        return [activity.feed(pcm) for activity, pcm in heard]

    def _activity(self) -> VoiceActivity:
        aggressiveness = self._settings.vad_aggressiveness
        if aggressiveness is not None:
            return WebRtcActivity(aggressiveness)
        if self._silero is None:
            self._silero = SileroModel()
        return SileroActivity(self._silero)

    async def _keep_opening(self) -> None:
        """Load everything; what cannot be loaded now may be in a while."""
        rest_s = FIRST_REST_S
        try:
            while not await self._open():
                self._was_tried.set()
                await asyncio.sleep(rest_s)
                rest_s = min(2 * rest_s, LONGEST_REST_S)
        finally:
            self._was_tried.set()

    async def _open(self) -> bool:
        """Load everything or leave nothing open; return whether it is loaded."""
        try:
            async with AsyncExitStack() as opened:
                await self._load(opened)
                self._opened = opened.pop_all()
        # The edge of all that is loaded. Whatever broke, the lines that bring sound stay closed;
        # Twilio's own ears and the text API do not.
        except Exception as error:
            self._lines = self._pool = None
            self._failure = str(error) or type(error).__name__
            log.error("speech_not_ready", error=self._failure, exc_info=not _is_expected(error))
            return False
        self._failure = None
        return True

    async def _load(self, opened: AsyncExitStack) -> None:
        """Load everything; what closes it again is left with `opened`."""
        settings, rate = self._settings, self._settings.speech_rate
        self._activity()
        self._words = await asyncio.to_thread(SiteWords, site_terms(self._site))
        voice = await asyncio.to_thread(VoiceProcess, rate)
        opened.push_async_callback(asyncio.to_thread, voice.close)
        quiet = await asyncio.to_thread(VoiceProcess, rate, niceness=IN_THE_BACKGROUND)
        opened.push_async_callback(asyncio.to_thread, quiet.close)
        lines = RenderedLines(voice, self._data_dir / "lines", quiet_voice=quiet)
        opened.push_async_callback(asyncio.to_thread, lines.close)
        lines.prepare(self._fixed_lines(), self._opening_lines())
        self._lines = lines
        models = self._data_dir / "models"
        choice = await asyncio.to_thread(choose_weights, settings.whisper_model, models)
        pool = TranscriptionPool(choice, workers=settings.workers, clock=time.monotonic)
        opened.push_async_callback(pool.close)
        await pool.start()
        self._pool = pool
        await asyncio.to_thread(lines.wait_for_openings, OPENINGS_WITHIN_S)


def _is_expected(error: Exception) -> bool:
    return isinstance(error, WeightsError | SpeechUnavailable | VoiceUnavailable | OSError)

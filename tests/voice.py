"""A caller with a voice for tests: speaks in virtual time, hears what is played, echoes marks.

Speech is a constant loudness that stands for its words; silence is zero. The recogniser reads as
many words as of the sound were there.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from aurora.conversation.informing import Informer
from aurora.conversation.ring import Ring
from aurora.errors import SpeechUnavailable, VoiceUnavailable
from aurora.guidance.language_model import LanguageModel
from aurora.lines.audio.bridge import Bridge
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.ports import Ending, SpeechParts
from aurora.speech.codec import FRAME, FRAME_S, LINE_HZ, Pcm
from aurora.speech.transcribe import Transcript
from aurora.speech.waiting import Priority, never
from aurora.triage.assessment import Assessment
from tests.line import NOON
from tests.switchboard import Line

SILENT = np.zeros(FRAME, np.int16)
WORD_S = 0.3
RING = Ring("stream", from_number="+12025550199", provider_id="CA1")


class Voices:
    """All words ever spoken in a test, by loudness."""

    def __init__(self) -> None:
        self._loudness: dict[str, int] = {}

    def sound(self, words: str, seconds: float) -> Pcm:
        loudness = self._loudness.setdefault(words, 1000 + len(self._loudness))
        return np.full(round(seconds * LINE_HZ / FRAME) * FRAME, loudness, np.int16)

    def read(self, pcm: Pcm, lengths: Mapping[str, float]) -> str:
        """Return the words in a stretch of sound: of each utterance as many as were heard."""
        read: list[str] = []
        for words, loudness in self._loudness.items():
            seconds = np.count_nonzero(pcm == loudness) / LINE_HZ
            if seconds:
                every = words.split()
                share = min(seconds / lengths[words], 1.0)
                read += every[: int(share * len(every) + 1e-6)]
        return " ".join(read)


class Loudness:
    """Voice activity of this world."""

    window_s = FRAME_S
    is_plain = False

    def feed(self, pcm: Pcm) -> list[bool]:
        return [bool(frame.any()) for frame in pcm.reshape(-1, FRAME)]


@dataclass
class Recogniser:
    """Reads after a while; may be slow, mistaken or dead."""

    voices: Voices
    lengths: dict[str, float] = field(default_factory=dict)
    takes_s: float = 0.15
    final_takes_s: float | None = None
    """Where it differs."""
    is_dead: bool = False
    dies_after: float | None = None
    """Seconds of sound: what is longer is not read any more."""
    mistakes: dict[str, str] = field(default_factory=dict)
    """What whole readings are mistaken for, while partial."""
    finals: dict[str, str] = field(default_factory=dict)
    """What whole readings are mistaken for in the end."""
    rejected: dict[str, str] = field(default_factory=dict)
    """Why some words are refused."""
    refuses_once: str | None = None
    """Why the next whole reading is refused, after its time."""
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """(words, is_partial) of every reading."""
    priorities: list[Priority] = field(default_factory=list)
    """Of every reading, as it was asked for."""

    async def transcribe(
        self,
        pcm: Pcm,
        language: str,
        *,
        priority: Any,
        is_partial: bool,
        call: str,
        among: Any = (),
        within_s: float | None = None,
        has_gone_on: Callable[[], bool] = never,
    ) -> Transcript:
        words = self.voices.read(pcm, self.lengths)
        self.asked.append((words, is_partial))
        self.priorities.append(priority)
        takes_s = self.takes_s if is_partial else self.final_takes_s or self.takes_s
        await asyncio.sleep(min(takes_s, within_s or takes_s))
        if within_s is not None and takes_s > within_s:
            raise SpeechUnavailable("late")
        if not is_partial and (reason := self.refuses_once):
            self.refuses_once = None
            raise SpeechUnavailable(reason)
        is_too_long = self.dies_after is not None and len(pcm) / LINE_HZ > self.dies_after
        if self.is_dead or is_too_long:
            raise SpeechUnavailable("dead")
        heard = self.mistakes.get(words, words) if is_partial else self.finals.get(words, words)
        reject = self.rejected.get(words, None if words else "nothing_said")
        return Transcript(
            heard, language, -0.2, 0.05, len(pcm) / LINE_HZ, self.takes_s, "scripted", reject
        )


class Readable:
    """Sentences as sound of which each byte says which sentence it is of."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.is_ready: Callable[[str], bool] = lambda text: True
        self.takes_s = 0.03
        self.is_dead = False
        self.deaths = 0
        """How many sentences to come kill the voice, which is there again for the next."""

    def get(self, text: str, language: str) -> bytes | None:
        return self._sound(text) if self.is_ready(text) else None

    async def render(self, text: str, language: str) -> bytes:
        await asyncio.sleep(self.takes_s)
        if self.is_dead or self.deaths > 0:
            self.deaths -= 1
            raise VoiceUnavailable("died")
        return self._sound(text)

    def _sound(self, text: str) -> bytes:
        known = {known: number for number, known in self.texts.items()}
        number = known.get(text, len(self.texts))
        self.texts[number] = text
        return bytes([number]) * (round(len(text.split()) * WORD_S / FRAME_S) * FRAME)


@dataclass
class Heard:
    """One sentence in the caller's ear, in seconds of the loop's time."""

    text: str
    begins: float
    ends: float


class Ear:
    """The caller's end of the line: plays in order, forgets on `clear`, echoes marks."""

    def __init__(self, lines: Readable) -> None:
        self.heard: list[Heard] = []
        self.shown: list[dict[str, Any]] = []
        self.cleared_at: list[float] = []
        self.most_ahead_s = 0.0
        self.echo: Callable[[str], None] = lambda name: None
        self._lines = lines
        self._until = 0.0

    async def send_audio(self, mulaw: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self._until = max(self._until, now)
        for start in range(0, len(mulaw), FRAME):
            text = self._lines.texts[mulaw[start]]
            if self.heard and self.heard[-1].text == text and self.heard[-1].ends == self._until:
                self.heard[-1].ends += FRAME_S
            else:
                self.heard.append(Heard(text, self._until, self._until + FRAME_S))
            self._until += FRAME_S
            self.heard[-1].ends = self._until
        self.most_ahead_s = max(self.most_ahead_s, self._until - now)

    async def send_mark(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(max(self._until, loop.time()), self.echo, name)

    async def clear(self) -> None:
        now = self._until = asyncio.get_running_loop().time()
        self.cleared_at.append(now)
        self.heard = [heard for heard in self.heard if heard.begins < now]
        if self.heard:
            self.heard[-1].ends = min(self.heard[-1].ends, now)

    async def show(self, what: dict[str, Any]) -> None:
        self.shown.append(what)

    @property
    def texts(self) -> list[str]:
        return [heard.text for heard in self.heard]

    def heard_of(self, text: str) -> Heard:
        return next(heard for heard in self.heard if text in heard.text)


@dataclass
class Caller:
    """Somebody on the line; their telephone sends a frame every 20 ms, speech or not."""

    call: AudioCall
    line: Line
    ear: Ear
    recogniser: Recogniser
    voices: Voices
    lines: Readable
    ending: "asyncio.Task[Ending]"
    spoke_until: float = 0.0
    _speech: deque[Pcm] = field(default_factory=deque)
    is_sending: bool = True

    async def says(self, words: str, *, word_s: float = WORD_S) -> None:
        """Speak; returns with the last frame of it sent."""
        seconds = len(words.split()) * word_s
        sound = self.voices.sound(words, seconds)
        self.recogniser.lengths[words] = len(sound) / LINE_HZ
        self.start(sound)
        await asyncio.sleep(len(self._speech) * FRAME_S)
        self.spoke_until = asyncio.get_running_loop().time() - FRAME_S

    def start(self, sound: Pcm) -> None:
        """Begin to speak."""
        self._speech += list(sound.reshape(-1, FRAME))

    async def waits(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def hears(self, text: str) -> None:
        """Wait until Aurora begins to say it, and half a second longer."""
        begins = None
        while begins is None or self.now < begins + 0.5:
            await asyncio.sleep(0.05)
            begins = next((one.begins for one in self.ear.heard if text in one.text), None)

    async def hears_out(self) -> None:
        """Wait until Aurora has said everything, and a second longer."""
        quiet_s = 0.0
        while quiet_s < 1.0:
            await asyncio.sleep(0.05)
            quiet_s = 0.0 if self.call.is_speaking else quiet_s + 0.05

    def catches_up(self, seconds: float) -> None:
        """Send at once what the network held back so long."""
        self.is_sending = True
        for _ in range(round(seconds / FRAME_S)):
            self.call.hear(self._next_frame())

    def _next_frame(self) -> Pcm:
        return self._speech.popleft() if self._speech else SILENT

    async def send_frames(self) -> None:
        while True:
            if self.is_sending:
                self.call.hear(self._next_frame())
            await asyncio.sleep(FRAME_S)

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def said(self) -> list[str]:
        return await self.line.said("CA1")

    async def events(self) -> list[str]:
        return await self.line.events("CA1")


class _LoopClock:
    """The conversation's clock, moved by the loop's."""

    def __call__(self) -> Any:
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())


@asynccontextmanager
async def calling(
    script: Mapping[str, Assessment] | None = None,
    *,
    model: LanguageModel | None = None,
    ring: Ring = RING,
    has_other_ears: bool = True,
    greets: bool = True,
    line: Line | None = None,
    informer: Informer | None = None,
    bridge: Bridge | None = None,
    recognises: Callable[[Voices], Recogniser] = Recogniser,
    **options: Any,
) -> AsyncIterator[Caller]:
    """A call that has been greeted, if `greets`; hung up at the end."""
    clock: Any = _LoopClock()
    line = line or Line(dict(script or {}), clock=clock, model=model, informer=informer)
    voices, lines = Voices(), Readable()
    recogniser, ear = recognises(voices), Ear(lines)
    parts = SpeechParts(Loudness, recogniser, lines, **options)
    loop = asyncio.get_running_loop()
    call = AudioCall(
        ring.provider_id or "",
        ear,
        parts,
        line.board,
        has_other_ears=has_other_ears,
        bridge=bridge,
        clock=loop.time,
    )
    ear.echo = call.mark_echoed
    call.answer(ring)
    caller = Caller(call, line, ear, recogniser, voices, lines, asyncio.create_task(call.run()))
    sending = asyncio.create_task(caller.send_frames())
    try:
        if greets:
            await caller.hears_out()
        yield caller
    finally:
        sending.cancel()
        call.hang_up()
        await caller.ending

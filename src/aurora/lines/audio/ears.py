"""Listen to one caller: whose sound is speech, when turns begin and end, and in which words.

What the words mean, and what is answered, is the call's.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import numpy as np

from aurora.errors import SpeechUnavailable
from aurora.lines.audio.judging import Failed
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.audio.reading import Reading, reading_of
from aurora.lines.audio.utterance import Utterance
from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.endpointing import (
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TurnEnded,
    TurnTaking,
)
from aurora.speech.waiting import Priority, never

PARTIAL_EVERY_S = 0.4
FIRST_PARTIAL_S = 0.7
"""A shorter piece holds no word to act on."""
HOLE_S = 0.5
"""Between two turns, sound that comes so late left a hole: its time is set by the clock again.

Not inside a turn: there a hole would count as the caller's silence, and cut them off.
"""
STALLED_S = 1.5
"""Without any sound before a turn is taken as it is; a network often catches up on a second."""
PATIENCE_S = 3.0
"""For the words of a turn, however often they are read. A caller left longer in silence thinks that
the line is dead."""
LATE = "late"
LATE_WITHIN_S = 15.0
LATE_TRIES_AFTER_S = (0.0, 2.0, 5.0)
"""For words that nobody waits for any more: they may still raise urgency."""
KEPT_S = 0.7
"""Sound kept while nobody speaks: what speech is found by, and the softer sound before it."""


def _raise(error: Exception) -> None:
    raise error


class Listener(Protocol):
    """Who acts on what is heard."""

    def verdict(self, now: float, is_speech: bool) -> None:
        """A window of sound was speech or not."""

    def speech_started(self, utterance: Utterance) -> None: ...

    def words_read(self, utterance: Utterance, reading: Reading, *, is_pause: bool) -> None:
        """The words so far, as they are read now; they may still change."""

    def speech_paused(self, utterance: Utterance) -> None: ...

    def pause_read(self, utterance: Utterance, reading: Reading) -> None:
        """All before the present pause is read; `words_read` came first where there are words."""

    def speech_resumed(self, utterance: Utterance) -> None: ...

    def turn_ended(self, utterance: Utterance) -> None: ...


class Ears:
    """One caller's sound."""

    listener: Listener
    """Set before the first sound."""

    def __init__(self, parts: SpeechParts, call: str, clock: Callable[[], float]) -> None:
        self.language = "en"
        self.is_language_known = False
        """Words of the caller were understood in this language."""
        self.priority = Priority.URGENT
        """Of a caller whom nobody has understood yet; theirs follows from what they said."""
        self._parts = parts
        self._call = call
        self._clock = clock
        self._activity = parts.activity()
        self._is_closed = False
        self._turns = TurnTaking(parts.endpointing, self._activity.window_s)
        self._kept: deque[Pcm] = deque()
        self._kept_samples = 0
        self._at: float | None = None
        """Time of the sound judged so far."""
        self._until = 0.0
        """Time of the sound heard so far."""
        self._came_at = 0.0
        """When, by the clock, sound last came in."""
        self._readings: set[asyncio.Task[None]] = set()
        self.utterance: Utterance | None = None
        """The turn under way."""

    def open(self) -> None:
        """The call is held from here on; `close` must follow."""
        self._parts.judging.join()

    @property
    def window_s(self) -> float:
        return self._activity.window_s

    @property
    def is_plain(self) -> bool:
        """Whether the newest sound is speech beyond doubt."""
        return self._activity.is_plain

    @property
    def is_in_turn(self) -> bool:
        return self.utterance is not None

    def hear(self, pcm: Pcm, failed: Failed = _raise) -> None:
        """Take sound as it comes in, in pieces of any length.

        failed: told when it cannot be judged, now or in a moment, or what follows from it breaks.
        """
        now = self._came_at = self._clock()
        self._set_time(now, len(pcm) / LINE_HZ)
        self._keep(pcm)
        lost = partial(self._lost, failed)
        self._parts.judging.hear(self._activity, pcm, partial(self._judged, now), lost)

    @property
    def silence_s(self) -> float:
        """Since the last speech, in time of the sound."""
        return (self._at or 0.0) - self._turns.last_speech_at

    @property
    def is_stalled(self) -> bool:
        """Whether a turn is open and no sound comes any more to end it."""
        return self.utterance is not None and self._clock() - self._came_at > STALLED_S

    def end_turn(self) -> None:
        """End the turn under way as it is: the caller hung up, or no sound comes any more."""
        self._turns = TurnTaking(self._parts.endpointing, self._activity.window_s)
        self._end(self._clock())

    async def words_of(self, utterance: Utterance) -> Reading:
        """Return the words of a turn that is over; raises SpeechUnavailable."""
        until = self._clock() + PATIENCE_S
        reading = await self._final_of(utterance, until)
        languages = self._parts.languages
        if not reading.is_unsure or self.is_language_known or len(languages) < 2:
            return reading
        # What makes no sense in the site's first language may be another one.
        with suppress(SpeechUnavailable):
            reading = await self._read_by(until, utterance, among=languages)
        return reading

    async def late_words_of(self, utterance: Utterance) -> Reading:
        """Return the words of a turn that were waited for in vain; raises SpeechUnavailable.

        Whoever waits for an answer goes first: under strain they would be late as well.
        """
        for rest_s in LATE_TRIES_AFTER_S:
            await asyncio.sleep(rest_s)
            with suppress(SpeechUnavailable):
                return await self._read(utterance, within_s=LATE_WITHIN_S, is_late=True)
        raise SpeechUnavailable(LATE)

    async def _final_of(self, utterance: Utterance, until: float) -> Reading:
        if utterance.pause is not None:
            try:
                return await utterance.pause
            except SpeechUnavailable as error:
                if error.reason == LATE:
                    raise  # once more would be twice as late
        return await self._read_by(until, utterance)

    async def _read_by(
        self, until: float, utterance: Utterance, among: Sequence[str] = ()
    ) -> Reading:
        """Have a turn read with what is left of the patience; raises SpeechUnavailable."""
        left_s = until - self._clock()
        if left_s <= 0.0:
            raise SpeechUnavailable(LATE)
        return await self._read(utterance, within_s=left_s, among=among)

    def close(self) -> None:
        self._is_closed = True
        self._parts.judging.leave()
        for task in self._readings:
            task.cancel()

    def _judged(self, now: float, verdicts: list[bool]) -> None:
        """Take the verdicts on sound that came in `now`."""
        if self._is_closed:
            return
        for is_speech in verdicts:
            self._at = (self._at or 0.0) + self._activity.window_s
            self._judge(self._at, now, is_speech)

    def _lost(self, failed: Failed, error: Exception) -> None:
        """Sound that nobody judged has passed all the same: what follows is not earlier for it."""
        self._at = self._until
        failed(error)

    def _set_time(self, now: float, seconds: float) -> None:
        """Let the sound's own length tell the time: it comes in bursts, and is even inside."""
        began = now - seconds
        is_hole = self.utterance is None and began - self._until > HOLE_S
        if self._at is None or is_hole:
            self._at = self._until = began
        self._until += seconds

    def _keep(self, pcm: Pcm) -> None:
        if self.utterance is not None:
            self.utterance.add(pcm)
            return
        self._kept.append(pcm)
        self._kept_samples += len(pcm)
        while self._kept_samples - len(self._kept[0]) > KEPT_S * LINE_HZ:
            self._kept_samples -= len(self._kept.popleft())

    def _judge(self, at: float, now: float, is_speech: bool) -> None:
        spoken = self.utterance.text if self.utterance else ""
        before = self._turns.last_speech_at
        for event in self._turns.feed(at, is_speech, spoken, self.language):
            match event:
                case SpeechStarted():
                    self._begin(event)
                case SpeechPaused():
                    self._pause()
                case SpeechResumed():
                    self._resume()
                case TurnEnded():
                    self._end(now)
        if self.utterance is not None and self._turns.last_speech_at != before:
            self.utterance.last_speech_at = self._turns.last_speech_at
            self.utterance.spoke_until = now
            self._read_on(self.utterance)
        self.listener.verdict(now, is_speech)

    def _begin(self, event: SpeechStarted) -> None:
        sound = np.concatenate(list(self._kept)) if self._kept else np.zeros(0, np.int16)
        wanted = self._until - (event.started_at - self._turns.pre_roll_s)
        sound = sound[max(len(sound) - round(wanted * LINE_HZ), 0) :]
        self._kept.clear()
        self._kept_samples = 0
        began_at = self._until - len(sound) / LINE_HZ
        self.utterance = Utterance(began_at, asked_until=event.started_at)
        self.utterance.add(sound)
        self.listener.speech_started(self.utterance)

    def _pause(self) -> None:
        utterance = self.utterance
        if utterance is None:
            return
        reading = self._read(
            utterance, within_s=PATIENCE_S, has_gone_on=lambda: utterance.pause is not pause
        )
        pause = utterance.pause = asyncio.create_task(reading)
        self.follow(self._tell(utterance, pause))
        self.listener.speech_paused(utterance)

    def _resume(self) -> None:
        if self.utterance is not None:
            self.utterance.pause = None
            self.listener.speech_resumed(self.utterance)

    def _end(self, now: float) -> None:
        utterance, self.utterance = self.utterance, None
        if utterance is not None:
            utterance.ended_at = now
            self.listener.turn_ended(utterance)

    def _read_on(self, utterance: Utterance) -> None:
        """Have the words read while the caller speaks; one reading at a time."""
        is_first = not utterance.text and utterance.partial is None
        due = FIRST_PARTIAL_S if is_first else PARTIAL_EVERY_S
        is_reading = utterance.partial is not None and not utterance.partial.done()
        if is_reading or utterance.last_speech_at - utterance.asked_until < due:
            return
        utterance.asked_until = utterance.last_speech_at
        words = self._read(utterance, within_s=None)
        utterance.partial = self.follow(self._tell(utterance, words))

    def follow(self, reading: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have this read beside the call, at the longest until it is over."""
        task = asyncio.create_task(reading)
        self._readings.add(task)
        task.add_done_callback(self._readings.discard)
        return task

    async def _tell(self, utterance: Utterance, words: Awaitable[Reading]) -> None:
        until = utterance.last_speech_at
        try:
            reading = await words
        except SpeechUnavailable:
            return  # a partial gives way to others; a final is asked for again
        if reading.words and until >= utterance.read_until:
            utterance.text, utterance.read_until = reading.words, until
            self.listener.words_read(utterance, reading, is_pause=utterance.pause is words)
        if utterance.pause is words:
            self.listener.pause_read(utterance, reading)

    async def _read(
        self,
        utterance: Utterance,
        *,
        within_s: float | None,
        among: Sequence[str] = (),
        has_gone_on: Callable[[], bool] = never,
        is_late: bool = False,
    ) -> Reading:
        """within_s: None for a partial, which nobody waits for. is_late: so are these."""
        transcript = await self._parts.transcription.transcribe(
            utterance.heard(),
            self.language,
            priority=Priority.NORMAL if is_late else self.priority,
            is_partial=within_s is None,
            # Newer words of the call do not contain these, nor these newer ones.
            call=f"{self._call}:late" if is_late else self._call,
            among=among,
            within_s=within_s,
            has_gone_on=has_gone_on,
        )
        return reading_of(transcript, self._parts.correct)

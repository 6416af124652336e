"""Hold one call over ConversationRelay: words in, sentences out, silence and the end minded.

Twilio listens and speaks. What is said is the switchboard's, the socket the line's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from aurora.conversation.foresight import Foreseen
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ports import Ending
from aurora.lines.audio.reflex import Reflex
from aurora.lines.audio.stages import Stages
from aurora.lines.holding import KEYS, LAST_WORDS_WITHIN_S, watch, what_follows
from aurora.lines.relay.messages import (
    Fault,
    Incoming,
    Interrupted,
    Played,
    Prompt,
    Setup,
    Speaking,
    end,
)
from aurora.lines.relay.new_words import new_in
from aurora.lines.relay.telling import Ahead
from aurora.lines.relay.turns import RelayTurns
from aurora.lines.relay.voice import RelayVoice
from aurora.lines.twilio_messages import Key

log = structlog.get_logger()

WATCH_EVERY_S = 0.1
PLAYED_OUT_S = 0.5
"""Behind the last words before a session is ended: ending one cuts its voice off."""
HEARD_OUT_S = 5.0
"""For whoever still speaks when a person takes over."""
WORDS_WITHIN_S = 1.5
"""Behind what cut Aurora off; Twilio needs half of it. Later than that it was no speech."""
CLOSED_WITHIN_S = 0.5
"""By Twilio, behind the end of a session: words may be on their way still."""
UNFINISHED_S = 4.0
LONGEST_BREATH_S = 20.0
"""After so long without a word nobody is speaking, whatever was said of it."""
HEARD_CHARS = 300

Send = Callable[[str], Awaitable[None]]


class RelayCall:
    """One call. Its line calls `take` for each message, `drop` when the socket is gone."""

    def __init__(
        self,
        name: str,
        send: Send,
        switchboard: Switchboard,
        locales: Mapping[str, str],
        *,
        language: str,
        silence_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """name: the call's id or provider id, known to the switchboard. locales: of each language.

        language: what Twilio listens and speaks in so far. silence_s: without a word after
        Aurora's last, before a silent turn is taken.
        """
        self.name = name
        self._send = send
        self._switchboard = switchboard
        self._language = language
        self._silence_s = silence_s
        self._clock = clock
        self._voice = RelayVoice(locales, language, clock)
        self._turns = RelayTurns(name, switchboard, self._voice, self._wake, self._taken, clock)
        self._has_words = asyncio.Event()
        self._over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._is_gone = asyncio.Event()
        self._after: Ending | None = None
        """What comes once everything was said."""
        self._taken_before = ""
        """Words of the turn under way that were taken before it was over."""
        self._begin_turn()
        self._is_speaking = False
        self._spoke_at = self._cut_at = self._quiet_from = clock()

    def say(self, sentences: Sequence[Spoken]) -> None:
        """Speak what is on the record already, such as a greeting."""
        for sentence in sentences:
            self._voice.say(sentence, self._language)
        self._voice.close_cycle()
        self._wake()

    def rejoin(self) -> None:
        """Go on with a call that somebody else began: greet again, or say that the line is open."""
        self._turns.rejoin()

    def nudge(self) -> None:
        """Say what operators typed for the caller, after what is being said."""
        self._turns.say_kept()

    def take(self, message: Incoming) -> None:
        """Take what Twilio says; a second setup changes nothing."""
        try:
            self._take(message)
        # The edge of a call: what broke on one message must not leave the caller unheard.
        except Exception:
            log.exception("relay_message_failed")

    def _take(self, message: Incoming) -> None:
        self._voice.is_alive()
        match message:
            case Prompt(words, is_last):
                self._prompted(words.strip(), is_last=is_last)
            case Key(digit) if digit in KEYS:
                self._spoke_at = self._clock()
                self._turns.press(digit)
            case Interrupted():
                self._interrupted(message)
            case Played(words):
                self._voice.played(words)
                self._wake()
            case Speaking(is_caller=True, is_on=is_on):
                self._is_speaking, self._spoke_at = is_on, self._clock()
                if not is_on:
                    self._read(self._words, is_pause=True)
            case Speaking(is_caller=False, is_on=True):
                self._voice.begun()
                self._turns.look()
            case Fault(description):
                details = {"description": description[:HEARD_CHARS]}
                self._switchboard.note_later(self.name, "relay_fault", details)
            case Setup() | Speaking() | Key():
                pass

    def drop(self) -> None:
        """The socket is gone; whether the caller is too, a webhook will say."""
        self._is_gone.set()
        self._finish(Ending.DROPPED)

    async def run(self) -> Ending:
        """Hold the call until it is over here; return how."""
        self._quiet_from = self._clock()
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(self._speak())
            watching = tasks.create_task(watch(WATCH_EVERY_S, self._look, self._stop_watching))
            taking = tasks.create_task(self._turns.run())
            try:
                ending = await self._over
                for worker in (speaking, watching):
                    worker.cancel()
                self._voice.close()
                await self._keep_last_words()
            finally:
                for worker in (speaking, watching, taking):
                    worker.cancel()
        # Words that came while a goodbye ended: the call goes on, on another line.
        is_reopened = ending is Ending.ENDED and self._after is not Ending.ENDED
        return Ending.DROPPED if is_reopened else ending

    @property
    def is_speaking(self) -> bool:
        """Whether anything is still to be heard, or an answer is being made."""
        return self._voice.is_busy or self._turns.is_busy

    def take_unheard(self) -> list[Spoken]:
        """Return what was to be said and is not known to have been heard."""
        return [line.sentence for line in self._voice.unheard]

    def _begin_turn(self) -> None:
        self._words, self._ahead = "", None
        self._reflex = Reflex(self._foresee)
        self._stages = Stages()

    _words: str
    """The turn under way, as far as it was heard."""
    _ahead: Ahead | None

    def _prompted(self, words: str, *, is_last: bool) -> None:
        """Take the whole turn so far: what of it was taken before is not taken again."""
        if not words:
            return
        new = new_in(words, self._taken_before)
        if is_last or new == words:
            self._taken_before = ""
        if new:
            self._hear(new, is_last=is_last)
        elif is_last:
            self._begin_turn()

    def _take_so_far(self) -> None:
        """Take a turn that is not over: Twilio may still send all of it."""
        if self._words:
            self._taken_before = f"{self._taken_before} {self._words}".strip()
            self._hear(self._words, is_last=True)

    def _hear(self, words: str, *, is_last: bool) -> None:
        now = self._clock()
        if not is_last:
            # Twice the same words, or a full stop: the caller has paused.
            is_pause = words == self._words or words.endswith((".", "!", "?"))
            if words != self._words:
                self._spoke_at = now
                self._switchboard.hear_so_far(self.name, words)
            self._words = words
            self._read(words, is_pause=is_pause)
            return
        self._stages.note("end_of_speech", self._spoke_at if self._words else now)
        self._stages.note("end_of_turn", now)
        self._stages.note("text", now)
        self._turns.hear(words, self._ahead, self._stages)
        self._spoke_at = now
        self._begin_turn()

    def _read(self, words: str, *, is_pause: bool) -> None:
        """Speak the first line that the words so far call for, in the caller's pause."""
        if not words:
            return
        self._reflex.read(words, self._language, is_pause=is_pause, is_sure=True)
        foreseen = self._reflex.due if is_pause and self._ahead is None else None
        if foreseen is None or self._turns.is_busy or self._voice.is_busy:
            return
        line = self._voice.say(foreseen.first_line, foreseen.language, is_ahead=True)
        self._ahead = Ahead(foreseen, line)
        self._wake()

    def _foresee(self, words: str, *, is_likely_all: bool) -> Foreseen | None:
        return self._switchboard.foresee(self.name, words, is_likely_all=is_likely_all)

    def _interrupted(self, message: Interrupted) -> None:
        lost = self._voice.interrupted(message.heard)
        details = {
            "heard": message.heard[-HEARD_CHARS:],
            "after_ms": message.after_ms,
            "unheard": [line.sentence.source for line in lost],
        }
        self._switchboard.note_later(self.name, "interrupted", details)
        self._cut_at = self._clock()

    def _taken(self, turn: Turn) -> None:
        self._language = turn.call.language
        self._after = what_follows(turn, self._after)
        if self._turns.has_failed:
            self._after = Ending.FAILED

    def _wake(self) -> None:
        self._has_words.set()

    async def _speak(self) -> None:
        while True:
            await self._has_words.wait()
            self._has_words.clear()
            while self._voice.outbox:
                await self._give(self._voice.outbox.popleft())

    async def _give(self, text: str) -> None:
        try:
            await self._send(text)
        # The edge of a call: a way out that breaks is a line that is gone; its caller may not be.
        except Exception:
            log.exception("relay_not_sent")
            self.drop()

    async def _look(self) -> None:
        """Take a silent turn when nobody says anything for long, and end a session that is over."""
        self._voice.move_on()
        self._wake()
        self._turns.look()
        now = self._clock()
        if self._is_left_unfinished(now):
            self._take_so_far()
        if self.is_speaking:
            self._quiet_from = now
        elif self._voice.lost:
            if self._was_noise(now):
                self._turns.go_on()
        elif self._after is not None:
            if now - self._quiet_from >= self._last_wait_s(now):
                await self._end(self._after)
        elif self._is_silent(now):
            self._quiet_from = now
            self._turns.wait()

    def _stop_watching(self, error: Exception) -> None:
        """The line behind the session minds the caller's silence, and says what is left to say."""
        self._turns.put(partial(self._turns.failed, error))
        self._finish(Ending.FAILED)

    def _is_silent(self, now: float) -> bool:
        quiet_s = now - max(self._quiet_from, self._spoke_at)
        return not self._is_in_turn(now) and quiet_s >= self._silence_s

    def _was_noise(self, now: float) -> bool:
        """Whether what cut Aurora off has not been followed by a word."""
        quiet_s = now - max(self._cut_at, self._spoke_at)
        return not self._is_in_turn(now) and quiet_s >= WORDS_WITHIN_S

    def _is_in_turn(self, now: float) -> bool:
        is_speaking = self._is_speaking and now - self._spoke_at < LONGEST_BREATH_S
        return is_speaking or bool(self._words)

    def _is_left_unfinished(self, now: float) -> bool:
        """Whether Twilio has not said for too long that these words are the whole turn."""
        return bool(self._words) and now - self._spoke_at >= UNFINISHED_S

    def _last_wait_s(self, now: float) -> float:
        """How long a session that is over stays open: a caller who still speaks is heard out."""
        if self._after is Ending.FAILED or not self._is_in_turn(now):
            return PLAYED_OUT_S
        return LONGEST_BREATH_S if self._after is Ending.ENDED else HEARD_OUT_S

    async def _end(self, ending: Ending) -> None:
        """End the session: Twilio goes on with the TwiML behind it."""
        if self._words and ending is Ending.ENDED:
            # They may call for more than an end.
            self._take_so_far()
        elif not self._over.done():
            await self._give(end({"reason": ending.value}))
            self._finish(ending)

    def _finish(self, ending: Ending) -> None:
        if not self._over.done():
            self._over.set_result(ending)

    async def _keep_last_words(self) -> None:
        """Rate and record what was said last, though the answer is not heard any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_WITHIN_S):
                await self._is_gone.wait()
        self._take_so_far()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_WITHIN_S):
                await self._turns.until_idle()
        self._turns.note_timing()

"""Hold one call by voice: hear, choose the first line early, take turns, mind the silence.

What is said is the switchboard's, how sound comes and goes the port's.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import structlog

from aurora.conversation.call import Call, EndReason
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError, UnknownCall
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency
from aurora.lines.audio.acts import Act
from aurora.lines.audio.attention import Attention
from aurora.lines.audio.bridge import Bridge
from aurora.lines.audio.ears import Ears
from aurora.lines.audio.mouth import Line, Mouth
from aurora.lines.audio.ports import AudioPort, Ending, SpeechParts
from aurora.lines.audio.sending import BEGUN, Sender
from aurora.lines.audio.shown import as_kept, as_read, as_taken
from aurora.lines.audio.turns import Turns
from aurora.lines.holding import KEYS, LAST_WORDS_WITHIN_S, watch, what_follows
from aurora.lines.owed import is_first_line, is_owed, once_each
from aurora.speech.codec import Pcm
from aurora.speech.waiting import Priority

log = structlog.get_logger()

WATCH_EVERY_S = 0.2
PLAYED_OUT_S = 0.3
"""Behind the last sound before a line is closed: it may still be on its way to the ear."""
HEARD_OUT_S = 5.0
"""For whoever still speaks when somebody else's ears take over."""
NOBODY_S = 1.5
"""Between a person's joining and the sound of theirs that has to come with it."""
DEAF_AGAIN_S = 10.0
"""Ears that stay broken break on every 20 ms of sound; what is said of it takes 8 s."""
PRIORITIES = {Urgency.CRITICAL: Priority.CRITICAL, Urgency.URGENT: Priority.URGENT}


class AudioCall:
    """One call on a line that brings sound. Its port calls `hear`, `press` and the rest."""

    def __init__(
        self,
        name: str,
        port: AudioPort,
        parts: SpeechParts,
        switchboard: Switchboard,
        *,
        language: str = "en",
        has_other_ears: bool = False,
        bridge: Bridge | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """name: the call's id or provider id, known to the switchboard before `run`.

        language: of the call so far. has_other_ears: another way listens once this one ends
        (Twilio's Gather), so that speech which cannot be put into words ends this one. bridge: lets
        people at the console hear the call and join it.
        """
        self.name = name
        self._switchboard = switchboard
        self._has_other_ears = has_other_ears
        self._silence_s = parts.silence_s
        self._clock = clock
        self._mouth = Mouth(parts.lines, clock, self._wake, self._has_failed)
        self._bridge = bridge or Bridge()
        self._sender = Sender(self._mouth, port, clock, self._has_begun, self._bridge)
        self._ears = Ears(parts, name, clock)
        self._ears.language = language
        self._turns = Turns(
            name,
            switchboard,
            self._ears,
            self._mouth,
            self._sender.stop,
            self._taken,
            clock,
            has_other_ears=has_other_ears,
        )
        self._attention = Attention(
            name, switchboard, self._ears, self._mouth, self._sender, self._turns, clock
        )
        self._ears.listener = self._attention
        self._person_seen_at = self._quiet_from = clock()
        self._told_deaf_until = -math.inf
        """So long the caller knows that they are not heard."""
        self._over: asyncio.Future[Ending] | None = None
        self._gone: Ending | None = None
        """The caller's end of the line is closed."""
        self._untold: list[Spoken] = []
        """What a caller who hung up did not hear; they may call again."""
        self._after: Ending | None = None
        """What comes once everything was said."""

    # What the port brings.

    def hear(self, pcm: Pcm) -> None:
        """Take sound as it comes in: 8 kHz, pieces of any length."""
        self._bridge.hear_caller(pcm)
        if self._turns.is_deaf:
            return
        try:
            self._ears.hear(pcm, self.ears_failed)
        # The edge of a call: what broke in the ears must not break the line that brings sound.
        except Exception as error:
            self.ears_failed(error)

    def ears_failed(self, error: Exception) -> None:
        """The line goes on by another way: Gather, or a person."""
        if self._clock() < self._told_deaf_until:
            return
        log.error("ears_failed", exc_info=error)
        self._told_deaf_until = math.inf
        self._turns.put(partial(self._lose_ears, type(error).__name__))

    def press(self, digit: str, key: str | None = None) -> None:
        """Take a key of the telephone; a caller who presses one has heard enough.

        key: the request's, where it may be sent again; the port is shown that it need not be.
        """
        if digit in KEYS:
            self._attention.give_way()
            self._keep(partial(self._turns.press, digit, self._clock(), key), key)

    def words(self, text: str, key: str | None = None) -> None:
        """Take typed words; `key` as for `press`."""
        if text.strip():
            self._attention.give_way()
            self._keep(partial(self._turns.take_words, text.strip(), self._clock(), key), key)

    def choose_language(self, language: str) -> None:
        """Listen and answer in this language from here on: the caller chose it by hand."""
        self._turns.put(partial(self._turns.choose_language, language))

    def panic(self) -> None:
        """Take the panic key: an emergency begins, whatever was going on."""
        self._attention.give_way()
        self._turns.put(partial(self._turns.panic, self._clock()))

    def mark_echoed(self, name: str) -> None:
        """The caller's side has played everything sent before this mark."""
        if name.startswith(BEGUN):
            self._mouth.note_heard(name.removeprefix(BEGUN), self._turns.note_stage)
        else:
            self._mouth.mark_echoed(name)

    # What people at the console do.

    def nudge(self) -> None:
        """Say what operators typed for the caller, after what is being said."""
        self._turns.put(self._turns.say_kept)

    def pass_on(self, mulaw: bytes) -> None:
        """Let the caller hear a person's voice."""
        self._sender.pass_on(mulaw)

    async def join(self, person: str) -> None:
        """Let a person speak in Aurora's place; raises HandOffTaken, RecordsError."""
        await self._turns.ask(partial(self._turns.join, person))

    async def drop_back(self, reason: str) -> None:
        """The person is gone, and Aurora speaks again."""
        self._turns.has_person = False
        await self._turns.ask(partial(self._turns.drop_back, reason))

    def hang_up(self) -> None:
        """The caller is gone: `run` keeps the last words, and ends the call."""
        self._close(Ending.HUNG_UP)

    def drop(self) -> None:
        """The connection is gone, the caller may not be: `run` keeps the last words."""
        self._close(Ending.DROPPED)

    # What the line begins with, put before `run`.

    def answer(self, ring: Ring) -> None:
        """Greet the caller of a call that begins here."""
        self._turns.put(partial(self._turns.answer, ring))

    def rejoin(self, unheard: Sequence[Spoken] = ()) -> None:
        """Go on with a call that somebody else began: greet again, or say that the line is open.

        unheard: what the connection before had still to say; it is said instead.
        A person who had joined is still there where the bridge has them: nothing is said then.
        """
        self._turns.has_person = self._bridge.person is not None
        if not self._turns.has_person:
            self._turns.put(partial(self._turns.rejoin, unheard))

    def say(self, sentences: Sequence[Spoken]) -> None:
        """Speak what is on the record already, such as a greeting."""
        for sentence in sentences:
            self._mouth.say(
                sentence,
                self._ears.language,
                is_life_safety=is_first_line(sentence),
                is_owed=is_owed(sentence),
            )

    async def run(self) -> Ending:
        """Hold the call until it is over; return how. Nothing else ends it."""
        self._over, self._quiet_from = self._opened(), self._clock()
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send())
            watching = tasks.create_task(watch(WATCH_EVERY_S, self._look, self._stop_watching))
            taking = tasks.create_task(self._turns.run())
            self._ears.open()
            try:
                with self._bridge.carrying(self):
                    while (ending := await self._over) is Ending.ENDED and await self._goes_on():
                        self._over = self._opened()
                for worker in (sending, watching):
                    worker.cancel()
                await self._keep_last_words(ending)
            finally:
                for worker in (sending, watching, taking):
                    worker.cancel()
                self._mouth.close()
                self._ears.close()
        is_reopened = ending is Ending.ENDED and self._after is not Ending.ENDED
        return Ending.DROPPED if is_reopened else ending

    @property
    def is_speaking(self) -> bool:
        """Whether anything is still to be heard, or an answer is being made."""
        return self._mouth.is_busy or self._turns.is_busy

    @property
    def is_let_go(self) -> bool:
        """Whether the caller's end is closed: what comes now is kept, and heard by nobody."""
        return self._gone is not None

    @property
    def has_person(self) -> bool:
        """Whether a person speaks with the caller in Aurora's place."""
        return self._turns.has_person

    @property
    def is_quiet(self) -> bool:
        """Whether neither side speaks and nothing is being decided."""
        return not self.is_speaking and not self._ears.is_in_turn

    def take_unheard(self) -> list[Spoken]:
        """Stop, and return what was not heard, for a line that goes on in place of this one."""
        lost = [line for line in self._turns.lost if line.is_lost]
        lines = sorted([*lost, *self._mouth.take_unheard()], key=lambda line: line.number)
        untold, self._untold = self._untold, []
        return [*untold, *(line.sentence for line in once_each(lines))]

    # What happens inside.

    def _keep(self, act: Act, key: str | None) -> None:
        """Do this next, and show that what it was about is on the record."""

        async def kept() -> None:
            await act()
            if key is not None and self._switchboard.is_on_record(self.name):
                self._sender.show(as_kept(key))

        self._turns.put(kept)

    def _taken(self, turn: Turn) -> None:
        self._ears.priority = _priority_of(turn.call)
        self._sender.show(as_taken(turn))
        self._after = what_follows(turn, self._after)

    def _has_begun(self, line: Line) -> None:
        line.sent_at = self._clock()
        self._sender.show(as_read(line))
        self._turns.note_stage(line, "first_audio_sent")

    def _has_failed(self, line: Line) -> None:
        """Nothing will be heard of a line: let it be read, and another voice or a person go on."""
        self._sender.show(as_read(line))
        self._turns.put(partial(self._turns.lose_voice, line))

    async def _lose_ears(self, reason: str) -> None:
        try:
            await self._turns.lose_ears(reason)
        finally:
            self._told_deaf_until = self._clock() + DEAF_AGAIN_S

    def _wake(self) -> None:
        self._sender.wake()

    async def _send(self) -> None:
        try:
            while True:
                await self._sender.send()
                await self._sender.rest()
        # The edge of a call: a way out that breaks is a line that is gone; its caller may not be.
        except Exception:
            log.exception("port_failed")
            self.drop()

    async def _look(self) -> None:
        """Take a silent turn when nobody says anything for long, and close a call that is over."""
        now = self._clock()
        self._mind_person(now)
        is_useless = self._turns.is_deaf or self._mouth.failed
        if self._has_other_ears and is_useless and not self._turns.has_person:
            self._after = Ending.FAILED
        if self._ears.is_stalled:
            self._ears.end_turn()
        if self.is_speaking:
            self._quiet_from = now
        elif self._after is not None and now - self._quiet_from >= self._last_wait_s:
            self._end(self._after)
        elif now - self._quiet_from >= self._silence_s and not self._ears.is_in_turn:
            self._quiet_from = now
            self._turns.put(self._turns.wait)

    def _stop_watching(self, error: Exception) -> None:
        """Whoever hears the caller next minds their silence too: another way, or a person."""
        self.ears_failed(error)
        if self._has_other_ears and not self._turns.has_person:
            self._end(Ending.FAILED)

    def _mind_person(self, now: float) -> None:
        """Aurora is never silent for somebody who is not there, whatever went wrong with them."""
        if not self._turns.has_person or self._bridge.person is not None:
            self._person_seen_at = now
        elif now - self._person_seen_at >= NOBODY_S:
            self._turns.has_person = False
            self._turns.put(partial(self._turns.drop_back, "nobody_there"))

    @property
    def _last_wait_s(self) -> float:
        """How long a line that is over stays open: a caller who still speaks is heard out.

        Nobody else hears them after a goodbye; no turn is without an end.
        """
        if not self._ears.is_in_turn:
            return PLAYED_OUT_S
        return math.inf if self._after is Ending.ENDED else HEARD_OUT_S

    def _opened(self) -> asyncio.Future[Ending]:
        over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        if self._gone is not None:
            over.set_result(self._gone)
        return over

    async def _goes_on(self) -> bool:
        """Whether something was said, typed or pressed after all while the goodbye ended."""
        await self._take_what_is_left()
        return not self.is_quiet or self._after is not Ending.ENDED

    def _close(self, ending: Ending) -> None:
        if self._gone is None:
            self._gone = ending
            self._end(ending)

    def _end(self, ending: Ending) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(ending)

    async def _keep_last_words(self, ending: Ending) -> None:
        """Rate and record what was said last, though the answer is not heard any more."""
        try:
            if not self._turns.is_deaf:
                self._ears.end_turn()
        # The edge of a call: words that are to be taken are taken all the same.
        except Exception:
            log.exception("last_turn_failed")
        await self._take_what_is_left()
        self._turns.note_timing()
        if ending is Ending.HUNG_UP:
            self._note_untold()
            with suppress(UnknownCall, RecordsError):
                await self._switchboard.end(self.name, EndReason.HUNG_UP)

    async def _take_what_is_left(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_WITHIN_S):
                await self._turns.until_done(with_late_words=self._gone is not None)

    def _note_untold(self) -> None:
        """The record must not look as if a caller who is gone had heard what they were owed."""
        self._untold = self.take_unheard()
        owed = [sentence for sentence in self._untold if is_owed(sentence)]
        if owed:
            self._switchboard.note_unheard_later(self.name, owed)


def _priority_of(call: Call) -> Priority:
    """Return whose words are read first; a caller not understood yet may be in any danger."""
    known = PRIORITIES.get(call.urgency, Priority.NORMAL)
    return known if call.exchanges else min(known, Priority.URGENT)

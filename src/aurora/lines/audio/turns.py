"""Take the turns of one audio call one after another, whatever fails in them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from aurora.conversation.call import Call
from aurora.conversation.echo import own_words
from aurora.conversation.hand_off import Way
from aurora.conversation.operators import Operators
from aurora.conversation.operators_words import is_due
from aurora.conversation.ring import Ring
from aurora.conversation.speaker import UNSPOKEN
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.timing import KEY, PANIC, WORDS, TurnTiming
from aurora.conversation.turn import Turn
from aurora.conversation.voiced import Voiced
from aurora.conversation.voiceless import VOICELESS, lose_voice
from aurora.errors import AnsweredBefore, SpeechUnavailable
from aurora.guidance.spoken import Spoken, fold
from aurora.levels import Urgency
from aurora.lines.audio.acts import Acts, taken
from aurora.lines.audio.ears import LATE, Ears
from aurora.lines.audio.mouth import Line, Mouth
from aurora.lines.audio.reading import Reading
from aurora.lines.audio.stages import Stages
from aurora.lines.audio.telling import Ahead, Telling
from aurora.lines.audio.utterance import Utterance

log = structlog.get_logger()

IN_PART_IN_A_ROW = 1
"""Turns that may be heard in part before other ears, or a person, are better."""
TOLD_S = 0.3
"""Of a line: from so much on, a caller may have understood something of it."""


class Turns(Acts):
    """What is to be done in the call, in order; one thing at a time."""

    def __init__(
        self,
        name: str,
        switchboard: Switchboard,
        ears: Ears,
        mouth: Mouth,
        stop: Callable[[], list[Line]],
        taken: Callable[[Turn], None],
        clock: Callable[[], float],
        *,
        has_other_ears: bool,
    ) -> None:
        """name: the call's id or provider id. stop: silences what is being spoken.

        taken: told of every turn once it is decided. has_other_ears: somebody else listens once
        this machine cannot (Twilio's Gather).
        """
        super().__init__()
        self.name = name
        self.is_deaf = False
        """Speech could not be put into words, so that this line is no use any more."""
        self.has_person = False
        """A person speaks with the caller: words are kept and rated, and answered by them."""
        self.lost: list[Line] = []
        """Lines that the caller spoke over and that nothing has replaced yet."""
        self._switchboard = switchboard
        self._operators = Operators(switchboard)
        self._ears = ears
        self._mouth = mouth
        self._stop = stop
        self._taken = taken
        self._clock = clock
        self._has_other_ears = has_other_ears
        self._voiceless: set[Urgency] = set()
        """In which a person was called because a sentence could not be spoken."""
        self._timed: tuple[Stages, Line, TurnTiming] | None = None
        self._newest: Utterance | None = None
        """The turn that was spoken last."""
        self._in_part = 0
        """Turns in a row whose words were not read in time."""
        self._rests: set[asyncio.Task[None]] = set()
        """Words that are still waited for, of turns that were taken without them."""

    async def failed(self, error: Exception) -> None:
        log.error("audio_turn_failed", exc_info=error)
        await self.lose_ears(type(error).__name__)

    async def answer(self, ring: Ring) -> None:
        """Greet a caller whose call begins here."""
        await self._take(partial(self._switchboard.ring, ring))

    async def rejoin(self, unheard: Sequence[Spoken]) -> None:
        """Go on with a call that was on another line or machine, and with what it left unsaid."""
        await self._take(partial(self._switchboard.rejoin, self.name, unheard))

    async def hear(self, utterance: Utterance, ahead: Ahead | None) -> None:
        """Take a turn that the caller spoke."""
        stages = Stages({"end_of_speech": utterance.spoke_until})
        stages.note("end_of_turn", utterance.ended_at or self._clock())
        self._newest = utterance
        try:
            reading = await self._reading_of(utterance, ahead)
        except SpeechUnavailable as error:
            stages.note("text", self._clock())
            await self._hear_in_part(utterance, ahead, stages, error.reason)
            return
        self._in_part = 0
        stages.note("text", self._clock())
        if reading.words:
            await self._take_reading(reading, ahead, stages)
        elif reading.is_unsure:
            await self.wait(ahead)
        else:
            await self.go_on(ahead)

    async def take_words(self, words: str, at: float, key: str | None = None) -> None:
        """Take words typed `at`. key: what makes them the same words when they come twice."""
        if self.has_person:
            await self._overhear(words, key)
        else:
            hear = partial(self._switchboard.hear, self.name, words, key=key)
            await self._take(hear, stages=Stages.at(at, WORDS))

    async def say_kept(self) -> None:
        """Say what is kept for the caller."""
        if is_due(await self.call()):
            await self._take(partial(self._operators.say_kept, self.name))

    async def join(self, person: str) -> None:
        """Fall silent for a person; raises HandOffTaken, RecordsError, and then goes on."""
        await self._operators.join(self.name, person, Way.CONSOLE)
        self.lost += self._stop()
        self.has_person = True
        await self._take(partial(self._operators.announce, self.name))

    async def drop_back(self, reason: str) -> None:
        """The person is gone: speak again, whatever the record says."""
        self.has_person = False
        await self._take(partial(self._operators.drop_back, self.name, reason))

    @property
    def owed(self) -> Line | None:
        """What the caller spoke over and is told again before any other answer."""
        return next((line for line in self.lost if line.is_owed and line.is_lost), None)

    async def wait(self, ahead: Ahead | None = None) -> None:
        """Take a silent turn, unless the caller listens to a person."""
        if not self.has_person:
            await self._take(partial(self._switchboard.wait, self.name), ahead)

    async def go_on(self, ahead: Ahead | None = None) -> None:
        """Nobody said anything: what a noise cut off is said after all."""
        said = {ahead.line.sentence.text} if ahead and not ahead.line.is_lost else set()
        lost, self.lost = self.lost, []
        for line in lost:
            if line.is_lost and line.sentence.text not in said:
                said.add(line.sentence.text)
                self._mouth.again(line, is_insistent=True)

    async def press(self, digit: str, at: float, key: str | None = None) -> None:
        """Take a key pressed `at`. key: what makes it the same press when it comes twice."""
        if self.has_person:
            await self._overhear(f"[key {digit}]", key)
            return
        press = partial(self._switchboard.press, self.name, digit, key=key)
        await self._take(press, stages=Stages.at(at, KEY))

    async def panic(self, at: float) -> None:
        """Take the panic key of a kiosk, pressed `at`."""
        panic = partial(self._switchboard.panic, self.name)
        await self._take(panic, stages=Stages.at(at, PANIC))

    async def choose_language(self, language: str) -> None:
        """Let the caller choose the language by hand."""
        await self._switchboard.choose_language(self.name, language)
        self._ears.language = language

    def note_timing(self) -> None:
        """Put the times of the last turn on the record, as far as they are known."""
        timed, self._timed = self._timed, None
        if timed is not None:
            stages, _, timing = timed
            timing = replace(timing, stages_ms=stages.ms())
            self._switchboard.note_timing_later(self.name, timing)

    def note_stage(self, line: Line, stage: str) -> None:
        """The first line of a turn was sent, or has begun in the caller's ear."""
        if self._timed is None or self._timed[1] is not line:
            return
        self._timed[0].note(stage, self._clock())
        if stage == "first_audio_heard":
            self.note_timing()

    async def until_done(self, *, with_late_words: bool) -> None:
        """Return once everything put so far is done."""
        await self.until_idle()
        while with_late_words and self._rests:
            await asyncio.wait(self._rests)
            await self.until_idle()

    async def _reading_of(self, utterance: Utterance, ahead: Ahead | None) -> Reading:
        known = _known_of(ahead)
        reading = _own(await self._ears.words_of(utterance), utterance)
        return reading if reading.words or not known.words else known

    async def _hear_in_part(
        self, utterance: Utterance, ahead: Ahead | None, stages: Stages, reason: str
    ) -> None:
        """Take what was read of a turn; the rest is waited for beside the call."""
        known = _known_of(ahead)
        known = known if known.words else Reading(utterance.text)
        self._in_part += 1
        if known.words:
            missing = None if utterance.is_read else reason
            await self._take_reading(known, ahead, stages, missing)
        is_again = self._in_part > IN_PART_IN_A_ROW
        if not known.words or is_again:
            await self.lose_ears(reason, still_listens=reason == LATE and not is_again)
        if not utterance.is_read:
            rest = self._ears.follow(self._hear_rest(utterance, known.words))
            self._rests.add(rest)
            rest.add_done_callback(self._rests.discard)

    async def _hear_rest(self, utterance: Utterance, known: str) -> None:
        """Have the words of a turn rated once they are read after all."""
        with suppress(SpeechUnavailable):
            reading = _own(await self._ears.late_words_of(utterance), utterance)
            if reading.words and fold(reading.words) != fold(known):
                self.put(partial(self._take_late, utterance, reading))

    async def _take_late(self, utterance: Utterance, reading: Reading) -> None:
        has_gone_on = self._newest is not utterance or self._ears.is_in_turn
        voiced = Voiced(None, reading.doubts_place, reading.details, is_overtaken=has_gone_on)
        if self.has_person:
            await self._overhear(reading.words)
            return
        if not has_gone_on:
            # Asked to say it again, whoever was understood after all is answered.
            self.lost += self._stop()
        await self._take(partial(self._switchboard.hear, self.name, reading.words, voiced=voiced))
        await self.say_kept()

    async def _take_reading(
        self, reading: Reading, ahead: Ahead | None, stages: Stages, missing: str | None = None
    ) -> None:
        # A syllable that is cut off at once is not a line that anybody was told.
        is_told = ahead is not None and any(
            self._mouth.has_heard(line, TOLD_S) for line in ahead.attempts
        )
        foreseen = ahead.foreseen if ahead and is_told else None
        voiced = Voiced(foreseen, reading.doubts_place, reading.details, missing)
        if self.has_person:
            await self._overhear(reading.words)
            return
        hear = partial(self._switchboard.hear, self.name, reading.words, voiced=voiced)
        await self._take(hear, ahead, stages)

    async def _overhear(self, words: str, key: str | None = None) -> None:
        act = partial(self._operators.overhear, self.name, words, key=key)
        with suppress(AnsweredBefore):
            self._taken(await taken(act, UNSPOKEN))

    async def _take(
        self,
        act: Callable[..., Awaitable[str]],
        ahead: Ahead | None = None,
        stages: Stages | None = None,
    ) -> None:
        self.note_timing()
        lost = [line for line in self.lost if line.is_lost]
        self.lost = []
        self._switchboard.untell(self.name, [line.sentence for line in lost])
        owed = [line for line in lost if line.is_owed]
        telling = Telling(self._mouth, self._stop, self._clock, ahead, owed)
        began = self._clock()
        try:
            turn = await taken(act, telling)
            telling.finish(turn)
            self._ears.language = turn.call.language
            self._ears.is_language_known = turn.call.exchanges > 0
            if stages is not None and telling.opening is not None:
                self._note(stages, telling, turn, began, ahead)
            self._taken(turn)
        except AnsweredBefore:
            # More may have been cut off meanwhile.
            self.lost, lost = [*lost, *self.lost], []
            await self.go_on()
        finally:
            # The record has what was said; it must not look as if it had been heard. The answer
            # waits neither for the disk once more nor for what is to be written.
            if lost:
                self._switchboard.note_unheard_later(self.name, [line.sentence for line in lost])

    def _note(
        self, stages: Stages, telling: Telling, turn: Turn, began: float, ahead: Ahead | None
    ) -> None:
        opening = telling.opening
        if opening is None:
            return
        stages.note_rating(turn, began)
        # Another line spoken ahead was taken back, or only owed: no early answer to these words.
        is_right = ahead is not None and ahead.line is opening and ahead.foreseen is not None
        chosen_at = ahead.at if ahead and is_right else telling.began_at
        is_ahead = is_right and chosen_at < stages.reached["end_of_turn"]
        stages.note("first_line", chosen_at)
        if opening.sent_at is not None:
            stages.note("first_audio_sent", opening.sent_at)
        timing = TurnTiming(turn.call.urgency.value, {}, is_ahead, stages.by)
        self._timed = (stages, opening, timing)
        if opening.heard_at is not None:
            stages.note("first_audio_heard", opening.heard_at)
            self.note_timing()

    async def lose_ears(self, reason: str, *, still_listens: bool = False) -> None:
        """The safe line, then other ears or a person; a person who is there hears the caller.

        still_listens: it may be better the next time, so that other ears can wait.
        """
        if self.has_person:
            await self._switchboard.note(self.name, "speech_unavailable", {"reason": reason})
            return
        self.is_deaf |= self._has_other_ears and not still_listens
        try:
            await self._take(
                partial(
                    self._switchboard.lose_ears,
                    self.name,
                    reason,
                    has_other_ears=self._has_other_ears,
                )
            )
        # Nothing is left to try here; whoever owns the line has a way that needs none of this.
        except Exception:
            log.exception("safe_line_failed")

    async def lose_voice(self, line: Line) -> None:
        """Say what is kept ready in place of a line, once an urgency, and bring a person.

        Where another voice takes the call over, or a person has it, nothing more is said here.
        """
        urgency = (await self.call()).urgency
        text = line.sentence.text
        if self.has_person or self._has_other_ears or urgency in self._voiceless:
            self._switchboard.note_later(self.name, VOICELESS, {"unsaid": text})
            return
        self._voiceless.add(urgency)
        act = partial(lose_voice, self._switchboard.dialogue, text)
        await self._take(partial(self._switchboard.take, self.name, act))

    async def call(self) -> Call:
        return await self._switchboard.call(self.name)


def _known_of(ahead: Ahead | None) -> Reading:
    """Return the words for which a line was spoken ahead: they count as heard with it."""
    return Reading(ahead.foreseen.words if ahead and ahead.foreseen else "")


def _own(reading: Reading, utterance: Utterance) -> Reading:
    """Return a reading without the echo of what was said meanwhile; the record keeps that too."""
    words = own_words(reading.words, utterance.spoken_over)
    if words == reading.words:
        return reading
    return replace(reading, words=words, details={**reading.details, "with_echo": reading.words})

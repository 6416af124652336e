"""Take the turns of one relay call one after another, whatever fails in them, and time them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from aurora.conversation.operators import Operators
from aurora.conversation.operators_words import is_due
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.conversation.voiced import Voiced
from aurora.levels import Urgency
from aurora.lines.audio.acts import Acts, taken
from aurora.lines.audio.stages import Stages
from aurora.lines.owed import once_each
from aurora.lines.relay.telling import Ahead, RelayTelling
from aurora.lines.relay.voice import Line, RelayVoice, Stage

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timed:
    """A turn whose stages are noted once it was heard."""

    stages: Stages
    opening: Line
    urgency: Urgency
    is_ahead: bool

    @property
    def is_known(self) -> bool:
        """Whether Twilio has told when it was heard, or never will."""
        return self.opening.heard_at is not None or self.opening.stage in (Stage.HEARD, Stage.CUT)

    def timing(self) -> TurnTiming:
        if self.opening.sent_at is not None:
            self.stages.note("first_line", self.opening.sent_at)
            self.stages.note("first_audio_sent", self.opening.sent_at)
        if self.opening.heard_at is not None:
            self.stages.note("first_audio_heard", self.opening.heard_at)
        return TurnTiming(self.urgency.value, self.stages.ms(), self.is_ahead)


class RelayTurns(Acts):
    """What is to be done in the call, in order; one thing at a time."""

    def __init__(
        self,
        name: str,
        switchboard: Switchboard,
        voice: RelayVoice,
        wake: Callable[[], None],
        taken: Callable[[Turn], None],
        clock: Callable[[], float],
    ) -> None:
        """name: the call's id or provider id. wake: called when there is something to send.

        taken: told of every turn once it is decided.
        """
        super().__init__()
        self.has_failed = False
        """A turn could not be taken even by the safe line: another line has to go on."""
        self._timed: Timed | None = None
        self._name = name
        self._switchboard = switchboard
        self._operators = Operators(switchboard)
        self._voice = voice
        self._wake = wake
        self._taken = taken
        self._clock = clock

    def hear(self, words: str, ahead: Ahead | None, stages: Stages) -> None:
        """Take a turn that the caller spoke."""
        voiced = Voiced(ahead.foreseen if ahead else None)
        act = partial(self._switchboard.hear, self._name, words, voiced=voiced)
        self.put(partial(self._take, act, ahead, stages))

    def press(self, digit: str) -> None:
        self.put(partial(self._take, partial(self._switchboard.press, self._name, digit)))

    def wait(self) -> None:
        """Take a silent turn."""
        self.put(partial(self._take, partial(self._switchboard.wait, self._name)))

    def say_kept(self) -> None:
        """Say what operators typed, unless a turn has said it meanwhile."""
        self.put(self._say_kept)

    def rejoin(self) -> None:
        """Go on with a call that was elsewhere before."""
        self.put(partial(self._take, partial(self._switchboard.rejoin, self._name, ())))

    def go_on(self) -> None:
        """Nobody said anything: what a noise cut off is said after all, its like once only."""
        lost = self._voice.take_lost()
        for line in once_each(line for line in lost if line.is_owed or not line.is_insistent):
            self._voice.again(line, is_insistent=True)
        self._voice.close_cycle()
        self._wake()

    async def failed(self, error: Exception) -> None:
        log.error("relay_turn_failed", exc_info=error)
        await self._lose(type(error).__name__)

    async def _say_kept(self) -> None:
        if is_due(await self._switchboard.call(self._name)):
            await self._take(partial(self._operators.say_kept, self._name))

    async def _take(
        self,
        act: Callable[..., Awaitable[str]],
        ahead: Ahead | None = None,
        stages: Stages | None = None,
    ) -> None:
        self.note_timing()
        lost = self._voice.take_lost()
        unheard = [line.sentence for line in lost]
        self._switchboard.untell(self._name, unheard)
        owed = [line for line in lost if line.is_owed]
        telling = RelayTelling(self._voice, self._wake, ahead, owed)
        began = self._clock()
        try:
            turn = await taken(act, telling)
            telling.finish(turn)
            self._taken(turn)
        finally:
            self._voice.lost += telling.lost
            # The record has what was said; it must not look as if it had been heard.
            if unheard:
                self._switchboard.note_unheard_later(self._name, unheard)
        if stages is not None and telling.opening is not None:
            stages.note_rating(turn, began)
            is_ahead = ahead is not None and telling.opening is ahead.line
            self._timed = Timed(stages, telling.opening, turn.call.urgency, is_ahead)

    def look(self) -> None:
        """Note when the last turn was heard, once that is known or will not be any more."""
        if self._timed is not None and self._timed.is_known:
            self.note_timing()

    def note_timing(self) -> None:
        """Put the times of the last turn on the record, as far as they are known."""
        timed, self._timed = self._timed, None
        if timed is not None:
            self._switchboard.note_timing_later(self._name, timed.timing())

    async def _lose(self, reason: str) -> None:
        """The safe line, and another line that goes on."""
        self.has_failed = True
        lose = self._switchboard.lose_ears
        try:
            await self._take(partial(lose, self._name, reason, has_other_ears=True))
        # Nothing is left to try here; the TwiML behind the socket needs none of this.
        except Exception:
            log.exception("safe_line_failed")

"""What a caller on the relay is told in one turn: in its order, nothing twice, ahead included."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aurora.conversation.foresight import FIRST_LINE, Foreseen
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.relay.voice import Line, RelayVoice, Stage


@dataclass(eq=False, slots=True)
class Ahead:
    """A first line that was sent before its turn."""

    foreseen: Foreseen
    line: Line
    at: float


@dataclass(eq=False, slots=True)
class RelayTelling:
    """Speaks one turn; the switchboard's `Speaker`."""

    voice: RelayVoice
    wake: Callable[[], None]
    """Called when there is something to send."""
    ahead: Ahead | None = None
    lines: list[Line] = field(default_factory=list)
    """What this turn said, in order."""

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        """Speak these next; the first time, decide about what was spoken ahead."""
        self._settle_ahead(turn)
        for sentence in sentences:
            if not self._has(sentence):
                self.lines.append(
                    self.voice.say(
                        sentence,
                        turn.call.language,
                        is_life_safety=sentence.name == FIRST_LINE,
                    )
                )
        self.wake()

    def was_said(self, sentence: Spoken) -> bool:
        return any(line.sentence == sentence and _is_kept(line) for line in self.lines)

    def take_back(self, turn: Turn) -> list[Spoken]:
        self.voice.take_back()
        self.lines = [line for line in self.lines if _is_kept(line)]
        return [line.sentence for line in self.lines]

    def finish(self, turn: Turn) -> None:
        """Speak what is left of the turn, and listen."""
        self.say(turn, turn.sentences)
        self.voice.close_cycle()
        self.wake()

    def _has(self, sentence: Spoken) -> bool:
        return any(line.sentence.text == sentence.text for line in self.lines)

    def _settle_ahead(self, turn: Turn) -> None:
        """Keep the line spoken ahead where the turn opens with it; else the right one cuts it."""
        ahead, self.ahead = self.ahead, None
        if ahead is None:
            return
        if any(s.text == ahead.foreseen.first_line.text for s in turn.sentences[:1]):
            if ahead.line.stage is not Stage.CUT:
                self.lines.append(ahead.line)
        elif turn.sentences:
            self.voice.replace_ahead()


def _is_kept(line: Line) -> bool:
    return line.stage in (Stage.SENT, Stage.HEARD)

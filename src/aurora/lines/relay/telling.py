"""What a caller on the relay is told in one turn: in its order, nothing twice, ahead included."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aurora.conversation.foresight import Foreseen
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.owed import opens_anew, owed_with
from aurora.lines.relay.voice import Line, RelayVoice, Stage


@dataclass(eq=False, slots=True)
class Ahead:
    """A first line that was sent before its turn."""

    foreseen: Foreseen
    line: Line


@dataclass(eq=False, slots=True)
class RelayTelling:
    """Speaks one turn; the switchboard's `Speaker`."""

    voice: RelayVoice
    wake: Callable[[], None]
    """Called when there is something to send."""
    ahead: Ahead | None = None
    lost: list[Line] = field(default_factory=list)
    """What is owed to the caller and was cut before they understood it."""
    lines: list[Line] = field(default_factory=list)
    """What this turn said, in order."""
    again: list[Line] = field(default_factory=list)
    """Those of them that were owed from before: no answer's change takes them back."""

    @property
    def opening(self) -> Line | None:
        return self.lines[0] if self.lines else None

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        """Speak these next; the first time, decide about what was spoken ahead or is owed."""
        self._settle_ahead(turn)
        if opens_anew(turn):
            self._say(turn, sentences[:1])
        if self.lines or not opens_anew(turn):
            self._say_lost(turn)
        self._say(turn, sentences)
        self.wake()

    def was_said(self, sentence: Spoken) -> bool:
        return any(line.sentence == sentence and _is_kept(line) for line in self.lines)

    def take_back(self, turn: Turn) -> list[Spoken]:
        self.voice.take_back([line for line in self.lines if line not in self.again])
        self.lines = [line for line in self.lines if line in self.again or _is_kept(line)]
        return [line.sentence for line in self.lines]

    def finish(self, turn: Turn) -> None:
        """Speak what is left of the turn, and listen."""
        self.say(turn, turn.sentences)
        self.voice.close_cycle()
        self.wake()

    def _say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        for sentence in sentences:
            if not any(line.sentence.text == sentence.text for line in self.lines):
                self.lines.append(self.voice.say(sentence, turn.call.language))

    def _say_lost(self, turn: Turn) -> None:
        said = [line.sentence.text for line in self.lines]
        lost, self.lost = self.lost, []
        self.again += [self.voice.again(line) for line in owed_with(turn, lost, said)]
        self.lines += self.again

    def _settle_ahead(self, turn: Turn) -> None:
        """Keep the line spoken ahead where the turn opens with it; else the right one cuts it."""
        ahead, self.ahead = self.ahead, None
        if ahead is None:
            return
        self.lost = [line for line in self.lost if line is not ahead.line]
        if any(s.text == ahead.foreseen.first_line.text for s in turn.sentences[:1]):
            if ahead.line.stage is not Stage.CUT:
                self.lines.append(ahead.line)
        elif turn.sentences:
            self.voice.replace_ahead()


def _is_kept(line: Line) -> bool:
    return line.stage in (Stage.SENT, Stage.HEARD)

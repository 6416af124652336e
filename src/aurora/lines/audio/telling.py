"""What the caller is told in one turn: in its order, nothing twice, with what was begun ahead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aurora.conversation.foresight import FIRST_LINE, Foreseen
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.guidance.ways_out import LINES
from aurora.lines.audio.mouth import Line, Mouth

WAYS_OUT = frozenset(line.removeprefix(":") for line in LINES)


@dataclass(eq=False, slots=True)
class Ahead:
    """A line that is being spoken before its turn."""

    foreseen: Foreseen | None
    """What a turn with the words so far opens with; None for a line owed from before, which goes
    before any answer that opens with no first line of its own."""
    line: Line
    at: float
    """When, by the clock, it was chosen."""
    cut: tuple[Line, ...] = ()
    """The same said before in this turn: the caller went on over it."""

    @property
    def attempts(self) -> tuple[Line, ...]:
        return (*self.cut, self.line)

    def is_right(self, turn: Turn) -> bool:
        """Whether the turn is begun with this line."""
        if self.foreseen is None:
            return not _opens_anew(turn) or turn.sentences[0].text == self.line.sentence.text
        return any(s.text == self.foreseen.first_line.text for s in turn.sentences[:1])


@dataclass(eq=False, slots=True)
class Telling:
    """Speaks one turn; the switchboard's `Speaker`."""

    mouth: Mouth
    stop: Callable[[], list[Line]]
    """Stops what is being spoken; returns what was cut."""
    clock: Callable[[], float]
    ahead: Ahead | None = None
    lost: list[Line] = field(default_factory=list)
    """First lines and ways out that were cut before they were understood."""
    lines: list[Line] = field(default_factory=list)
    """What this turn said, in order."""
    began_at: float = 0.0
    """When, by the clock, the first of it was chosen."""

    @property
    def opening(self) -> Line | None:
        return self.lines[0] if self.lines else None

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        """Speak these next; the first time, decide about what was spoken ahead."""
        self._settle_ahead(turn)
        self._say_lost(turn)
        for sentence in sentences:
            self._say(turn, sentence)

    def was_said(self, sentence: Spoken) -> bool:
        return any(line.sentence == sentence for line in self.lines)

    def take_back(self, turn: Turn) -> list[Spoken]:
        cut = self.stop()
        self.lines = [line for line in self.lines if line not in cut or line.heard_share > 0]
        return [line.sentence for line in self.lines]

    def finish(self, turn: Turn) -> None:
        """Speak what is left of the turn."""
        self.say(turn, turn.sentences)

    def _say(self, turn: Turn, sentence: Spoken) -> None:
        if any(line.sentence.text == sentence.text for line in self.lines):
            return
        is_first_line = sentence.name == FIRST_LINE
        line = self.mouth.say(
            sentence,
            turn.call.language,
            is_life_safety=is_first_line,
            is_owed=is_first_line or sentence.name in WAYS_OUT,
            is_opening=not self.lines,
        )
        self._add(line)

    def _add(self, line: Line) -> None:
        if not self.lines:
            self.began_at = self.clock()
        self.lines.append(line)

    def _settle_ahead(self, turn: Turn) -> None:
        """Keep the line spoken ahead where the turn is begun with it; else stop it."""
        ahead, self.ahead = self.ahead, None
        if ahead is None:
            return
        if ahead.foreseen is not None:
            self.lost = [line for line in self.lost if line not in ahead.attempts]
        if not ahead.is_right(turn):
            self.stop()
        elif not ahead.line.is_lost:
            self._add(ahead.line)

    def _say_lost(self, turn: Turn) -> None:
        """Say again what the caller spoke over, unless another first line opens the turn."""
        said = {s.text for s in turn.sentences} | {line.sentence.text for line in self.lines}
        lost, self.lost = self.lost, []
        for line in () if _opens_anew(turn) else lost:
            if line.sentence.text not in said:
                said.add(line.sentence.text)
                self._add(self.mouth.again(line))


def _opens_anew(turn: Turn) -> bool:
    return any(s.name == FIRST_LINE for s in turn.sentences[:1])

"""What the caller is told in one turn: in its order, nothing twice, with what was begun ahead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aurora.conversation.foresight import FIRST_LINE, Foreseen
from aurora.conversation.operators_words import is_theirs
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
    """What is owed to the caller and was cut before it was understood."""
    lines: list[Line] = field(default_factory=list)
    """What this turn said, in order."""
    again: list[Line] = field(default_factory=list)
    """Those of them that were owed from before."""
    began_at: float = 0.0
    """When, by the clock, the first of it was chosen."""

    @property
    def opening(self) -> Line | None:
        return self.lines[0] if self.lines else None

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        """Speak these next; the first time, decide about what was spoken ahead."""
        self._settle_ahead(turn)
        is_anew = _opens_anew(turn)
        if not is_anew:
            self._say_lost(turn, self.lost)
        for sentence in sentences:
            self._say(turn, sentence)
            if is_anew:
                # The first line goes before all else, and in place of what an older one began.
                self._say_lost(turn, [line for line in self.lost if is_theirs(line.sentence)])

    def was_said(self, sentence: Spoken) -> bool:
        return any(line.sentence == sentence for line in self.lines)

    def take_back(self, turn: Turn) -> list[Spoken]:
        own = [line for line in self.lines if line not in self.again]
        cut = self._interrupt(but=own)
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
            is_owed=is_first_line or sentence.name in WAYS_OUT or is_theirs(sentence),
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
            self._interrupt(but=ahead.attempts)
        elif not ahead.line.is_lost:
            self._add(ahead.line)
        if not ahead.line.is_lost:
            text = ahead.line.sentence.text
            self.lost = [line for line in self.lost if line.sentence.text != text]

    def _interrupt(self, but: Sequence[Line]) -> list[Line]:
        """Stop and return what was cut; what of it is owed, but these, is said again."""
        cut = self.stop()
        self.lost += [line for line in cut if line.is_owed and line.is_lost and line not in but]
        return cut

    def _say_lost(self, turn: Turn, lost: Sequence[Line]) -> None:
        """Say again what the caller spoke over; what is not among it is told to nobody any more."""
        said = {s.text for s in turn.sentences}
        said |= {line.sentence.text for line in self.lines if not line.is_lost}
        self.lost = []
        for line in lost:
            if line.sentence.text not in said:
                said.add(line.sentence.text)
                self.again.append(self.mouth.again(line))
                self._add(self.again[-1])


def _opens_anew(turn: Turn) -> bool:
    return any(s.name == FIRST_LINE for s in turn.sentences[:1])

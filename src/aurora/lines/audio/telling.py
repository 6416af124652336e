"""What the caller is told in one turn: in its order, nothing twice, with what was begun ahead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aurora.conversation.foresight import Foreseen
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.audio.mouth import Line, Mouth
from aurora.lines.owed import is_first_line, is_owed, opens_anew, owed_with


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
        """Whether the turn is begun with this line, or may be: a new way out replaces the old."""
        own = [sentence.text for sentence in turn.sentences]
        if self.line.sentence.text in own[:1]:
            return True
        if self.foreseen is not None or opens_anew(turn):
            return False
        return self.line.sentence.text in own or bool(owed_with(turn, [self.line], ()))


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
        if opens_anew(turn):
            self._say(turn, sentences[:1])
        if self.lines or not opens_anew(turn):
            self._say_lost(turn)
        self._say(turn, sentences)

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

    def _say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        for sentence in sentences:
            if not any(line.sentence.text == sentence.text for line in self.lines):
                self._add(
                    self.mouth.say(
                        sentence,
                        turn.call.language,
                        is_life_safety=is_first_line(sentence),
                        is_owed=is_owed(sentence),
                        is_opening=not self.lines,
                    )
                )

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

    def _say_lost(self, turn: Turn) -> None:
        """Say again what the caller spoke over and this turn does not make out of date."""
        said = [line.sentence.text for line in self.lines if not line.is_lost]
        lost, self.lost = self.lost, []
        for line in owed_with(turn, lost, said):
            self.again.append(self.mouth.again(line))
            self._add(self.again[-1])

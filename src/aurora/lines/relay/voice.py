"""What Twilio's voice is given to say in one call, in which order, and what was heard of it.

It says when words have been spoken; where it does not, their length tells.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aurora.guidance.spoken import Spoken
from aurora.lines.owed import AS_GOOD_AS_HEARD, is_first_line, is_owed, once_each
from aurora.lines.relay import messages
from aurora.lines.relay.spoken_words import folded, place_of, place_of_end

CHARS_PER_S = 12.0
"""Slower than most voices: a line must not be closed, or cut, before it was heard."""
BEGINS_S = 0.5
"""From the first word sent to the voice's first sound."""


class Stage(Enum):
    """Where a sentence is on its way to the ear."""

    COMING = auto()
    SENT = auto()
    HEARD = auto()
    CUT = auto()


@dataclass(eq=False, slots=True)
class Line:
    """One sentence on its way."""

    sentence: Spoken
    language: str
    is_ahead: bool = False
    """Said before its turn; the right line may still cut it off."""
    is_insistent: bool = False
    """Said again after a noise had cut it."""
    stage: Stage = Stage.COMING
    heard_share: float = 0.0
    sent_at: float | None = None
    heard_at: float | None = None
    """When its first sound was in the caller's ear, where Twilio told."""
    ends_at: float = 0.0
    """When it will have been heard, at the slowest."""

    @property
    def is_owed(self) -> bool:
        """Not said again by itself later: the caller must have heard it."""
        return is_owed(self.sentence)

    @property
    def is_interruptible(self) -> bool:
        """Whether the caller may cut it off, be it by a noise: what they say over it comes in."""
        return not (is_first_line(self.sentence) or (self.is_insistent and self.is_owed))

    @property
    def is_lost(self) -> bool:
        """Whether it was cut before it was understood."""
        return self.stage is Stage.CUT and self.heard_share < AS_GOOD_AS_HEARD


class RelayVoice:
    """One caller's ear, from this side. Messages to send are in `outbox`, in order."""

    def __init__(
        self, locales: Mapping[str, str], language: str, clock: Callable[[], float]
    ) -> None:
        """locales: of each language, such as en-US. language: what Twilio was set to."""
        self.outbox: deque[str] = deque()
        self._locales = locales
        self._language = language
        self._clock = clock
        self._coming: deque[Line] = deque()
        self._sent: deque[Line] = deque()
        """Not known to have been heard, in order."""
        self._played = 0
        """Letters of the first of them that Twilio has reported as spoken."""
        self._has_reports = False
        """Twilio does say what was spoken in this session."""
        self._unproven: list[Line] = []
        """Heard by their length alone, since Twilio last said anything."""
        self.lost: list[Line] = []
        """Cut off before they were understood, and nothing has replaced them yet."""
        self._is_closed = False
        self._is_cycle_open = False
        self._is_cycle_due = False

    def say(
        self,
        sentence: Spoken,
        language: str,
        *,
        is_ahead: bool = False,
        is_insistent: bool = False,
    ) -> Line:
        """Say a sentence after all those before it."""
        line = Line(sentence, language, is_ahead, is_insistent)
        self._coming.append(line)
        self._is_cycle_due = False
        self.move_on()
        return line

    def again(self, line: Line, *, is_insistent: bool = False) -> Line:
        """Say a line that was cut once more, from its beginning."""
        return self.say(line.sentence, line.language, is_insistent=is_insistent)

    def close_cycle(self) -> None:
        """Nothing more is said in this turn: the caller is listened to."""
        self._is_cycle_due = True
        self.move_on()

    def move_on(self) -> None:
        """Send what is ready. A line said ahead is heard out before the next may follow it:
        whatever comes behind such a line cuts it off."""
        self._settle()
        if self._is_closed:
            return
        while self._coming and not any(line.is_ahead for line in self._sent):
            self._send(self._coming.popleft())
        if self._is_cycle_due and self._is_cycle_open and not self._coming:
            self.outbox.append(messages.text("", last=True))
            self._is_cycle_open = self._is_cycle_due = False

    def replace_ahead(self) -> None:
        """Let the next line cut off the one that was said ahead: it was the wrong one."""
        for line in self._sent:
            if line.is_ahead:
                line.stage = Stage.CUT
                self._played = 0
        self._sent = deque(line for line in self._sent if line.stage is not Stage.CUT)

    def take_back(self, lines: Sequence[Line]) -> None:
        """Leave unsaid which of these lines were not sent; what was sent is heard."""
        taken = [line for line in self._coming if line in lines]
        for line in taken:
            line.stage = Stage.CUT
            self._coming.remove(line)

    def played(self, words: str) -> None:
        """Twilio has spoken these words, a clause or more; what it cut off may be among them."""
        self._has_reports = True
        place = place_of(words, self._texts(), self._played)
        if place is not None:
            self._has_spoken(*place)
        self.move_on()

    def is_alive(self) -> None:
        """Twilio is there: what must have been heard by now was."""
        self._settle()
        self._unproven.clear()

    def close(self) -> None:
        """Nothing is sent any more, nor heard."""
        self._settle()
        self._is_closed = True

    def begun(self) -> None:
        """The voice has begun to sound."""
        self._settle()
        if self._sent and self._sent[0].heard_at is None:
            self._sent[0].heard_at = self._clock()

    def interrupted(self, heard: str) -> list[Line]:
        """The caller spoke over it: what was not spoken yet is lost; return which lines are."""
        self._settle()
        self._has_spoken(*place_of_end(heard, self._texts(), self._played))
        cut = [*self._sent, *self._coming]
        if self._sent:
            self._sent[0].heard_share = self._played / len(folded(self._sent[0].sentence.text))
        for line in cut:
            line.stage = Stage.CUT
        self._sent.clear()
        self._coming.clear()
        self._played, self._is_cycle_open = 0, False
        lost = [line for line in cut if line.is_lost]
        self.lost += lost
        return lost

    def take_lost(self) -> list[Line]:
        """Return what is lost, for whoever says it again or says something else."""
        lost, self.lost = self.lost, []
        return lost

    @property
    def unheard(self) -> list[Line]:
        """What was to be said and is not known to have been heard.

        What goes into a connection that died is heard by nobody, whatever its length: where Twilio
        says what was spoken, its silence counts.
        """
        self._settle()
        unproven = self._unproven if self._has_reports else []
        return once_each([*self.lost, *unproven, *self._sent, *self._coming])

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be heard."""
        self._settle()
        return bool(self._sent or self._coming)

    def _send(self, line: Line) -> None:
        now = self._clock()
        if line.language != self._language:
            self._language = line.language
            self.outbox.append(messages.language(self._locales[line.language]))
        # A space behind it, so that the voice does not run two sentences together.
        self.outbox.append(
            messages.text(
                line.sentence.text + " ",
                last=line.is_ahead,
                locale=self._locales[line.language],
                is_interruptible=line.is_interruptible,
                is_preemptible=line.is_ahead,
            )
        )
        begins_at = max([now + BEGINS_S, *(sent.ends_at for sent in self._sent)])
        line.stage, line.sent_at = Stage.SENT, now
        line.ends_at = begins_at + len(line.sentence.text) / CHARS_PER_S
        self._sent.append(line)
        self._is_cycle_open = not line.is_ahead

    def _settle(self) -> None:
        """Take as heard what must have been by now."""
        now = self._clock()
        while self._sent and self._sent[0].ends_at <= now and not self._is_closed:
            self._unproven.append(self._sent[0])
            self._has_spoken(1, 0)

    def _has_spoken(self, lines: int, letters: int) -> None:
        """So many lines were spoken to their end, and so many letters of the next."""
        for _ in range(lines):
            line = self._sent.popleft()
            line.stage, line.heard_share = Stage.HEARD, 1.0
        self._played = letters

    def _texts(self) -> list[str]:
        return [line.sentence.text for line in self._sent]

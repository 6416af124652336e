"""Decide when the caller has finished a turn; never touches sound or a clock."""

from dataclasses import dataclass, field
from enum import Enum, auto

from aurora.speech.unfinished import Ending, ending

LONGEST_WAIT_S = 0.8
"""No text makes a caller wait longer than this for an answer."""


@dataclass(frozen=True, slots=True)
class Endpointing:
    """How much silence ends a turn, given what was said so far."""

    complete_s: float = 0.2
    open_s: float = 0.3
    unheard_s: float = 0.4
    """While no words are known yet."""
    doubtful_s: float = 0.5
    dangling_s: float = LONGEST_WAIT_S
    silence_s: float | None = None
    """A kiosk's own silence, which then ends every turn whatever was said."""

    def wait_s(self, partial: str, language: str) -> float:
        """Return the seconds of silence that end the turn."""
        if self.silence_s is not None:
            return self.silence_s
        if not partial.strip():
            return self.unheard_s
        match ending(partial, language):
            case Ending.COMPLETE:
                return self.complete_s
            case Ending.OPEN:
                return self.open_s
            case Ending.DOUBTFUL:
                return self.doubtful_s
            case Ending.DANGLING:
                return self.dangling_s


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    at: float
    started_at: float
    """When the first speech began; the caller's buffer reaches `pre_roll_s` further back."""


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Silence long enough for a speculative transcription, too short to end the turn."""

    at: float
    last_speech_at: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    at: float
    resumed_at: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    at: float
    started_at: float
    last_speech_at: float
    was_cut: bool
    """The turn was longer than the longest allowed and the caller may still be speaking."""


TurnEvent = SpeechStarted | SpeechPaused | SpeechResumed | TurnEnded


class _State(Enum):
    QUIET = auto()
    SPEAKING = auto()
    PAUSED = auto()


@dataclass(slots=True)
class TurnTaking:
    """One caller's turns, from verdicts on windows of sound."""

    endpointing: Endpointing
    window_s: float
    shortest_speech_s: float = 0.12
    """A click, a cough or a dropped tool is shorter and starts no turn."""
    shortest_resumption_s: float = 0.06
    pause_s: float = 0.095
    """Three windows of Silero, five of webrtcvad."""
    longest_turn_s: float = 20.0
    pre_roll_s: float = 0.3
    """Sound before the first speech that belongs to the turn: first consonants are soft."""

    last_speech_at: float = field(default=0.0, init=False)
    _state: _State = field(default=_State.QUIET, init=False)
    _started_at: float = field(default=0.0, init=False)
    _run_began_at: float | None = field(default=None, init=False)
    _run_s: float = field(default=0.0, init=False)
    _gap_s: float = field(default=0.0, init=False)

    @property
    def is_in_turn(self) -> bool:
        """Whether a turn is open, speaking or paused."""
        return self._state is not _State.QUIET

    def feed(self, at: float, is_speech: bool, partial: str, language: str) -> list[TurnEvent]:
        """Return what the window that ends `at` brought about.

        partial: the words of this turn heard so far, "" when none are known yet.
        """
        self._count_run(at, is_speech)
        if self._state is _State.QUIET:
            return self._start(at)
        events: list[TurnEvent] = []
        if is_speech and self._run_s >= self.shortest_resumption_s - 1e-9:
            events = self._go_on(at)
        elif self._state is _State.SPEAKING and at - self.last_speech_at >= self.pause_s - 1e-9:
            self._state = _State.PAUSED
            events = [SpeechPaused(at, self.last_speech_at)]
        return events + self._end(at, is_speech, partial, language)

    def _count_run(self, at: float, is_speech: bool) -> None:
        if is_speech:
            if self._run_began_at is None:
                self._run_began_at = at - self.window_s
                self._run_s = 0.0
            self._run_s += self.window_s
            self._gap_s = 0.0
            return
        self._gap_s += self.window_s
        longest_gap = self.window_s if self._state is _State.QUIET else 0.0
        if self._gap_s > longest_gap + 1e-9:
            self._run_began_at, self._run_s = None, 0.0

    def _start(self, at: float) -> list[TurnEvent]:
        if self._run_began_at is None or self._run_s < self.shortest_speech_s - 1e-9:
            return []
        self._state = _State.SPEAKING
        self._started_at = self._run_began_at
        self.last_speech_at = at
        return [SpeechStarted(at, self._started_at)]

    def _go_on(self, at: float) -> list[TurnEvent]:
        resumed_at = at - self._run_s
        self.last_speech_at = at
        if self._state is _State.SPEAKING:
            return []
        self._state = _State.SPEAKING
        return [SpeechResumed(at, resumed_at)]

    def _end(self, at: float, is_speech: bool, partial: str, language: str) -> list[TurnEvent]:
        was_cut = at - self._started_at >= self.longest_turn_s - 1e-9
        silence_s = at - self.last_speech_at
        is_over = not is_speech and silence_s >= self.endpointing.wait_s(partial, language) - 1e-9
        if not (is_over or was_cut):
            return []
        self._state = _State.QUIET
        self._run_began_at, self._run_s = None, 0.0
        return [TurnEnded(at, self._started_at, self.last_speech_at, was_cut and not is_over)]

"""How a line's answer to one utterance came, in the caller's own time."""

from dataclasses import dataclass

from aurora.rehearsal.caller_speech import Utterance


@dataclass(frozen=True, slots=True)
class Reply:
    """Moments are seconds of the caller's clock; None where nothing came."""

    utterance: Utterance
    last_speech_at: float
    """When the last frame that is speech, by its energy, was sent."""
    first_frame_at: float | None
    """When the first frame came of the answer that was not taken back."""
    first_heard_at: float | None
    """When that frame was in the ear."""
    times_taken_back: int = 0
    """How often the line cleared what it had begun to say."""

    @property
    def first_frame_ms(self) -> float | None:
        return _after(self.last_speech_at, self.first_frame_at)

    @property
    def first_heard_ms(self) -> float | None:
        return _after(self.last_speech_at, self.first_heard_at)

    @property
    def was_early(self) -> bool:
        """Whether the line spoke before the caller had finished, and stayed with it."""
        return self.first_frame_at is not None and self.first_frame_at < self.last_speech_at


def _after(start: float, moment: float | None) -> float | None:
    return None if moment is None else max(0.0, (moment - start) * 1000)

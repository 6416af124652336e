"""When the stages of one turn by voice were reached, counted from the caller's last word or key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

STAGES = (
    *("end_of_speech", "end_of_turn", "text", "triage", "first_line", "first_token"),
    *("first_audio_sent", "first_audio_heard"),
)
"""In the order of a turn without reflex; a line chosen ahead comes before the end of speech."""
TIMED = "turn_timed"
"""The kind of event that holds it."""
SPEECH, WORDS, KEY, PANIC = "speech", "words", "key", "panic"
"""What a turn is begun by; words are typed ones. Only speech has to be put into words first, so
that figures of the others stand apart."""


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """One turn's stages, in milliseconds after the last frame of speech, or the key; no others."""

    urgency: str
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    is_ahead: bool = False
    """It was opened with the first line that was chosen before the turn was over."""

    by: str = SPEECH

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return what a record of it holds."""
        by = record.get("by", SPEECH)
        return cls(record["urgency"], record["stages_ms"], record["is_ahead"], by)

    def as_record(self) -> dict[str, Any]:
        return {
            "urgency": self.urgency,
            "is_ahead": self.is_ahead,
            "by": self.by,
            "stages_ms": dict(self.stages_ms),
        }

"""When the stages of one turn by voice were reached, counted from the caller's last word."""

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


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """One turn's stages, in milliseconds after the last frame of speech; no others."""

    urgency: str
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    is_ahead: bool = False
    """It was opened with the first line that was chosen before the turn was over."""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return what a record of it holds."""
        return cls(record["urgency"], record["stages_ms"], record["is_ahead"])

    def as_record(self) -> dict[str, Any]:
        return {
            "urgency": self.urgency,
            "is_ahead": self.is_ahead,
            "stages_ms": dict(self.stages_ms),
        }

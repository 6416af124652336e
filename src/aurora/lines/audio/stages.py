"""Take the times of one turn's stages as they are reached; where they go is for the call."""

from dataclasses import dataclass, field
from typing import Self

from aurora.conversation.timing import SPEECH, STAGES
from aurora.conversation.turn import Turn


@dataclass(eq=False, slots=True)
class Stages:
    """Clock readings, the first of each stage."""

    reached: dict[str, float] = field(default_factory=dict)
    by: str = SPEECH
    """What began the turn; what is no speech is over when it comes."""

    @classmethod
    def at(cls, at: float, by: str) -> Self:
        """Return the stages of a turn that came whole."""
        return cls({"end_of_speech": at, "end_of_turn": at}, by)

    def note(self, stage: str, at: float) -> None:
        self.reached.setdefault(stage, at)

    def note_rating(self, turn: Turn, began: float) -> None:
        """Note when a turn that was taken from `began` on was rated, and a model first spoke."""
        rated = began + turn.stages_ms.get("triage", 0.0) / 1000
        self.note("triage", rated)
        if "model_first_token" in turn.stages_ms:
            token_ms = turn.stages_ms["model_first_token"] - turn.stages_ms.get("model_ahead", 0.0)
            self.note("first_token", rated + token_ms / 1000)

    def ms(self) -> dict[str, float]:
        """Return milliseconds since the end of speech, or since the key, in the order of STAGES."""
        origin = self.reached["end_of_speech"]
        return {
            stage: round((self.reached[stage] - origin) * 1000, 1)
            for stage in STAGES
            if stage in self.reached
        }

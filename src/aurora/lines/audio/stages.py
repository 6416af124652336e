"""Take the times of one turn's stages as they are reached; where they go is for the call."""

from dataclasses import dataclass, field

from aurora.conversation.timing import STAGES


@dataclass(eq=False, slots=True)
class Stages:
    """Clock readings, the first of each stage."""

    reached: dict[str, float] = field(default_factory=dict)

    def note(self, stage: str, at: float) -> None:
        self.reached.setdefault(stage, at)

    def ms(self) -> dict[str, float]:
        """Return milliseconds since the end of speech, in the order of STAGES."""
        origin = self.reached["end_of_speech"]
        return {
            stage: round((self.reached[stage] - origin) * 1000, 1)
            for stage in STAGES
            if stage in self.reached
        }

"""A bad network between a caller and the line: which frames are lost and which come late."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Impairment:
    """How bad; the same seed makes the same calls."""

    loss: float = 0.0
    """Share of the caller's frames that Twilio never got, 0 to 1. The way from Twilio to the line
    is TCP and loses nothing: a lost frame is a gap in the timestamps."""
    jitter_s: float = 0.0
    """Each frame comes up to so much late; order stays, so frames come in bunches."""
    seed: int = 0


class Network:
    """One call's."""

    def __init__(self, impairment: Impairment, call: int = 0) -> None:
        self._impairment = impairment
        self._random = Random(impairment.seed * 1_000_003 + call)  # noqa: S311 - not a secret
        self._free_at = 0.0

    def arrival(self, sent_at: float) -> float | None:
        """Return when a frame sent now comes out, or None when it is lost."""
        if self._impairment.loss and self._random.random() < self._impairment.loss:
            return None
        late = self._random.random() * self._impairment.jitter_s if self._impairment.jitter_s else 0
        self._free_at = max(self._free_at, sent_at + late)
        return self._free_at

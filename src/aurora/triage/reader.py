"""The trained parts of triage together, as `make train` wrote them."""

from dataclasses import dataclass
from pathlib import Path

from aurora.triage.decide import Scales, load_scales
from aurora.triage.encoder import MODEL, Encoder
from aurora.triage.wording import Wording

FIRST_SENTENCE = "is anybody there"


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads sentences, and how much each of its parts counts."""

    encoder: Encoder
    wording: Wording
    scales: Scales

    def warm(self) -> None:
        """Read something, so that the first caller's sentence is not the slow one."""
        self.encoder.read(FIRST_SENTENCE)


def load_reader(folder: Path = MODEL) -> Reader:
    """Load the packaged model, or that of another folder; raises OSError where a file is gone."""
    return Reader(Encoder(folder), Wording(folder), load_scales(folder))

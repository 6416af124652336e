"""Read sentences by their words and letters alone: under a millisecond, for what is partial."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aurora.triage.encoder import MODEL, URGENCIES, softmax
from aurora.triage.text import canonical, unaccented, words

BUCKETS = 1 << 15
"""Word and letter sequences share them; two in one bucket are told apart by the others."""
LONGEST_WORDS = 3
LETTERS = range(2, 6)
MAX_WORDS = 60
SCALE = 31
"""Steps of a weight to either side: coarser than a byte, for they are packed."""


def buckets_of(text: str) -> NDArray[np.int64]:
    """Return the buckets of a sentence's sequences, each once, in order."""
    return np.array(sorted({crc32(part.encode()) % BUCKETS for part in _parts(text)}), np.int64)


def _parts(text: str) -> Iterator[str]:
    said = words(unaccented(canonical(text)))[:MAX_WORDS]
    for length in range(1, LONGEST_WORDS + 1):
        for at in range(len(said) - length + 1):
            yield " ".join(said[at : at + length])
    for word in set(said):
        framed = f"<{word}>"
        for length in LETTERS:
            for at in range(len(framed) - length + 1):
                yield f"#{framed[at : at + length]}"


@dataclass(frozen=True, slots=True)
class Worded:
    """What a sentence's words and letters say; probabilities add up to 1."""

    urgency: NDArray[np.float32]
    """By URGENCIES, [4]."""
    hazard: NDArray[np.float32]
    """By HAZARDS, [22]."""


class Wording:
    """A linear model over hashed sequences."""

    def __init__(self, folder: Path = MODEL) -> None:
        with np.load(folder / "wording.npz") as kept:
            self._rarity = kept["rarity"].astype(np.float32)
            self._slopes = kept["slopes"]
            self._scales = kept["scales"]
            self._offsets = kept["offsets"]

    def read(self, text: str) -> Worded:
        """Read one sentence."""
        found = buckets_of(text)
        values = self._rarity[found]
        values = values / max(float(np.linalg.norm(values)), 1e-9)
        scores = values @ self._slopes[found] * self._scales + self._offsets
        levels = len(URGENCIES)
        return Worded(softmax(scores[:levels]), softmax(scores[levels:]))

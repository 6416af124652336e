"""Find the reply that a caller's words call for: by pattern to the letter, else by meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aurora.guidance.procedure import Procedure, Reply, compiled

CLOSE_ENOUGH = 0.8
"""Likeness (cosine) from which words mean what an example means; set by docs/decisions/0007."""
FEWEST_WORDS = 3
"""Of fewer words than this the letter decides: "yes" and "okay" are near to anything."""

Vector = NDArray[np.float32]


class Meaning(Protocol):
    """Gives sentences vectors: unit rows that are near when the sentences mean the same."""

    def of(self, sentences: Sequence[str]) -> Vector: ...


@dataclass(frozen=True, slots=True)
class _Examples:
    vectors: Vector
    """[examples, dimensions]."""
    replies: list[Reply]
    """The reply of each example."""


class Matcher:
    """The replies of every procedure, ready to be found; without a meaning, by pattern alone."""

    def __init__(self, meaning: Meaning | None = None) -> None:
        self._meaning = meaning
        self._examples: dict[tuple[str, str, int], _Examples | None] = {}

    def find(self, procedure: Procedure, text: str, vector: Vector | None) -> list[Reply]:
        """Return the replies that fit, the best first.

        text: lower case, without accents. vector: the meaning of the words, or None.
        """
        by_letter = [
            reply
            for reply in procedure.replies
            if any(compiled(pattern).search(text) for pattern in reply.when)
        ]
        return by_letter + [
            reply for reply in self._alike(procedure, text, vector) if reply not in by_letter
        ]

    def _alike(self, procedure: Procedure, text: str, vector: Vector | None) -> list[Reply]:
        if vector is None or len(text.split()) < FEWEST_WORDS:
            return []
        examples = self._examples_of(procedure)
        if examples is None:
            return []
        likeness = examples.vectors @ vector
        near = np.argsort(-likeness)
        found = [examples.replies[index] for index in near if likeness[index] >= CLOSE_ENOUGH]
        return list({reply.id: reply for reply in found}.values())

    def _examples_of(self, procedure: Procedure) -> _Examples | None:
        key = procedure.procedure, procedure.language, procedure.version
        if key not in self._examples:
            self._examples[key] = self._read(procedure)
        return self._examples[key]

    def _read(self, procedure: Procedure) -> _Examples | None:
        heard = [(line, reply) for reply in procedure.replies for line in reply.heard]
        if self._meaning is None or not heard:
            return None
        vectors = self._meaning.of([line for line, _ in heard])
        return _Examples(vectors, [reply for _, reply in heard])

"""Find the reply that a caller's words call for: by pattern to the letter, else by meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aurora.guidance.cues import Cue
from aurora.guidance.holds import CARDIAC_ARREST
from aurora.guidance.procedure import Procedure, Reply, compiled
from aurora.triage.assessment import Fact

CLOSE_ENOUGH = 0.86
"""Likeness (cosine) from which words mean what an example means; see docs/decisions/0007."""
BEYOND_DOUBT = 0.93
"""From here the meaning goes before the letter, and a report may be a question as well."""
CLOSE_ENOUGH_TO_TURN = 0.91
"""For an answer that takes another course: "he fell" lies at .89 from "he is not breathing"."""
LESS_WHEN_GENERAL = 0.05
"""An answer of the procedure's own goes before one that fits any procedure."""
FEWEST_WORDS = 3
"""Of fewer words than this the letter decides: "yes" and "okay" are near to anything."""

NOTHING_STATED: Mapping[str, Fact] = MappingProxyType({})

Vector = NDArray[np.float32]


class Meaning(Protocol):
    """Gives sentences vectors: unit rows that are near when the sentences mean the same."""

    def of(self, sentences: Sequence[str]) -> Vector: ...


@dataclass(frozen=True, slots=True)
class _Examples:
    vectors: Vector
    """[examples, dimensions]."""
    handicaps: Vector
    """Taken off the likeness of each example."""
    replies: list[Reply]
    """The reply of each example."""


class Matcher:
    """The replies of every procedure, ready to be found; without a meaning, by pattern alone."""

    def __init__(self, meaning: Meaning | None = None) -> None:
        self._meaning = meaning
        self._examples: dict[tuple[str, str, int], _Examples | None] = {}

    def find(
        self,
        procedure: Procedure,
        text: str,
        vector: Vector | None,
        *,
        is_report: bool = False,
        stated: Mapping[str, Fact] = NOTHING_STATED,
        cues: frozenset[Cue] = frozenset(),
    ) -> list[Reply]:
        """Return the replies that fit, the best first: what changes the course, then what is
        beyond doubt, then by letter, then by meaning.

        text: lower case, without accents. vector: the meaning of the words, or None.
        is_report: the words say what happened, so that they may hold no question at all.
        stated: the facts in the words. cues: what the words show.
        """
        by_letter = [
            reply
            for reply in procedure.replies
            if any(compiled(pattern).search(text) for pattern in reply.when)
            or (reply.stated and reply.stated.items() <= stated.items())
        ]
        by_letter.sort(key=lambda reply: not reply.goes_first)
        alike = [
            (reply, likeness)
            for reply, likeness in self._alike(procedure, text, vector)
            if reply.needs is None or reply.needs in cues
        ]
        sure = [reply for reply, likeness in alike if likeness >= BEYOND_DOUBT]
        turning = [reply for reply in by_letter if reply.switch or reply.urgency]
        near = [
            reply
            for reply, likeness in alike
            if not is_report and (not reply.switch or likeness >= CLOSE_ENOUGH_TO_TURN)
        ]
        first = [reply for reply in by_letter if reply.goes_first and reply.stated]
        found = [*first, *turning, *sure, *by_letter, *near]
        fitting = {reply.id: reply for reply in found if not _is_contradicted(reply, stated)}
        return list(fitting.values())

    def _alike(
        self, procedure: Procedure, text: str, vector: Vector | None
    ) -> list[tuple[Reply, float]]:
        """The replies whose examples mean this, with their likeness, nearest first."""
        if vector is None or len(text.split()) < FEWEST_WORDS:
            return []
        examples = self._examples_of(procedure)
        if examples is None:
            return []
        likeness = examples.vectors @ vector - examples.handicaps
        near = [int(index) for index in np.argsort(-likeness) if likeness[index] >= CLOSE_ENOUGH]
        return [(examples.replies[index], float(likeness[index])) for index in near]

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
        handicaps = [LESS_WHEN_GENERAL if reply.is_general else 0.0 for _, reply in heard]
        return _Examples(vectors, np.array(handicaps, np.float32), [reply for _, reply in heard])


def _is_contradicted(reply: Reply, stated: Mapping[str, Fact]) -> bool:
    """Whether the words state the opposite of what this is the answer to; "he won't wake up he is
    breathing" begins no compressions, near as it is to "he isn't breathing"."""
    if reply.switch == CARDIAC_ARREST and stated.get("breathing") is True:
        return True
    return any(stated.get(fact, value) != value for fact, value in reply.stated.items())

"""Choose a first line while the caller still speaks: only once the readings of it agree."""

from typing import Protocol

from aurora.conversation.foresight import Foreseen
from aurora.levels import Urgency
from aurora.speech.unfinished import Ending, ending

AGREEING = 2
"""Readings that must call for the same line; one made in a pause may be enough."""
FEW_WORDS = 4
"""Of fewer that name nothing, one reading is not enough: "the forklift" may need a new battery."""


class Foresee(Protocol):
    def __call__(self, words: str, *, is_likely_all: bool) -> Foreseen | None: ...


class Reflex:
    """The first line that one turn's unfinished words call for."""

    def __init__(self, foresee: Foresee) -> None:
        self._foresee = foresee
        self._words = ""
        self._latest: Foreseen | None = None
        self._readings = 0
        self._was_likely_all = False
        self._may_be_all = True

    def read(self, words: str, language: str, *, is_pause: bool, is_sure: bool) -> None:
        """Take the words as they are read now.

        is_pause: they cover everything that was said so far. is_sure: the recogniser is.
        """
        # The same words read twice, or read in a pause, are likely all there is.
        is_new, is_likely_all = words != self._words, is_pause or words == self._words
        before = self._latest
        if is_new or (is_likely_all and not self._was_likely_all):
            self._latest = self._foresee(words, is_likely_all=is_likely_all)
        self._words, self._was_likely_all = words, is_likely_all
        is_plain = self._latest is None or self._latest.is_named or len(words.split()) >= FEW_WORDS
        self._may_be_all = _may_be_all(words, language)
        is_all = is_pause and is_sure and is_plain and self._may_be_all
        counts = AGREEING if is_all else 1
        if not _is_same(before, self._latest):
            self._readings = counts
        else:
            # The same words once more say nothing new.
            self._readings = self._readings + counts if is_new else max(self._readings, counts)

    @property
    def due(self) -> Foreseen | None:
        """The line, once enough readings agree on it.

        Of critical calls only: with a few words more an urgent one often needs another line.
        """
        foreseen = self._latest if self._readings >= AGREEING else None
        return foreseen if foreseen and foreseen.urgency is Urgency.CRITICAL else None

    @property
    def leaves_open(self) -> bool:
        """Whether the words may be all there is and call for no first line of their own."""
        return self._may_be_all and self._latest is None


def _may_be_all(words: str, language: str) -> bool:
    return ending(words, language) in (Ending.COMPLETE, Ending.OPEN)


def _is_same(one: Foreseen | None, other: Foreseen | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.first_line == other.first_line

"""Choose a first line while the caller still speaks: only once two readings agree, or a pause."""

from typing import Protocol

from aurora.conversation.foresight import Foreseen


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

    def read(self, words: str, *, is_pause: bool) -> None:
        """Take the words as they are read now."""
        # The same words read twice, or read in a pause, are likely all there is.
        is_likely_all = is_pause or words == self._words
        if words != self._words or (is_likely_all and not self._was_likely_all):
            self._words = words
            before, self._latest = self._latest, self._foresee(words, is_likely_all=is_likely_all)
            if not _is_same(before, self._latest):
                self._readings = 0
        self._was_likely_all = is_likely_all
        # What is read in a pause covers everything that was said so far.
        self._readings += 2 if is_pause else 1

    @property
    def due(self) -> Foreseen | None:
        """The line, once the readings agree on it."""
        return self._latest if self._readings >= 2 else None

    @property
    def latest(self) -> Foreseen | None:
        return self._latest


def _is_same(one: Foreseen | None, other: Foreseen | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.first_line == other.first_line

"""Choose a first line while the caller still speaks: only once two readings agree, or a pause."""

from collections.abc import Callable

from aurora.conversation.foresight import Foreseen

Foresee = Callable[[str], Foreseen | None]


class Reflex:
    """The first line that one turn's unfinished words call for."""

    def __init__(self, foresee: Foresee) -> None:
        self._foresee = foresee
        self._words = ""
        self._latest: Foreseen | None = None
        self._readings = 0

    def read(self, words: str, *, is_pause: bool) -> None:
        """Take the words as they are read now."""
        if words != self._words:
            self._words = words
            before, self._latest = self._latest, self._foresee(words)
            if not _is_same(before, self._latest):
                self._readings = 0
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

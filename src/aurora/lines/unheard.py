"""Keep what a lost connection did not tell its caller, for whoever goes on with the call."""

from collections import OrderedDict
from collections.abc import Sequence

from aurora.guidance.spoken import Spoken

MOST_CALLS = 1_000
"""Beyond them the call whose connection was lost first is forgotten."""


class Unheard:
    """Sentences by call, in the order in which they were to be said."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, Sequence[Spoken]] = OrderedDict()

    def leave(self, name: str, sentences: Sequence[Spoken]) -> None:
        """Keep what a call is still to be told, in place of what was kept for it before."""
        self._left[name] = sentences
        self._left.move_to_end(name)
        while len(self._left) > MOST_CALLS:
            self._left.popitem(last=False)

    def take(self, name: str) -> Sequence[Spoken] | None:
        """Return what was left for a call; None when nobody left it anything."""
        return self._left.pop(name, None)

"""Keep what a lost connection did not tell its caller, for whoever goes on with the call."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from aurora.conversation.exchange import Render
from aurora.conversation.rejoin import with_unheard
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken

MOST_CALLS = 1_000
"""Beyond them the call whose connection was lost first is forgotten."""


class Unheard:
    """Sentences by call, in the order in which they were to be said."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, list[Spoken]] = OrderedDict()

    def leave(self, name: str, sentences: Sequence[Spoken]) -> None:
        """Keep what a call is still to be told, behind what was kept for it before."""
        if not sentences:
            return
        kept = self._left.get(name, [])
        self._left[name] = list(dict.fromkeys([*kept, *sentences]))
        self._left.move_to_end(name)
        while len(self._left) > MOST_CALLS:
            self._left.popitem(last=False)

    def take(self, name: str) -> list[Spoken]:
        """Return what was left for a call; it is left no more."""
        return self._left.pop(name, [])

    @contextmanager
    def put_into(
        self, name: str, render: Callable[[Turn, Sequence[Spoken]], str]
    ) -> Iterator[Render]:
        """Yield what renders a turn together with what was left for its call.

        It may render the turn again, and is left for the next one where it never does, as for a
        request that was answered before, or where no answer comes about.

        render: given the turn and all that its caller is to be told.
        """
        left, is_told = self.take(name), False

        def with_left(turn: Turn) -> str:
            nonlocal is_told
            is_told = True
            return render(turn, with_unheard(left, turn.sentences))

        try:
            yield with_left
        except BaseException:
            is_told = False
            raise
        finally:
            if left and not is_told:
                self.leave(name, left)

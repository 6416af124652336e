"""How a line that speaks by itself is given the sentences of a turn before the turn is whole."""

from collections.abc import Sequence
from typing import Protocol

from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken


class Speaker(Protocol):
    """A line that speaks a turn while the rest of it is still being made.

    The turn's own sentences, once it is taken, are what counts: the line speaks those that it was
    not given before, in their order.
    """

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        """Speak these next."""

    def was_said(self, sentence: Spoken) -> bool:
        """Whether the caller hears this sentence whatever happens now."""

    def take_back(self, turn: Turn) -> list[Spoken]:
        """Leave what this turn was given unsaid; return what the caller has heard of it already."""


class _Unspoken:
    """A line that sends whole turns."""

    def say(self, turn: Turn, sentences: Sequence[Spoken]) -> None:
        pass

    def was_said(self, sentence: Spoken) -> bool:
        return False

    def take_back(self, turn: Turn) -> list[Spoken]:
        return []


UNSPOKEN: Speaker = _Unspoken()

"""What a caller must have been told: which sentences are owed, and said again before an answer.

How much of a line was heard is for its line to know; saying it again is the line's too.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.operators_words import is_of_people
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.guidance.ways_out import LINES

AS_GOOD_AS_HEARD = 0.6
"""Share of a sentence after which it need not be said again."""
WAYS_OUT = frozenset(line.removeprefix(":") for line in LINES)


class Line(Protocol):
    """One sentence on its way to the ear, by sound or by words."""

    @property
    def sentence(self) -> Spoken: ...


LineT = TypeVar("LineT", bound=Line)


def is_first_line(sentence: Spoken) -> bool:
    return sentence.name == FIRST_LINE


def is_owed(sentence: Spoken) -> bool:
    """Whether nothing says it again later, and the caller must have heard it.

    A first line, a way out, and what people at the console say, who see it as said.
    """
    return is_first_line(sentence) or _is_way_out(sentence) or is_of_people(sentence)


def opens_anew(turn: Turn) -> bool:
    """Whether a turn opens with a first line of its own: what was owed before is out of date."""
    return any(is_first_line(sentence) for sentence in turn.sentences[:1])


def owed_with(turn: Turn, lost: Iterable[LineT], said: Iterable[str]) -> list[LineT]:
    """Return which of the owed lines that were lost are said again with a turn, in their order.

    They go before its answer, or right behind a first line that it opens with. A way out gives
    way to another one. said: texts that the caller is told anyway.
    """
    has_way_out = any(_is_way_out(sentence) for sentence in turn.sentences)
    if opens_anew(turn):
        lost = [line for line in lost if is_of_people(line.sentence)]
    elif has_way_out:
        lost = [line for line in lost if not _is_way_out(line.sentence)]
    return once_each(lost, [*said, *(sentence.text for sentence in turn.sentences)])


def once_each(lines: Iterable[LineT], said: Iterable[str] = ()) -> list[LineT]:
    """Return the lines whose words are not said anyway, each of them once."""
    known, kept = set(said), []
    for line in lines:
        if line.sentence.text not in known:
            known.add(line.sentence.text)
            kept.append(line)
    return kept


def _is_way_out(sentence: Spoken) -> bool:
    return sentence.name in WAYS_OUT

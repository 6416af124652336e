"""What Aurora would say first to words that are not finished yet; nothing of the call changes."""

from dataclasses import dataclass
from typing import Any

from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency

FIRST_LINE = "first_line"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The first line that a turn with these words would open with."""

    words: str
    first_line: Spoken
    urgency: Urgency
    """Of the call after those words."""
    language: str
    is_drill: bool
    """Whether the call, after those words, is a drill."""
    is_named: bool = True
    """A rule knows what the words name; else it is only what they are most like."""

    def as_record(self) -> dict[str, Any]:
        return {
            "sentence": self.first_line.text,
            "source": self.first_line.source,
            "words": self.words,
            "urgency": self.urgency.value,
        }


def opening_of(turn: Turn, words: str) -> Foreseen | None:
    """Return the first line that this turn opens with; None where it opens with anything else.

    Only a procedure's own first line, in an emergency, may be spoken before the caller is done:
    it is approved, and whoever must stay quiet or reads another language hears something before it.
    """
    call = turn.call
    if not turn.sentences or not call.urgency.is_emergency:
        return None
    opening = turn.sentences[0]
    if opening.name != FIRST_LINE:
        return None
    is_named = turn.heard is not None and bool(turn.heard.details.get("reasons"))
    return Foreseen(words, opening, call.urgency, call.language, call.is_drill, is_named)

"""Begin a procedure that a call came to need between two turns, in whichever turn comes first."""

from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.handing_off import has_person
from aurora.conversation.turn import Turn


def is_pending(call: Call) -> bool:
    """Whether a first line waits to be said; not while a person speaks with the caller."""
    return call.guidance.pending is not None and not has_person(call)


def begin_pending(dialogue: Dialogue, turn: Turn, now: datetime) -> bool:
    """Say the first line that waits, and what follows on it; False when none has to be said."""
    call = turn.call
    if not is_pending(call):
        return False
    pending, call.guidance.pending = call.guidance.pending, None
    if pending is None or not dialogue.guide.may_start(turn.situation, pending):
        return False
    dialogue.apply(turn, dialogue.guide.start(turn.situation, pending), now)
    return True

"""What a named operator does to a call: the only way that urgency falls."""

from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.escalation.policy import roles_to_alert
from aurora.levels import Urgency


def set_urgency(
    dialogue: Dialogue, call: Call, urgency: Urgency, by: str, reason: str, now: datetime
) -> list[Event]:
    """Set a call's urgency and return the events that say who did and why; none when it is so."""
    details = {"from": call.urgency.value, "to": urgency.value, "by": by, "reason": reason}
    turn = Turn(call, dialogue.situation(call, now))
    if urgency.rank > call.urgency.rank:
        dialogue.raise_urgency(turn, urgency, "operator", now, by=by, reason=reason)
        dialogue.alert(turn, now)
    elif urgency.rank < call.urgency.rank:
        turn.events.append(Event("urgency_lowered", now, details))
        _lower(dialogue, call, urgency, now)
    return turn.events


def _lower(dialogue: Dialogue, call: Call, urgency: Urgency, now: datetime) -> None:
    """Lower it, and leave nothing that raises it again without new words."""
    call.urgency, call.urgency_lowered_at = urgency, now
    call.recent_words = []
    state = call.guidance
    state.pending = None
    if urgency.is_emergency:
        call.floor_lifted = state.procedure
    elif state.procedure is not None:
        # It is over; should it begin again, its first line is due again.
        for mark in (f"procedure:{state.procedure}", f"started:{state.procedure}"):
            state.taken.pop(mark, None)
        state.procedure = state.awaiting = state.last_instruction = None
        state.position = 0
    # Whoever is needed only for more is told again when it rises.
    still_told = roles_to_alert(dialogue.site, urgency, [])
    call.roles_alerted = [role for role in call.roles_alerted if role in still_told]

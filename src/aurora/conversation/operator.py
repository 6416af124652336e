"""What a named operator does to a call: the only way that urgency falls; stores nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.errors import NotPossible
from aurora.escalation.policy import roles_to_alert
from aurora.levels import Urgency

Change = Callable[[Dialogue, Call, datetime], list[Event]]
"""Changes a call and returns what to put on its record; nothing when there is nothing to change."""


def set_urgency(
    dialogue: Dialogue, call: Call, urgency: Urgency, by: str, reason: str, now: datetime
) -> list[Event]:
    """Set a call's urgency and return the events that say who did and why; none when it is so.

    Raises NotPossible for lowering it without a reason.
    """
    details = {"from": call.urgency.value, "to": urgency.value, "by": by, "reason": reason}
    turn = Turn(call, dialogue.situation(call, now))
    if urgency.rank > call.urgency.rank:
        dialogue.raise_urgency(turn, urgency, "operator", now, by=by, reason=reason)
        dialogue.alert(turn, now)
    elif urgency.rank < call.urgency.rank:
        if not reason.strip():
            raise NotPossible("needs_reason")
        turn.events.append(Event("urgency_lowered", now, details))
        _lower(dialogue, call, urgency, now)
    return turn.events


def set_zone(
    dialogue: Dialogue, call: Call, zone_id: str | None, by: str, now: datetime
) -> list[Event]:
    """Say where a call is from, or that it is not known after all; whoever is paged hears of it.

    The next instruction that names a way out or a muster point is that of the new zone.
    """
    place = call.place
    if place.zone_id == zone_id and place.unconfirmed_zone_id is None:
        return []
    details = {"from": place.zone_id, "to": zone_id, "by": by}
    place.zone_id, place.unconfirmed_zone_id, place.caller_zone_id = zone_id, None, None
    turn = Turn(call, dialogue.situation(call, now), events=[Event("zone_set", now, details)])
    dialogue.alert(turn, now)
    return turn.events


def end_call(dialogue: Dialogue, call: Call, by: str, reason: str, now: datetime) -> list[Event]:
    """End a call on the record. The line stays open: words that still come open it again."""
    ended = dialogue.end(call, EndReason.ENDED_BY_OPERATOR, now)
    said = {"by": by, "operators_reason": reason}
    return [replace(event, details={**event.details, **said}) for event in ended]


def add_note(text: str, by: str, now: datetime) -> list[Event]:
    """Put an operator's own words on the record of a call."""
    return [Event("operator_note", now, {"by": by, "text": text})]


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

"""When a call that nobody speaks in is closed; an emergency not unnoticed."""

from datetime import datetime, timedelta

from aurora.conversation.alerts import request
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.handing_off import has_person
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn

IDLE_AFTER = timedelta(minutes=30)
"""A call without a word for so long is closed with that reason."""
IDLE_WITH_PERSON = timedelta(hours=4)
"""While a person speaks with the caller, Aurora may hear nothing for long."""


def is_idle(call: Call, now: datetime) -> bool:
    after = IDLE_WITH_PERSON if has_person(call) else IDLE_AFTER
    return now - (call.last_message_at or call.started_at) >= after


def close_idle(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
    """End a call, unless words came meanwhile."""
    if call.ended_at is not None or not is_idle(call, now):
        return []
    turn = Turn(call, dialogue.situation(call, now))
    if call.urgency.is_emergency:
        request(turn, ["control_room"], now)
    return [*turn.events, *dialogue.end(call, EndReason.IDLE, now)]

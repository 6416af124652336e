"""The turn for when a turn breaks: the safe line and a person, by as little as may have failed."""

from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call
from aurora.conversation.dialogue import LINES_THAT_CONNECT, Dialogue
from aurora.conversation.record import Event, Message
from aurora.conversation.turn import Turn
from aurora.levels import Urgency


def safe_turn(dialogue: Dialogue, call: Call, words: str, now: datetime, error: Exception) -> Turn:
    """Take the caller's words, if any, unrated; error: what broke."""
    turn = dialogue.open_turn(call, now)
    turn.is_failing = True
    turn.events.append(Event("turn_failed", now, {"error": type(error).__name__}))
    # What could not be understood is at least urgent, and somebody must know of it.
    dialogue.raise_urgency(turn, Urgency.URGENT, "failure", now)
    if words:
        turn.heard = Message("user", words, now, call.urgency.value, {"is_unrated": True})
    request(turn, ["control_room"], now)
    can_connect = call.line in LINES_THAT_CONNECT
    dialogue.say(turn, "fallback" if can_connect else "safe_place")
    dialogue.hand_off(turn, now)
    return turn

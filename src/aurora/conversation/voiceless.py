"""A sentence that this machine cannot speak: recorded lines in its place, and a person."""

from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn

VOICELESS = "voice_unavailable"
"""The kind of event that names the sentence."""


def lose_voice(dialogue: Dialogue, unsaid: str, call: Call, now: datetime) -> Turn:
    """Say what is kept ready, and bring a person; in an emergency people are told."""
    turn = dialogue.open_turn(call, now)
    turn.events.append(Event(VOICELESS, now, {"unsaid": unsaid}))
    if call.urgency.is_emergency:
        request(turn, ["control_room"], now)
        dialogue.alert(turn, now)
        dialogue.say(turn, "safe_place")
    dialogue.hand_off(turn, now)
    return turn

"""The turns in which a person comes to a caller, and in which Aurora is alone with them again."""

from datetime import datetime

from aurora.conversation import handing_off
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.pending import begin_pending
from aurora.conversation.turn import Turn
from aurora.escalation.truth import who


def announce(dialogue: Dialogue, call: Call, now: datetime) -> Turn:
    """Say who joins; nothing unless they have.

    "Joining you now" is said here and nowhere else: they pressed a key, or their sound is open.
    """
    turn = dialogue.open_turn(call, now)
    if handing_off.has_person(call):
        dialogue.say(turn, "joining", who=_role(dialogue, call))
    return turn


def drop_back(dialogue: Dialogue, call: Call, reason: str, now: datetime) -> Turn:
    """The person is gone: say so, and go on with what the caller has to do."""
    turn = dialogue.open_turn(call, now)
    turn.events += handing_off.drop_back(call, reason, now)
    if not turn.events:
        dialogue.say(turn, "still_with_you")
        return turn
    dialogue.say(turn, "person_left", who=_role(dialogue, call))
    if begin_pending(dialogue, turn, now):
        return turn
    if call.urgency.is_emergency and not call.operators_words:
        turn.sentences += dialogue.guide.waiting(turn.situation)
    return turn


def _role(dialogue: Dialogue, call: Call) -> str:
    """What the caller hears of a person: their first role, an operator's being the desk's."""
    site = dialogue.site
    contact_id = call.hand_off.contact_id if call.hand_off else None
    contact = site.contact(contact_id or site.control_room)
    return who(site, contact.roles[:1], call.language)

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
    site, hand_off = dialogue.site, call.hand_off
    if hand_off is not None and hand_off.role is not None:
        return who(site, [hand_off.role], call.language)
    contact_id = hand_off.contact_id if hand_off else None
    known = next((one for one in site.contacts if one.id == contact_id), None)
    return who(site, (known or site.contact(site.control_room)).roles[:1], call.language)

"""What the panic key of a kiosk brings about: the worst, until somebody says less."""

from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.lost import find
from aurora.conversation.record import Message
from aurora.conversation.turn import Turn
from aurora.levels import Hazard, Urgency

PROCEDURE = "emergency"


def panic(dialogue: Dialogue, call: Call, now: datetime) -> Turn:
    """Begin an emergency without a word; the key pressed again changes nothing but is answered."""
    turn = dialogue.open_turn(call, now)
    turn.heard = Message("user", "[panic key]", now, call.urgency.value, {"is_panic_key": True})
    call.exchanges += 1
    call.silences = 0
    find(turn, "key", now)
    dialogue.raise_urgency(turn, Urgency.CRITICAL, "panic_key", now)
    request(turn, ["control_room"], now)
    dialogue.alert(turn, now)
    turn.situation = dialogue.situation(call, now)
    if not dialogue.guide.may_start(turn.situation, PROCEDURE):
        turn.sentences += dialogue.guide.waiting(turn.situation)
        return turn
    if call.hazard is Hazard.NONE:
        call.hazard = Hazard.OTHER
    dialogue.apply(turn, dialogue.guide.start(turn.situation, PROCEDURE), now)
    return turn

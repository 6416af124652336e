"""Take a turn of which only some words were heard in time: they may raise, and answer nothing."""

from copy import deepcopy
from datetime import datetime

from aurora.conversation.alerts import request
from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.lost import find
from aurora.conversation.record import Event, Message
from aurora.conversation.turn import Turn
from aurora.levels import Urgency


def hear_in_part(
    dialogue: Dialogue, turn: Turn, words: str, missing: str, now: datetime, *, is_told: bool
) -> None:
    """Take words into an open turn.

    missing: why the rest is. is_told: the caller has heard a first line for these words already.
    """
    call = turn.call
    details = {"reason": missing, "heard": words}
    turn.events.append(Event("speech_unavailable", now, details))
    # What could not be understood is at least urgent, and somebody must know of it.
    dialogue.raise_urgency(turn, Urgency.URGENT, "speech_unavailable", now)
    request(turn, ["control_room"], now)
    played = None if is_told else _played(dialogue, call, words, now)
    if played is None or played.guidance.procedure != call.guidance.procedure:
        # Half a sentence is no answer to what was asked: "no" may go on "wait, he is breathing".
        call.guidance.awaiting = None
        dialogue.take_words(turn, words, now)
    else:
        _only_raise(dialogue, turn, words, played.urgency, now)
    dialogue.alert(turn, now)


def _played(dialogue: Dialogue, call: Call, words: str, now: datetime) -> Call:
    """Return the call as these words would leave it."""
    played = deepcopy(call)
    played.guidance.awaiting = None
    dialogue.hear(played, words, now)
    return played


def _only_raise(
    dialogue: Dialogue, turn: Turn, words: str, urgency: Urgency, now: datetime
) -> None:
    """Raise the call to what the words make of it, and let the caller say it again."""
    call = turn.call
    dialogue.raise_urgency(turn, urgency, "rules", now)
    turn.heard = Message("user", words, now, call.urgency.value)
    call.silences = 0
    find(turn, "words", now)
    waiting = dialogue.guide.waiting(turn.situation) if call.guidance.procedure else []
    if waiting:
        turn.sentences += waiting
    else:
        dialogue.ask_to_repeat(turn)

"""Words that are rated and recorded, and answered by nobody here: those for a person who joined."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn


def overhear(dialogue: Dialogue, call: Call, words: str, now: datetime) -> Turn:
    """Take what a caller says to the person who joined."""
    turn = only_rate(dialogue, call, words, now)
    if turn.heard is not None:
        person = call.hand_off.person if call.hand_off else None
        turn.heard = replace(turn.heard, details={**turn.heard.details, "said_to": person})
    return turn


def only_rate(dialogue: Dialogue, call: Call, words: str, now: datetime) -> Turn:
    """Let words raise urgency and alert people; where guidance stands they leave as it was."""
    before, hand_off = deepcopy(call.guidance), deepcopy(call.hand_off)
    was_due = call.is_hand_off_due
    turn = dialogue.open_turn(call, now)
    dialogue.take_words(turn, words, now)
    _leave_open(turn)
    begun = call.guidance.procedure
    call.guidance, call.hand_off, call.is_hand_off_due = before, hand_off, was_due
    if begun != before.procedure:
        # Its first line is due as soon as it is Aurora who speaks.
        call.guidance.pending = begun
    turn.sentences, turn.action = [], Action.LISTEN
    turn.is_overheard = turn.is_settled = True
    return turn


def _leave_open(turn: Turn) -> None:
    """A goodbye to the person ends nothing here: the caller may still be on the line."""
    turn.call.ended_at = turn.call.end_reason = None
    turn.events = [event for event in turn.events if not _ends(event.kind)]


def _ends(kind: str) -> bool:
    return kind in ("ended", "hand_off_ended", "procedure_started")

"""When a caller counts as lost, and when as found; who calls back and who searches is elsewhere."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from aurora.conversation.alerts import request
from aurora.conversation.call import Call, CallLoss
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.escalation.incident import Lost
from aurora.escalation.told import is_bad
from aurora.guidance.cues import Cue
from aurora.levels import Urgency
from aurora.triage.assessment import Assessment, Intent

if TYPE_CHECKING:
    from aurora.conversation.dialogue import Dialogue

LEAVE = frozenset({Intent.GOODBYE, Intent.THANKS, Intent.ALL_CLEAR, Intent.WRONG_NUMBER})
SEARCHERS = ("rescue", "control_room")
"""Roles that look for a caller; a site without a rescue team has a control room."""


def takes_leave(said: Assessment, cues: Collection[Cue]) -> bool:
    """Whether words are such as people hang up after: goodbye, thanks, it is over, I am out.

    None that name an emergency or tell of somebody in danger. A doubt of the model's alone does
    not count as one: few words are harder to rate than "I am out".
    """
    is_emergency = said.urgency is Urgency.CRITICAL or (said.urgency.is_emergency and said.reasons)
    if is_emergency or any(is_bad(*fact) for fact in said.facts.items()):
        return False
    return said.intent in LEAVE or said.facts.get("escaped") is True or Cue.WELL in cues


def lose(turn: Turn, how: Lost, now: datetime) -> None:
    """Note that the caller is missing, if they are; somebody must know of it at once.

    Not after a goodbye, not while a person is being put on, never in an everyday call. A silent
    caller who then hangs up is lost anew: only now can they be called.
    """
    call = turn.call
    is_known = call.loss is not None and not (
        call.loss.how is Lost.SILENCE and how is not Lost.SILENCE
    )
    if not call.urgency.is_emergency or call.has_taken_leave or call.is_hand_off_due or is_known:
        return
    call.losses += 1
    call.loss = CallLoss(call.losses, how, now)
    turn.events.append(Event("caller_lost", now, {"how": how.value, "number": call.losses}))
    request(turn, ["control_room"], now)


def missing(dialogue: "Dialogue", how: Lost, call: Call, now: datetime) -> list[Event]:
    """The same apart from any turn; return what goes on the record."""
    turn = Turn(call, dialogue.situation(call, now))
    lose(turn, how, now)
    return turn.events


def end_hand_off(is_with_person: bool, call: Call, now: datetime) -> list[Event]:
    """Note that a caller who was put through is off the telephone, and whether a person spoke
    with them."""
    call.is_hand_off_due, call.has_taken_leave = False, is_with_person
    return [Event("hand_off_ended", now, {"is_with_person": is_with_person})]


def find(turn: Turn, by: str, now: datetime) -> None:
    """Note that the caller was heard again. by: words, key, connection or another call's id."""
    call = turn.call
    if call.loss is None:
        return
    details = {"by": by, "number": call.loss.number, "tries": call.loss.tries}
    call.loss = None
    turn.events.append(Event("caller_found", now, details))


def search(turn: Turn, roles: set[str], now: datetime) -> None:
    """Have the site look for a caller who could not be reached. roles: those that the site has."""
    loss = turn.call.loss
    if loss is None or loss.is_searched:
        return
    loss.is_searched = True
    details = {"how": loss.how.value, "tries": loss.tries, "zone": turn.call.place.zone_id}
    turn.events.append(Event("search_requested", now, details))
    request(turn, [role for role in SEARCHERS if role in roles], now)


def note_try(call: Call, number: int, attempt: int, now: datetime) -> list[Event]:
    """Note that the caller is being called back, for the so-manieth time."""
    if call.loss is None or call.loss.number != number or call.loss.tries >= attempt:
        return []
    call.loss.tries = attempt
    return [Event("called_back", now, {"attempt": attempt})]


def note_failure(call: Call, number: int, attempt: int, why: str, now: datetime) -> list[Event]:
    """Note that a call-back came to nothing."""
    if call.loss is None or call.loss.number != number or call.loss.failed >= attempt:
        return []
    call.loss.failed = attempt
    return [Event("call_back_failed", now, {"attempt": attempt, "reason": why})]

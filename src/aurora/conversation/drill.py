"""Whether a call is a drill, announced by an operator or in it; the first live sign ends it."""

from collections.abc import Sequence
from datetime import datetime

from aurora.conditions.conditions import Drill
from aurora.conditions.words import says_drill, says_real
from aurora.conversation.call import Call
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.levels import Hazard
from aurora.triage.assess import Heard
from aurora.triage.assessment import Assessment
from aurora.triage.decide import is_softened
from aurora.triage.places import CONFIRM_BELOW

SOURCES_A_DRILL_KEEPS = frozenset({"rules", "procedure", "spoken_ahead"})
"""A rise from these does not end a drill: the words behind it were weighed when heard."""
UNKNOWN_HAZARDS = (Hazard.NONE, Hazard.OTHER)


def weigh_drill(turn: Turn, heard: Heard, languages: Sequence[str], now: datetime) -> None:
    """Let the words begin a drill, or end the one that runs."""
    call, assessment = turn.call, heard.assessment
    if assessment.says_real or says_real(heard.text, languages):
        end_drill(turn, "rules", now)
        call.is_for_real = True
        return
    announced = announced_drill(turn, assessment, now)
    is_announced = announced is not None and announced.id == call.drill_id
    if announced and not is_announced and _may_begin(call) and says_drill(heard.text, languages):
        _begin(turn, announced, now)
    elif call.is_drill:
        # In an announced drill hazards are its play; in any other an unframed one is real.
        if not is_announced and _is_for_real(assessment):
            end_drill(turn, "rules", now)
    elif assessment.is_drill and not call.is_for_real and not call.urgency.is_emergency:
        _begin(turn, None, now)


def is_played(turn: Turn, heard: Heard) -> bool:
    """Whether an announced drill runs and the rules took these words for one: too little of it."""
    return turn.call.drill_id is not None and heard.assessment.is_drill


def announced_drill(turn: Turn, assessment: Assessment | None, now: datetime) -> Drill | None:
    """Return the announced drill that runs now where the caller is, or says they are."""
    place = assessment.place if assessment else None
    is_said = place is not None and place.is_known and place.confidence >= CONFIRM_BELOW
    zone_id = place.zone_id if place is not None and is_said else turn.call.place.zone_id
    return turn.situation.conditions.running_drill(zone_id, now)


def is_ended_by(turn: Turn, source: str, now: datetime) -> bool:
    """Whether an emergency from this source is none of the drill's own."""
    if source in ("model", "danger_check") and turn.call.drill_id is not None:
        # A model is told the words and not of the drill, so that its rating says nothing new; and
        # whoever plays a casualty says that someone is hurt.
        announced = announced_drill(turn, None, now)
        return announced is None or announced.id != turn.call.drill_id
    return source not in SOURCES_A_DRILL_KEEPS


def end_drill(turn: Turn, source: str, now: datetime) -> None:
    """Take the call for real from here on; whoever was told of a drill is to be told again."""
    call = turn.call
    if not call.is_drill:
        return
    call.is_drill, call.drill_id, call.is_for_real = False, None, True
    call.roles_alerted = []
    turn.events.append(Event("drill_ended", now, {"source": source}))


def _begin(turn: Turn, announced: Drill | None, now: datetime) -> None:
    call = turn.call
    if call.is_drill and announced is None:
        return
    call.is_drill = True
    call.drill_id = announced.id if announced else None
    details = {"drill": call.drill_id, "announced_by": announced.by if announced else None}
    turn.events.append(Event("drill_begun", now, details))


def _may_begin(call: Call) -> bool:
    """Not once a hazard was taken for real: what people were told of it stands."""
    if call.is_for_real:
        return False
    return call.is_drill or not call.urgency.is_emergency or call.hazard in UNKNOWN_HAZARDS


def _is_for_real(assessment: Assessment) -> bool:
    """A live sign, or an emergency that no rule took for less than it would be."""
    if assessment.is_live:
        return True
    if assessment.is_drill or not assessment.urgency.is_emergency:
        return False
    # A softened hit is named "rule:frame"; words that no rule knew have none at all.
    return not is_softened(assessment.reasons)

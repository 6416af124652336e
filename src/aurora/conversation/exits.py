"""Take in that a caller found an exit blocked: for this call, and for everyone on the site."""

from datetime import datetime

from aurora.conditions.change import exit_change
from aurora.conditions.exits_heard import ExitsHeard
from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.guidance.cues import Cue
from aurora.guidance.ways_out import TOLD
from aurora.site.model import Site
from aurora.triage.assess import Heard
from aurora.triage.assessment import Intent


def hear_blocked_exits(
    exits: ExitsHeard,
    site: Site,
    turn: Turn,
    heard: Heard,
    cues: frozenset[Cue],
    now: datetime,
) -> bool:
    """Note the exits that these words call blocked; True when the caller's own zone has one."""
    call = turn.call
    is_grave = call.urgency.is_emergency or heard.assessment.urgency.is_emergency
    is_mere_question = heard.assessment.intent is Intent.QUESTION and not is_grave
    if is_mere_question and Cue.EXIT not in cues:
        return False
    zone = site.zone(call.place.callers_zone_id)
    lines = call.guidance.site_lines
    told = [line.removeprefix(TOLD) for line in lines if line.startswith(TOLD)]
    blocked = exits.blocked(heard.text, call.language, zone, told)
    for where, way in blocked:
        key = f"{where.id}/{way.id}"
        if key not in call.blocked_exits:
            call.blocked_exits.append(key)
        details = {"zone": where.id, "exit": way.id, "is_drill": call.is_drill}
        turn.events.append(Event("exit_blocked", now, details))
        # Whoever only asks for the way out is not sent there; for others it takes a report.
        if not call.is_drill and not is_mere_question:
            turn.conditions.append(
                exit_change(
                    where.id,
                    way.id,
                    is_blocked=True,
                    by=call.id,
                    reason="a caller said so",
                    now=now,
                )
            )
    return zone is not None and any(where.id == zone.id for where, _ in blocked)

"""Which calls belong to which incident, and what a call adds to it; pages nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aurora.escalation.incident import CallFacts, Incident, IncidentState, hand_over
from aurora.escalation.kinship import UNKNOWN, is_alike, may_be_one
from aurora.escalation.news import TROUBLE, News, NewsKind
from aurora.escalation.told import changes, standing
from aurora.levels import Hazard, highest

JOINS_WITHIN = timedelta(minutes=30)
"""Since the last word on it: the same hazard an hour later is another happening."""


VAGUE = frozenset({"emergency"})
"""A procedure for what is not clear yet: no news beside one that is, and gives way to it."""
LEARNT = (
    *("urgency", "updated_at", "risen_at", "hazard", "zone_id", "place_said", "happenings"),
    *("calls", "facts", "roles"),
)
"""Fields of an incident that a call's word may change."""


def open_incident(
    incident_id: str, code: str, call: CallFacts, *, was_drill: bool = False
) -> Incident:
    """Return the incident that a call begins."""
    incident = Incident(incident_id, code, call.urgency, call.at, call.at, was_drill=was_drill)
    incident.is_drill = call.is_drill
    absorb(incident, call)
    return incident


def joins(incident: Incident, call: CallFacts, now: datetime) -> bool:
    """Whether a call is about this incident.

    Never when it is over or its last word is old, and never a drill with a real one. Two confirmed
    zones must be the same, and the hazards such as meet in one place. Where a zone is unknown the
    hazard alone decides, so it must be the same one.
    """
    if not incident.is_live or incident.is_test or incident.is_drill is not call.is_drill:
        return False
    if now - incident.updated_at > JOINS_WITHIN:
        return False
    return _is_one(incident.zone_id, incident.hazard, call.zone_id, call.hazard)


def parts(incident: Incident, call: CallFacts) -> bool:
    """Whether a call of this incident turned out to be about something else.

    It is no drill after all, or its zone was confirmed to be another than what others say. (The
    only caller who names a zone corrects it for all.)
    """
    if call.call_id not in incident.calls:
        return False
    if incident.is_drill is not call.is_drill:
        return True
    others = {
        one.zone_id
        for one in incident.calls.values()
        if one.zone_id is not None and one.call_id != call.call_id
    }
    return call.zone_id is not None and bool(others) and call.zone_id not in others


def find(incidents: Iterable[Incident], call: CallFacts, now: datetime) -> Incident | None:
    """Return the incident a call belongs to, or None for a new one.

    Its own before any other, also one that is over while the call has no more trouble to tell;
    then one in its zone; then the one heard of last.
    """
    known = list(incidents)
    for incident in known:
        if call.call_id in incident.calls and _still_has(incident, call):
            return incident
    fitting = [one for one in known if call.call_id not in one.calls and joins(one, call, now)]
    is_here = call.zone_id is not None
    return max(
        fitting,
        key=lambda one: (is_here and one.zone_id == call.zone_id, one.updated_at),
        default=None,
    )


def _still_has(incident: Incident, call: CallFacts) -> bool:
    if incident.is_live:
        return not parts(incident, call)
    is_over = incident.state is IncidentState.RESOLVED
    return is_over and not any(one.kind in TROUBLE for one in news(incident, call))


def _is_one(
    zone_id: str | None, hazard: Hazard, other_zone_id: str | None, other_hazard: Hazard
) -> bool:
    if zone_id is not None and other_zone_id is not None:
        return zone_id == other_zone_id and may_be_one(hazard, other_hazard)
    both_lost = zone_id is None and other_zone_id is None
    return is_alike(hazard, other_hazard, both_lost=both_lost)


def are_one(incident: Incident, other: Incident, now: datetime) -> bool:
    """Whether two incidents turned out to be one: their zones were found to be the same."""
    is_fresh = all(now - one.updated_at <= JOINS_WITHIN for one in (incident, other))
    is_alive = incident.is_live and other.is_live and incident.id != other.id
    is_alive = is_alive and not (incident.is_test or other.is_test)
    if not (is_fresh and is_alive) or incident.is_drill is not other.is_drill:
        return False
    return _is_one(incident.zone_id, incident.hazard, other.zone_id, other.hazard)


def merge(incident: Incident, into: Incident) -> list[News]:
    """Make two incidents one; return what is new to those alerted for the one that stays."""
    found = [one for call in incident.calls.values() for one in absorb(into, call)]
    into.was_drill = into.was_drill or incident.was_drill
    into.acts = sorted([*into.acts, *incident.acts], key=lambda act: act.at)
    into.shelved = None
    into.untold += incident.untold
    incident.untold = []
    hand_over(incident, into)
    return found


def leave(incident: Incident, call_id: str) -> None:
    """Take a call out of an incident that it parted from; its urgency and roles stay."""
    incident.calls.pop(call_id, None)
    incident.facts = standing(one.facts for one in incident.calls.values())


def news(incident: Incident, call: CallFacts) -> list[News]:
    """Return what a call says beyond what the incident knew, worth telling those alerted."""
    after = _with(incident, call)
    found = []
    if after.urgency.rank > incident.urgency.rank:
        found.append(News(NewsKind.URGENCY, after.urgency.value))
    elif after.urgency.rank < incident.urgency.rank:
        found.append(News(NewsKind.LOWERED, after.urgency.value))
    if after.zone_id != incident.zone_id and after.zone_id is not None:
        found.append(News(NewsKind.ZONE, after.zone_id))
    known = incident.happenings
    found += [News(NewsKind.HAPPENING, one) for one in after.happenings if one not in known]
    for name, value in changes(incident.facts, after.facts).items():
        found.append(News(NewsKind.FACT, name, value))
    found += _of_the_caller(incident.calls.get(call.call_id), call)
    found += [News(NewsKind.ROLES, role) for role in after.roles if role not in incident.roles]
    return found


def _of_the_caller(before: CallFacts | None, call: CallFacts) -> list[News]:
    """Whether the caller went missing, is searched for, or was heard again."""
    found = []
    was_lost, was_searched = (before.lost, before.is_searched) if before else (None, False)
    is_anew = before is not None and call.losses > before.losses
    if call.lost is not None and (was_lost is None or is_anew):
        found.append(News(NewsKind.LOST, call.call_id, call.lost.value))
    if call.is_searched and (not was_searched or is_anew):
        found.append(News(NewsKind.SEARCH, call.call_id))
    if was_lost is not None and call.lost is None:
        found.append(News(NewsKind.FOUND, call.call_id))
    return found


def is_older(call: CallFacts, known: CallFacts | None) -> bool:
    """Whether a call's word was overtaken by one that is known, as from another machine.

    Clocks differ, so the record's count decides, and time only between words that could not be
    written yet. A word that is more urgent than one which knew of the same lowering is newer
    whatever both say, for urgency rises.
    """
    if known is None or (call.revision, call.at) >= (known.revision, known.at):
        return False
    if call.lowered_at != known.lowered_at:
        return known.lowered_at is not None and (
            call.lowered_at is None or call.lowered_at < known.lowered_at
        )
    return call.urgency.rank <= known.urgency.rank


def absorb(incident: Incident, call: CallFacts) -> list[News]:
    """Take a call's newest word into the incident; return its news: none of an older word."""
    if is_older(call, incident.calls.get(call.call_id)):
        return []
    found = news(incident, call) if incident.calls else []
    after = _with(incident, call)
    for name in LEARNT:
        setattr(incident, name, getattr(after, name))
    if any(one.kind in TROUBLE for one in found):
        incident.shelved = None  # what gets worse comes back
    return found


def _with(incident: Incident, call: CallFacts) -> Incident:
    """The incident as it would be with a call's newest word."""
    before = incident.calls.get(call.call_id)
    calls = {**incident.calls, call.call_id: call}
    rises = call.urgency.rank > incident.urgency.rank
    is_lowered = before is not None and call.lowered_at != before.lowered_at
    urgency = highest(call.urgency, incident.urgency)
    if is_lowered:
        urgency = highest(*(one.urgency for one in calls.values()))
    is_risen = urgency.is_emergency and not incident.urgency.is_emergency
    is_named = call.hazard not in UNKNOWN
    is_first_word = rises or incident.hazard in UNKNOWN or len(calls) == 1
    roles = dict.fromkeys([*incident.roles, *call.roles])
    return replace(
        incident,
        urgency=urgency,
        updated_at=max(incident.updated_at, call.at),
        risen_at=call.at if is_risen else incident.risen_at,
        hazard=call.hazard if is_named and is_first_word else incident.hazard,
        zone_id=_zone(incident, calls, call),
        place_said=incident.place_said or call.place_said,
        happenings=_happenings(incident, call, is_first=rises),
        calls=calls,
        facts=standing(one.facts for one in calls.values()),
        roles=list(roles),
    )


def _zone(incident: Incident, calls: Mapping[str, CallFacts], call: CallFacts) -> str | None:
    others = [one.zone_id for one in calls.values() if one.zone_id and one is not call]
    if call.zone_id is not None and not others:
        return call.zone_id
    return incident.zone_id or next(iter(others), None)


def _happenings(incident: Incident, call: CallFacts, *, is_first: bool) -> list[str]:
    """What is known to happen with what a call adds: in front when it made the incident worse."""
    known = incident.happenings
    named = call.procedure or (call.hazard.value if call.hazard not in UNKNOWN else None)
    if named is None or named in known or (named in VAGUE and known):
        return known
    if call.procedure is None and any(one.hazard is call.hazard for one in incident.calls.values()):
        return known
    known = [one for one in known if one not in VAGUE]
    return [named, *known] if is_first else [*known, named]

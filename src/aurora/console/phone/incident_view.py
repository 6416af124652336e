"""What a responder on the way needs to see of an incident, in their language; pure."""

from dataclasses import dataclass
from datetime import datetime

from aurora.conditions.conditions import Conditions
from aurora.console.board.naming import Naming
from aurora.escalation.incident import YES, Answer, Incident, IncidentState, Reach
from aurora.site.model import Language, Site, spoken


@dataclass(frozen=True, slots=True)
class Responding:
    """Somebody who was alerted."""

    name: str
    role: str
    answer: Answer | None
    at: datetime | None
    """When they accepted."""
    is_unreached: bool
    """Every way to them failed."""


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident."""

    id: str
    code: str
    urgency: str
    title: str
    also: list[str]
    zone: str | None
    place_said: str | None
    muster_point: str | None
    open_exits: list[str]
    blocked_exits: list[str]
    wind_degrees: int | None
    """From where it blows."""
    facts: list[str]
    people: list[Responding]
    opened_at: datetime
    is_drill: bool
    is_live: bool
    is_over: bool

    @property
    def accepted(self) -> list[Responding]:
        return [one for one in self.people if one.answer in YES]


def view_of(
    incident: Incident, site: Site, naming: Naming, language: Language, conditions: Conditions
) -> IncidentView:
    """Return an incident as it stands now."""
    zone = site.zone(incident.zone_id)
    is_open = {way.id for way in conditions.open_exits(zone)} if zone else set()
    exits = [(way.id in is_open, spoken(way.name, language)) for way in zone.exits] if zone else []
    point = site.muster_point(zone.muster_point) if zone else None
    title, *also = naming.happenings(incident)
    return IncidentView(
        id=incident.id,
        code=incident.code,
        urgency=incident.urgency.value,
        title=title,
        also=also,
        zone=naming.zone(incident.zone_id),
        place_said=incident.place_said,
        muster_point=spoken(point.name, language) if point else None,
        open_exits=[name for is_way, name in exits if is_way],
        blocked_exits=[name for is_way, name in exits if not is_way],
        wind_degrees=round(conditions.wind.degrees) % 360 if conditions.wind else None,
        facts=naming.facts(incident.facts),
        people=[
            Responding(
                one.name,
                naming.role(one.roles[0]),
                incident.answer_of(one.contact_id),
                incident.accepted_at(one.contact_id),
                is_unreached=one.reach is Reach.FAILED,
            )
            for one in incident.responders.values()
        ],
        opened_at=incident.opened_at,
        is_drill=incident.is_drill,
        is_live=incident.is_live,
        is_over=incident.state is IncidentState.RESOLVED,
    )

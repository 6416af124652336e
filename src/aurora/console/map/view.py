"""The values that the map and its list are shown from: what is where and happens there; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.conditions.conditions import Conditions
from aurora.conditions.wind import point_of
from aurora.console.map.layout import Layout
from aurora.console.terms import HAZARDS, URGENCIES
from aurora.console.words import words_in
from aurora.conversation.call import Call
from aurora.escalation.incident import Incident, IncidentState
from aurora.levels import Hazard, Urgency, highest
from aurora.site.model import Language, Site, spoken
from aurora.site.plan import Point

COMPASS = {
    "north": "north",
    "north_east": "north-east",
    "east": "east",
    "south_east": "south-east",
    "south": "south",
    "south_west": "south-west",
    "west": "west",
    "north_west": "north-west",
}
"""English, to be translated."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What goes on at a site now."""

    incidents: Sequence[Incident]
    open_calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class IncidentMark:
    code: str
    urgency: str
    urgency_name: str
    hazard: str
    """English, to be translated; empty when none was named."""
    is_drill: bool
    is_accepted: bool
    opened_at: datetime
    calls: Sequence[str]
    place_said: str


@dataclass(frozen=True, slots=True)
class ExitMark:
    id: str
    """ "zone/exit"."""
    name: str
    at: Point
    blocked_by: str = ""
    reason: str = ""
    blocked_until: datetime | None = None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_until is not None


@dataclass(frozen=True, slots=True)
class ZoneView:
    id: str
    name: str
    description: str
    corners: str
    """As an SVG polygon takes them."""
    centre: Point
    exits: Sequence[ExitMark]
    muster_point: str
    incidents: Sequence[IncidentMark]
    open_calls: int
    drill: str
    """Who announced the drill that runs here; empty when none does."""
    is_laid_out: bool

    @property
    def worst(self) -> str:
        """The highest urgency of its incidents; empty without any."""
        levels = [Urgency(one.urgency) for one in self.incidents]
        return highest(*levels).value if levels else ""


@dataclass(frozen=True, slots=True)
class MusterView:
    id: str
    name: str
    at: Point
    zones: Sequence[str]


@dataclass(frozen=True, slots=True)
class WindView:
    degrees: float
    """Where it comes from, clockwise from north."""
    bearing: float
    """The same on the sheet, clockwise from its upper edge."""
    point: str
    """English, to be translated."""
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class MapView:
    width: float
    height: float
    unit: float
    """A thousandth of the sheet: signs and letters are sized by it."""
    north: float
    zones: Sequence[ZoneView]
    muster_points: Sequence[MusterView]
    elsewhere: Sequence[IncidentMark]
    """Incidents whose zone is not known."""
    calls_elsewhere: int
    wind: WindView | None
    is_scheme: bool
    """Something was laid out that nobody drew."""


def map_view(
    site: Site,
    layout: Layout,
    happening: Happening,
    conditions: Conditions,
    now: datetime,
    language: str,
) -> MapView:
    """Return the map for a reader of this language."""
    known = {zone.id for zone in site.zones}
    live = [one for one in happening.incidents if one.is_live]
    plan = layout.plan
    wind = conditions.wind
    return MapView(
        width=plan.width,
        height=plan.height,
        unit=max(plan.width, plan.height * 1.5) / 1000,
        north=plan.north,
        zones=_zones(site, layout, live, happening.open_calls, conditions, now, language),
        muster_points=[
            MusterView(
                one.id,
                spoken(one.name, language),
                layout.muster_points[one.id],
                [spoken(z.name, language) for z in site.zones if z.muster_point == one.id],
            )
            for one in site.muster_points
        ],
        elsewhere=[_mark(one) for one in live if one.zone_id not in known],
        calls_elsewhere=sum(call.place.zone_id not in known for call in happening.open_calls),
        wind=WindView(
            wind.degrees,
            (wind.degrees + plan.north) % 360,
            COMPASS[point_of(wind.degrees)],
            wind.by,
            wind.expires_at,
        )
        if wind
        else None,
        is_scheme=bool(layout.laid_out),
    )


def _zones(
    site: Site,
    layout: Layout,
    live: Sequence[Incident],
    calls: Sequence[Call],
    conditions: Conditions,
    now: datetime,
    language: str,
) -> list[ZoneView]:
    shut = {f"{one.zone_id}/{one.exit_id}": one for one in conditions.blocked}
    views = []
    for zone in site.zones:
        drill = conditions.running_drill(zone.id, now)
        exits = []
        for way in zone.exits:
            name = f"{zone.id}/{way.id}"
            mark = ExitMark(name, spoken(way.name, language), layout.exits[name])
            if block := shut.get(name):
                told = (block.by, block.reason, block.expires_at)
                mark = ExitMark(name, mark.name, mark.at, *told)
            exits.append(mark)
        views.append(
            ZoneView(
                id=zone.id,
                name=spoken(zone.name, language),
                description=spoken(zone.description, language),
                corners=" ".join(f"{x:g},{y:g}" for x, y in layout.outlines[zone.id]),
                centre=layout.centres[zone.id],
                exits=exits,
                muster_point=spoken(site.muster_point(zone.muster_point).name, language),
                incidents=[_mark(one) for one in live if one.zone_id == zone.id],
                open_calls=sum(call.place.zone_id == zone.id for call in calls),
                drill=drill.by if drill else "",
                is_laid_out=zone.id in layout.laid_out,
            )
        )
    return views


def _mark(incident: Incident) -> IncidentMark:
    return IncidentMark(
        code=incident.code,
        urgency=incident.urgency.value,
        urgency_name=URGENCIES[incident.urgency],
        hazard="" if incident.hazard is Hazard.NONE else HAZARDS[incident.hazard],
        is_drill=incident.is_drill,
        is_accepted=incident.state is IncidentState.ACKNOWLEDGED,
        opened_at=incident.opened_at,
        calls=list(incident.calls),
        place_said=incident.place_said or "",
    )


def place_names(site: Site, language: str) -> dict[str, dict[str, str]]:
    """Return what the editor calls each thing that it moves."""
    return {
        "outlines": {zone.id: spoken(zone.name, language) for zone in site.zones},
        "exits": {
            f"{zone.id}/{way.id}": f"{spoken(zone.name, language)}, {spoken(way.name, language)}"
            for zone in site.zones
            for way in zone.exits
        },
        "muster_points": {one.id: spoken(one.name, language) for one in site.muster_points},
    }


def editor_words(language: Language) -> dict[str, str]:
    """Return what the editor's script says."""
    say = words_in(language).gettext
    return {
        "corner": say("{name}, corner {n}"),
        "sure": say("Forget the edited map and go back to what the site's file draws?"),
        "taken": say("The plan is under the map."),
        "dropped": say("The plan was removed."),
    }

"""Where everything stands on the board: incidents with their calls, worst first, then eldest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aurora.console.board.seen import SeenCall
from aurora.conversation.call import Call
from aurora.escalation.incident import Incident, IncidentState
from aurora.levels import Urgency


class Shelf(StrEnum):
    """The lists of the board; what is not in an incident's own list is in one of these."""

    LIVE = "live"
    SHELVED = "shelved"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one thing stands."""

    key: str
    """ "i-" and an incident's id, or "c-" and a call's."""
    within: str
    """A shelf, or the key of an incident."""
    order: str
    """Sorts among what is within the same: by text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole board."""

    places: dict[str, Place]
    live: int
    """Incidents and lone calls that are going on; drills are not counted."""
    waiting: int
    """Of them, emergencies that nobody has accepted."""
    shelved: int
    calls: int
    """Calls that have not ended."""


def incident_key(incident_id: str) -> str:
    return f"i-{incident_id}"


def call_key(call_id: str) -> str:
    return f"c-{call_id}"


def lay_out(
    calls: Mapping[str, SeenCall], incidents: Mapping[str, Incident], now: datetime
) -> Layout:
    """Return where every call and incident stands."""
    shown = [one for one in incidents.values() if one.state is not IncidentState.MERGED]
    home = _homes(shown)
    places = [_of_incident(one, now) for one in shown]
    places += [_of_call(seen.call, home.get(seen.call.id)) for seen in calls.values()]
    alone = [seen.call for seen in calls.values() if _is_alone(seen.call, home)]
    real = [one for one in shown if one.is_live and not one.is_drill]
    is_waiting = [one for one in real if one.urgency.is_emergency and not one.accepted_by]
    alone_waiting = [one for one in alone if one.urgency.is_emergency and not one.is_drill]
    return Layout(
        places={place.key: place for place in places},
        live=len(real) + sum(not one.is_drill for one in alone),
        waiting=len(is_waiting) + len(alone_waiting),
        shelved=sum(one.is_shelved(now) for one in shown),
        calls=sum(seen.call.ended_at is None for seen in calls.values()),
    )


def _homes(shown: list[Incident]) -> dict[str, Incident]:
    """The incident of each call; a live one before one that is over."""
    ordered = sorted(shown, key=lambda one: one.is_live)
    return {call_id: one for one in ordered for call_id in one.calls}


def _is_alone(call: Call, home: Mapping[str, Incident]) -> bool:
    incident = home.get(call.id)
    return call.ended_at is None and (incident is None or not incident.is_live)


def _of_incident(incident: Incident, now: datetime) -> Place:
    if incident.is_shelved(now):
        within = Shelf.SHELVED
    else:
        within = Shelf.LIVE if incident.is_live else Shelf.OVER
    order = _order(incident.urgency, incident.opened_at, is_drill=incident.is_drill)
    return Place(incident_key(incident.id), within, order)


def _of_call(call: Call, incident: Incident | None) -> Place:
    order = _order(call.urgency, call.started_at, is_drill=call.is_drill)
    is_open = call.ended_at is None
    if incident is not None and (incident.is_live or not is_open):
        within = incident_key(incident.id)
    else:
        return Place(call_key(call.id), Shelf.LIVE if is_open else Shelf.OVER, order)
    return Place(call_key(call.id), within, f"{'0' if is_open else '1'}{order}")


def _order(urgency: Urgency, at: datetime, *, is_drill: bool) -> str:
    """A drill never stands before an emergency."""
    return f"{int(is_drill)}{len(Urgency) - urgency.rank}{at.timestamp():020.6f}"

"""Tell those on their way that it is over, durably, once a person closed an incident; who closes it
is left to others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from aurora.escalation.durable import Durable, Workflow, step, workflow
from aurora.escalation.incident import Answer, Incident, IncidentState
from aurora.escalation.ledger import AlertNote, Incidents, alerts_of_all
from aurora.escalation.operator_acts import CLOSED
from aurora.escalation.pager import Pager
from aurora.escalation.plan import ChannelKind, Page

STAND_DOWN = "stand_down"
ON_THE_WAY_FOR = timedelta(hours=1)
"""After that whoever did not hear of the end has arrived, or has given up."""


class StandingDown:
    """Sends what ends an alert."""

    def __init__(self, incidents: Incidents, pager: Pager, clock: Callable[[], datetime]) -> None:
        self._incidents = incidents
        self._pager = pager
        self._clock = clock

    async def stand_down(self, incident_id: str) -> None:
        """Tell everybody who was alerted and may be coming; called again it changes nothing."""
        ledger = await self._incidents.read(self._clock())
        incident = ledger.incidents.get(incident_id)
        if incident is None or incident.is_live:
            return
        notes = await alerts_of_all(self._incidents, ledger, incident)
        pages = [
            _softly(page) for page in ledger.paged(incident) if _may_come(incident, page, notes)
        ]
        await self._pager.stand_down(incident, pages)


async def begin_standing_down(durable: Durable, incident: Incident) -> None:
    """Begin it, once for each incident that a person closed; what the line closed tells nobody."""
    if incident.state is IncidentState.RESOLVED and any(
        act.what == CLOSED for act in incident.acts
    ):
        await durable.begin(STAND_DOWN, f"{STAND_DOWN}:{incident.id}", incident.id)


def is_still_awaited(incident: Incident, now: datetime) -> bool:
    """Whether somebody may be on the way still to what a person closed."""
    return incident.closed is not None and now - incident.closed.at <= ON_THE_WAY_FOR


def add_standing_down(durable: Durable, standing_down: StandingDown) -> None:
    durable.add(STAND_DOWN, partial(_workflow_of, standing_down))


def _workflow_of(standing_down: StandingDown) -> Workflow:
    tell = step(standing_down.stand_down, "tell_to_stand_down")

    @workflow(STAND_DOWN)
    async def stand_down(incident_id: str) -> None:
        await tell(incident_id)

    return stand_down


def _may_come(incident: Incident, page: Page, notes: Sequence[AlertNote]) -> bool:
    """Whether they may have heard of it, and are elsewhere than at the console where it was closed.

    What a provider could not deliver in time may be read all the same.
    """
    contact_id = page.contact_id
    if incident.taken_by(contact_id) or incident.answer_of(contact_id) is Answer.DECLINE:
        return False
    is_told = any(one.contact_id == contact_id and one.is_taken(page) for one in notes)
    return is_told or incident.counts_on(contact_id)


def _softly(page: Page) -> Page:
    """Nobody is rung out of bed to hear that they may stay there, if they can read it."""
    calls_last = sorted(page.routes, key=lambda route: route.kind is ChannelKind.VOICE)
    return replace(page, routes=tuple(calls_last))

"""Remind whoever accepted and went quiet, then page others in their place; when is the watch's."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from aurora.escalation.incident import (
    Acknowledgement,
    Answer,
    Incident,
    Source,
    answer,
    is_quiet_since,
)
from aurora.escalation.ledger import Incidents, Ledger
from aurora.escalation.pager import Pager, Told
from aurora.escalation.plan import Page
from aurora.escalation.policy import make_plan, plan_instead
from aurora.escalation.progress import uncovered_roles
from aurora.escalation.quiet import LOOKS_AT_URGENCY_S, risen_text
from aurora.escalation.workflow import Plans
from aurora.levels import Urgency
from aurora.site.model import Site

log = structlog.get_logger()

AT_CONSOLE_WITHIN = timedelta(minutes=2)
"""An open console is seen each minute or so."""
SeenAt = Callable[[str], Awaitable[datetime | None]]
"""When somebody's console was last seen, by their name: the distant past without an open session;
None for somebody who has no account."""


async def seen_by_nobody(name: str) -> datetime | None:
    """For a line that has no console."""
    return None


class Reminders:
    """The Watcher of a line."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        pager: Pager,
        plans: Plans,
        told: Told,
        clock: Callable[[], datetime],
        seen_at: SeenAt = seen_by_nobody,
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._pager = pager
        self._plans = plans
        self._told = told
        self._clock = clock
        self._seen_at = seen_at

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters."""
        self._site = site

    async def quiet_s(self, incident_id: str) -> float:
        incident = (await self._incidents.read(self._clock())).resolved(incident_id)
        return self._site.paging.quiet_for(incident.urgency) if incident else 0.0

    async def looks_again_s(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str, waited_s: float
    ) -> float:
        now, at = self._clock(), datetime.fromisoformat(accepted_at)
        incident = (await self._incidents.read(now)).resolved(incident_id)
        if incident is None or not _is_waited_for(incident, contact_id, at, risen_at):
            return 0.0
        since = max(waited_s, (now - at).total_seconds())
        left_s = self._site.paging.quiet_for(incident.urgency) - since
        return max(0.0, min(left_s, LOOKS_AT_URGENCY_S))

    async def put_aside_s(self, incident_id: str) -> float:
        now = self._clock()
        incident = (await self._incidents.read(now)).resolved(incident_id)
        if incident is None or incident.shelved is None or not incident.is_shelved(now):
            return 0.0
        return (incident.shelved.until - now).total_seconds()

    async def remind(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> bool:
        now, at = self._clock(), datetime.fromisoformat(accepted_at)

        def note(ledger: Ledger) -> tuple[Incident, Page | None] | None:
            incident = ledger.resolved(incident_id)
            if incident is None or not _is_waited_for(incident, contact_id, at, risen_at):
                return None
            incident.reminded[contact_id] = now
            paged = ledger.paged(incident)
            return incident, next((one for one in paged if one.contact_id == contact_id), None)

        noted = await self._incidents.change(note, now)
        if noted is None:
            return False
        incident, page = noted
        # Who took it at a console is asked there: nobody is rung at a desk they sit at.
        if page is not None and incident.taken_by(contact_id) is None:
            await self._pager.remind(incident, page, _key(at, risen_at))
        self._note(incident, "acknowledger_reminded", contact_id)
        return True

    async def is_gone(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> bool:
        now, at = self._clock(), datetime.fromisoformat(accepted_at)
        incident = (await self._incidents.read(now)).resolved(incident_id)
        if incident is None or not _is_waited_for(incident, contact_id, at, risen_at):
            return False
        if incident.is_shelved(now):
            return False
        operator = incident.taken_by(contact_id)
        seen_at = await self._seen_at(operator) if operator else None
        return seen_at is not None and now - seen_at > AT_CONSOLE_WITHIN

    async def reopen(
        self, incident_id: str, contact_id: str, accepted_at: str, risen_at: str
    ) -> None:
        now, at = self._clock(), datetime.fromisoformat(accepted_at)

        def lapse(ledger: Ledger) -> tuple[Incident | None, list[str], list[str]]:
            incident = ledger.resolved(incident_id)
            if incident is None or not _is_waited_for(incident, contact_id, at, risen_at):
                # Done before a crash, it is begun again: that changes nothing.
                return None, ledger.running(incident.id) if incident else [], []
            operator = incident.taken_by(contact_id)
            lapsed = Acknowledgement(contact_id, Answer.LAPSED, Source.SILENCE, now)
            answer(incident, lapsed)
            if not incident.accepted_by:
                incident.shelved = None  # nobody may lay aside what nobody has
            stopped: list[str] = []
            if operator is not None:
                stopped = self._page_as_before(ledger, incident, operator, now)
            elif roles := uncovered_roles(incident, contact_id):
                ledger.add_plan(plan_instead(self._site, incident, roles, contact_id, now))
            return incident, ledger.running(incident.id), stopped

        incident, running, stopped = await self._incidents.change(lapse, now, incident_id)
        for plan_id in running:
            await self._plans.begin(plan_id)
        await self._plans.wake([*running, *stopped], f"lapsed:{contact_id}:{accepted_at}")
        if incident is not None:
            log.warning("acknowledger_quiet", incident=incident.id, contact=contact_id)
            self._note(incident, "acknowledger_quiet", contact_id)

    def _page_as_before(
        self, ledger: Ledger, incident: Incident, operator: str, now: datetime
    ) -> list[str]:
        """Page as if nobody had taken it, unless others did, and the desk too: others may be at it.

        Return the plans that this one takes the place of.
        """
        if incident.accepted_by and incident.urgency is not Urgency.CRITICAL:
            return []
        stopped = ledger.stop(incident.id)
        # Only what is answered from here on counts for it, and the lapse is answered now.
        after = now + timedelta(microseconds=1)
        plan = make_plan(self._site, incident, after)
        if plan.steps:
            ledger.add_plan(plan.again(f"{operator} took it and went quiet"))
        return stopped

    def _note(self, incident: Incident, kind: str, contact_id: str) -> None:
        for call_id in incident.calls:
            self._told(call_id, kind, {"incident": incident.id, "contact": contact_id})


def _is_waited_for(incident: Incident, contact_id: str, at: datetime, risen_at: str) -> bool:
    """Whether an acceptance is the last that was heard of somebody, of what has been an emergency
    all the time since the watch over it began."""
    is_needed = incident.urgency.is_emergency and risen_text(incident) == risen_at
    return is_needed and is_quiet_since(incident, contact_id, at)


def _key(at: datetime, risen_at: str) -> str:
    """Name a reminder: who was told that it was lowered is reminded once more when it rises."""
    once = f"{at:%H%M%S%f}"
    return f"{once}_{datetime.fromisoformat(risen_at):%d%H%M%S%f}" if risen_at else once

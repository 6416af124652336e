"""Remind whoever accepted and went quiet, then page others in their place; when is the watch's."""

from collections.abc import Callable
from datetime import datetime

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
from aurora.escalation.policy import plan_instead
from aurora.escalation.progress import uncovered_roles
from aurora.escalation.workflow import Plans
from aurora.site.model import Site

log = structlog.get_logger()


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
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._pager = pager
        self._plans = plans
        self._told = told
        self._clock = clock

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters."""
        self._site = site

    async def quiet_s(self, incident_id: str) -> float:
        incident = (await self._incidents.read(self._clock())).resolved(incident_id)
        return self._site.paging.quiet_for(incident.urgency) if incident else 0.0

    async def remind(self, incident_id: str, contact_id: str, accepted_at: str) -> bool:
        ledger = await self._incidents.read(self._clock())
        incident = ledger.resolved(incident_id)
        at = datetime.fromisoformat(accepted_at)
        if incident is None or not is_quiet_since(incident, contact_id, at):
            return False
        page = next((one for one in ledger.paged(incident) if one.contact_id == contact_id), None)
        if page is not None:
            await self._pager.remind(incident, page, f"{at:%H%M%S%f}")
        self._note(incident, "acknowledger_reminded", contact_id)
        return True

    async def reopen(self, incident_id: str, contact_id: str, accepted_at: str) -> None:
        now, at = self._clock(), datetime.fromisoformat(accepted_at)

        def lapse(ledger: Ledger) -> tuple[Incident | None, list[str]]:
            incident = ledger.resolved(incident_id)
            if incident is None or not is_quiet_since(incident, contact_id, at):
                # Done before a crash, it is begun again: that changes nothing.
                return None, ledger.running(incident.id) if incident else []
            lapsed = Acknowledgement(contact_id, Answer.LAPSED, Source.SILENCE, now)
            answer(incident, lapsed)
            roles = uncovered_roles(incident, contact_id)
            if roles:
                ledger.add_plan(plan_instead(self._site, incident, roles, contact_id, now))
            return incident, ledger.running(incident.id)

        incident, running = await self._incidents.change(lapse, now)
        for plan_id in running:
            await self._plans.begin(plan_id)
        await self._plans.wake(running, f"lapsed:{contact_id}:{accepted_at}")
        if incident is not None:
            log.warning("acknowledger_quiet", incident=incident.id, contact=contact_id)
            self._note(incident, "acknowledger_quiet", contact_id)

    def _note(self, incident: Incident, kind: str, contact_id: str) -> None:
        for call_id in incident.calls:
            self._told(call_id, kind, {"incident": incident.id, "contact": contact_id})

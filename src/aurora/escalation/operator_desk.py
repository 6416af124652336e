"""Carry out what operators do to incidents: kept first, then plans woken and calls told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from aurora.escalation import operator_acts as acts
from aurora.escalation.closing import close_quiet
from aurora.escalation.durable import Durable
from aurora.escalation.incident import Answer, Incident
from aurora.escalation.ledger import Incidents, Ledger
from aurora.escalation.pager import Told
from aurora.escalation.quiet import begin_watch
from aurora.escalation.standing_down import begin_standing_down
from aurora.escalation.workflow import Plans
from aurora.site.model import Site

log = structlog.get_logger()
T = TypeVar("T")


class OperatorDesk:
    """The incidents of one site under an operator's hands.

    seen: how many acts the operator's page showed; None for a caller that shows none. Every method
    raises UnknownIncident, Overtaken, NotPossible or RecordsError; then nothing is changed.
    """

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        durable: Durable,
        plans: Plans,
        told: Told,
        clock: Callable[[], datetime],
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._durable = durable
        self._plans = plans
        self._told = told
        self._clock = clock

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters."""
        self._site = site

    async def take(self, incident_id: str, by: str, seen: int | None = None) -> Incident:
        """Accept an incident for the control room, or say that one is still with it.

        Who does is asked again after a while, as everybody is who accepted.
        """
        desk = self._site.contact(self._site.control_room)

        def work(incident: Incident, ledger: Ledger, now: datetime) -> list[str]:
            acts.take(incident, desk, by, now)
            return ledger.running(incident.id)

        incident, running = await self._act(incident_id, seen, work)
        await begin_watch(self._durable, incident, desk.id)
        details = {"contact": desk.id, "answer": Answer.ACCEPT.value, "by": by}
        await self._tell(incident, running, "alert_answered", details | {"source": "console"})
        return incident

    async def answer_for(
        self, incident_id: str, contact_id: str, answer: Answer, by: str, seen: int | None = None
    ) -> Incident:
        """Enter the answer of somebody who was paged and gave it by another way."""

        def work(incident: Incident, ledger: Ledger, now: datetime) -> list[str]:
            acts.answer_for(incident, contact_id, answer, by, now)
            return ledger.running(incident.id)

        incident, running = await self._act(incident_id, seen, work)
        await begin_watch(self._durable, incident, contact_id)
        details = {"contact": contact_id, "answer": answer.value, "by": by}
        await self._tell(incident, running, "alert_answered", details | {"source": "console"})
        return incident

    async def shelve(
        self, incident_id: str, lasting: timedelta, reason: str, by: str, seen: int | None = None
    ) -> Incident:
        """Set an incident aside for a while."""

        def work(incident: Incident, ledger: Ledger, now: datetime) -> None:
            acts.shelve(incident, lasting, reason, by, now)

        incident, _ = await self._act(incident_id, seen, work)
        details = {"by": by, "reason": reason, "minutes": lasting.total_seconds() / 60}
        await self._tell(incident, [], "incident_shelved", details)
        return incident

    async def unshelve(self, incident_id: str, by: str, seen: int | None = None) -> Incident:
        """Put an incident back among the others."""

        def work(incident: Incident, ledger: Ledger, now: datetime) -> None:
            acts.unshelve(incident, by, now)

        incident, _ = await self._act(incident_id, seen, work)
        await self._tell(incident, [], "incident_unshelved", {"by": by})
        return incident

    async def close(
        self, incident_id: str, by: str, reason: str, seen: int | None = None
    ) -> Incident:
        """Close an incident that a named human declared over; those who may be coming are told."""

        def work(incident: Incident, ledger: Ledger, now: datetime) -> list[str]:
            return acts.close(incident, ledger, by, reason, now)

        incident, stopped = await self._act(incident_id, seen, work)
        await begin_standing_down(self._durable, incident)
        await self._tell(incident, stopped, "incident_resolved", {"by": by, "reason": reason})
        return incident

    async def alert_again(self, incident_id: str, by: str, seen: int | None = None) -> Incident:
        """Page everybody once more who has not accepted, as if it began now."""

        def work(incident: Incident, ledger: Ledger, now: datetime) -> tuple[str, list[str]]:
            return acts.alert_again(incident, ledger, self._site, by, now)

        incident, (plan_id, stopped) = await self._act(incident_id, seen, work)
        await self._plans.begin(plan_id)
        await self._tell(incident, stopped, "alerted_again", {"by": by})
        return incident

    async def close_quiet(self, open_calls: Iterable[str]) -> list[Incident]:
        """Close incidents that have ended though nobody said so."""
        now, still_open = self._clock(), list(open_calls)
        closed = await self._incidents.change(
            lambda known: close_quiet(known, still_open, now), now
        )
        for incident in closed:
            assert incident.closed is not None  # noqa: S101 - close_quiet closed it
            log.info("incident_closed", incident=incident.id, reason=incident.closed.reason)
            details = {"by": incident.closed.by, "reason": incident.closed.reason}
            await self._tell(incident, [], "incident_resolved", details)
        return closed

    async def _act(
        self,
        incident_id: str,
        seen: int | None,
        work: Callable[[Incident, Ledger, datetime], T],
    ) -> tuple[Incident, T]:
        now = self._clock()

        def change(ledger: Ledger) -> tuple[Incident, T]:
            incident = acts.acted_on(ledger, incident_id, seen)
            return incident, work(incident, ledger, now)

        return await self._incidents.change(change, now, incident_id)

    async def _tell(
        self, incident: Incident, plans: list[str], kind: str, details: Mapping[str, object]
    ) -> None:
        """Wake the plans, and put the act on the record of every call about it."""
        await self._plans.wake(plans, f"{kind}:{len(incident.acts)}")
        for call_id in incident.calls:
            self._told(call_id, kind, details)

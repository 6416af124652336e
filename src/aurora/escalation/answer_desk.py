"""Take answers to alerts, how far each got, and the end of incidents; the AnswerDesk of a line."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from aurora.errors import NotPossible, UnknownIncident
from aurora.escalation.answers import Asked, Outcome, Reply
from aurora.escalation.brief import asking
from aurora.escalation.delivery import Delivery
from aurora.escalation.durable import Durable
from aurora.escalation.incident import (
    Acknowledgement,
    Incident,
    Reach,
    answer,
    in_queue_order,
    reached,
)
from aurora.escalation.ledger import AlertNote, Incidents, Ledger, alerts_of_all
from aurora.escalation.operator_desk import OperatorDesk
from aurora.escalation.pager import Pager, Told
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import begin_watch
from aurora.escalation.workflow import Plans
from aurora.site.model import Site, spoken

log = structlog.get_logger()


class IncidentAnswers:
    """The incidents of one site as those see them who answer, and who act on them."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        pager: Pager,
        durable: Durable,
        plans: Plans,
        told: Told,
        clock: Callable[[], datetime],
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._pager = pager
        self._durable = durable
        self._plans = plans
        self._told = told
        self._clock = clock
        self.operators = OperatorDesk(site, incidents, durable, plans, told, clock)

    def take_site(self, site: Site) -> None:
        """Go on with these contacts."""
        self._site = site

    async def asked_by_code(self, code: str) -> Sequence[Asked]:
        ledger = await self._incidents.read(self._clock())
        found = next((one for one in ledger.incidents.values() if one.code == code), None)
        incident = ledger.resolved(found.id) if found else None
        if incident is None:
            return []
        people = [self._asked(ledger, incident, one) for one in incident.responders]
        return [one for one in people if one is not None]

    async def asked(self, incident_id: str, contact_id: str) -> Asked | None:
        ledger = await self._incidents.read(self._clock())
        incident = ledger.resolved(incident_id)
        return self._asked(ledger, incident, contact_id) if incident else None

    async def answer(self, reply: Reply) -> Outcome:
        if await self._incidents.knows_reply(reply.key):
            return Outcome.REPEATED

        def take(ledger: Ledger) -> tuple[Outcome, Incident | None, list[str]]:
            incident = ledger.resolved(reply.incident_id)
            if incident is None:
                return Outcome.OVER, None, []
            ledger.replies.append(reply)
            given = Acknowledgement(reply.contact_id, reply.answer, reply.source, reply.at)
            answer(incident, given)
            outcome = Outcome.RECORDED if incident.is_live else Outcome.OVER
            # A test's workflow goes by its own id; nobody who confirms one is waited for.
            plans = [incident.id] if incident.is_test else ledger.running(incident.id)
            return outcome, incident, plans

        outcome, incident, running = await self._incidents.change(
            take, self._clock(), reply.incident_id
        )
        log.info("alert_answered", contact=reply.contact_id, answer=reply.answer.value)
        await self._plans.wake(running, reply.key)
        if incident is not None and outcome is Outcome.RECORDED and incident.calls:
            await begin_watch(self._durable, incident, reply.contact_id)
        details = {"contact": reply.contact_id, "answer": reply.answer.value}
        for call_id in incident.calls if incident else ():
            self._told(call_id, "alert_answered", details | {"source": reply.source.value})
        return outcome

    async def progress(self, delivery: Delivery) -> None:
        is_news = await self._incidents.note_delivery(delivery)
        if not is_news or not delivery.progress.is_lost or not await self._is_all_lost(delivery):
            return

        def lose(ledger: Ledger) -> list[str]:
            incident = ledger.resolved(delivery.incident_id)
            page = ledger.page_of(incident, delivery.contact_id) if incident else None
            if incident is None or page is None:
                return []
            reached(incident, page, Reach.FAILED)
            return ledger.running(incident.id)

        running = await self._incidents.change(lose, self._clock(), delivery.incident_id)
        await self._plans.wake(running, f"lost:{delivery.alert_id}")

    async def _is_all_lost(self, delivery: Delivery) -> bool:
        """Whether a page that was lost leaves nothing that got through to them, or still may.

        Who read the page and did not answer the telephone to news of it was reached. What was
        pushed is no sign: of that, nobody says how far it got.
        """
        ledger = await self._incidents.read(self._clock())
        incident = ledger.resolved(delivery.incident_id)
        page = ledger.page_of(incident, delivery.contact_id) if incident else None
        if incident is None or page is None:
            return False
        notes = await alerts_of_all(self._incidents, ledger, incident)
        own = [note for note in notes if note.contact_id == delivery.contact_id]
        is_page = any(
            note.id == delivery.alert_id and note.kind == asking(incident) for note in own
        )
        told = [note for note in own if note.channel != ChannelKind.PUSH]
        return is_page and all(note.is_lost or not note.is_taken(page) for note in told)

    async def was_machine(self, alert_id: str) -> bool:
        return await self._incidents.was_machine(alert_id)

    async def resolve(self, incident_id: str, by: str, reason: str) -> Incident | None:
        """Close an incident that a named human declared over; None for an unknown one.

        Raises Overtaken when it became part of another, which they did not decide on.
        """
        try:
            return await self.operators.close(incident_id, by, reason)
        except UnknownIncident:
            return None
        except NotPossible:
            return await self.incident(incident_id)  # closed before

    async def incidents(self) -> list[Incident]:
        """Return the incidents of the last hours: worst first, then eldest."""
        ledger = await self._incidents.read(self._clock())
        return in_queue_order(one for one in ledger.incidents.values() if not one.is_test)

    async def incident(self, incident_id: str) -> Incident | None:
        return (await self._incidents.read(self._clock())).resolved(incident_id)

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]:
        return await self._incidents.alerts_of(incident_id)

    def _asked(self, ledger: Ledger, incident: Incident, contact_id: str) -> Asked | None:
        responder = incident.responders.get(contact_id)
        if responder is None:
            return None
        # Somebody who was paged may answer even when they left the site's contacts meanwhile, and
        # from the number that was rung.
        contact = next((one for one in self._site.contacts if one.id == contact_id), None)
        page = ledger.page_of(incident, contact_id)
        spoken_to = contact.languages if contact else [page.language] if page else []
        language = next(iter(spoken_to), self._site.languages[0])
        ways = [address for _, address in contact.ways(ring_first=False)] if contact else []
        rung = [route.address for route in page.routes] if page else []
        own = contact.phone if contact else None
        numbers = dict.fromkeys(number for number in (own, *ways, *rung) if number)
        return Asked(
            incident_id=incident.id,
            code=incident.code,
            contact_id=contact_id,
            role=spoken(self._site.roles.get(responder.roles[0], responder.roles[0]), language),
            language=language,
            numbers=tuple(numbers),
            brief=self._pager.brief(incident, page) if page else "",
            kind=asking(incident),
            is_drill=incident.is_drill,
            is_desk=responder.is_desk,
            is_open=incident.is_live,
            answer=incident.answer_of(contact_id),
        )

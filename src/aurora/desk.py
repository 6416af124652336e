"""From turns to incidents and plans, from answers to what is due; never in a turn's way."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from aurora.conversation.call import Call
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.escalation.answers import Asked, Outcome, Reply
from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery
from aurora.escalation.happening import (
    TROUBLE,
    News,
    absorb,
    are_one,
    find,
    leave,
    merge,
    open_incident,
    parts,
)
from aurora.escalation.incident import (
    Acknowledgement,
    CallFacts,
    Incident,
    Reach,
    answer,
    in_queue_order,
    new_code,
    reached,
    resolve,
)
from aurora.escalation.ledger import AlertNote, Incidents, Ledger, PlanState
from aurora.escalation.pager import Pager
from aurora.escalation.plan import Page, Plan
from aurora.escalation.policy import further_plan
from aurora.escalation.truth import Statement, statements
from aurora.escalation.workflow import Plans
from aurora.levels import Urgency
from aurora.site.model import Site, spoken

log = structlog.get_logger()

WAITING_MOST = 10_000
RETRY_S = 1.0
UPDATE_TRIES = 60
BEAT_S = 5.0
CURRENT_EVERY_S = 1.0
GONE_AFTER = timedelta(seconds=15)
"""Without a sign for so long a machine's plans are taken over by another."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What one call's word came to."""

    incident: Incident
    running: tuple[str, ...] = ()
    """Its plans that are carried out: each is begun, for beginning one again changes nothing."""
    stopped: tuple[str, ...] = ()
    """Plans to wake, so that they notice that they are over."""
    news: tuple[News, ...] = ()
    told: tuple[Page, ...] = ()
    """Who was paged, and has to hear the news."""


class Desk:
    """An observer of the switchboard, and the AnswerDesk of webhooks and pages."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        pager: Pager,
        plans: Plans,
        machine: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._pager = pager
        self._plans = plans
        self._machine = machine
        self._clock = clock
        self._words: asyncio.Queue[CallFacts] = asyncio.Queue(WAITING_MOST)
        self._seen: dict[str, CallFacts] = {}
        """The last word of each call that was put in the queue."""
        self._known: dict[str, tuple[Incident, bool]] = {}
        """By call: its incident as it was last read, and whether nothing of its plans is left."""
        self._running: list[asyncio.Task[None]] = []
        self._updates: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        """Whether people are alerted; until then the call's record alone says whom it needs."""
        return bool(self._running) and not any(task.done() for task in self._running)

    def start(self) -> None:
        """Begin; plans that were under way before a restart go on. Takes a third of a second."""
        self._plans.start()
        self._running = [
            asyncio.create_task(self._take_words()),
            asyncio.create_task(self._keep_beating()),
            asyncio.create_task(self._keep_current()),
        ]

    async def close(self) -> None:
        for task in (*self._running, *self._updates):
            task.cancel()
        await asyncio.gather(*self._running, *self._updates, return_exceptions=True)
        self._plans.close()

    # The switchboard's observer.

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        self.call_changed(turn.call)

    def call_changed(self, call: Call) -> None:
        """Note a call's word; people are alerted beside the answer, which never waits for it."""
        if not self._running:
            return
        facts = facts_of(call, self._clock())
        known = self._seen.get(call.id)
        needs_somebody = bool(call.roles_alerted) or call.urgency.is_emergency
        if known is None and not needs_somebody:
            return
        if known is not None and replace(known, at=facts.at) == facts:
            return
        self._seen[call.id] = facts
        self._offer(facts)

    def turn_timed(self, timing: TurnTiming) -> None:
        """Nothing of a turn's stages concerns those alerted."""

    async def _take_words(self) -> None:
        await self._begin_what_runs()
        while True:
            facts = await self._words.get()
            try:
                await self.take(facts)
            # The edge of alerting: a loop that ends pages nobody. The word is tried again, behind
            # those of other calls.
            except Exception:
                log.exception("incident_not_kept", call_id=facts.call_id)
                await asyncio.sleep(RETRY_S)
                self._offer(self._seen.get(facts.call_id, facts))

    async def _begin_what_runs(self) -> None:
        """Begin plans that were made and never begun, as when power went between the two."""
        while True:
            try:
                ledger = await self._incidents.read(self._clock())
                for incident_id in ledger.incidents:
                    for plan_id in ledger.running(incident_id):
                        await self._plans.begin(plan_id)
            # The same edge.
            except Exception:
                log.exception("plans_not_begun")
                await asyncio.sleep(RETRY_S)
            else:
                return

    def _offer(self, facts: CallFacts) -> None:
        try:
            self._words.put_nowait(facts)
        except asyncio.QueueFull:
            self._seen.pop(facts.call_id, None)  # so that its next word is offered again
            log.error("alert_not_queued", call_id=facts.call_id)

    async def take(self, facts: CallFacts) -> None:
        """Take a call's word in: its incident, its plan, its news; raises RecordsError."""
        now = self._clock()
        changed = await self._incidents.change(partial(self._change, facts=facts, now=now), now)
        for plan_id in changed.running:
            await self._plans.begin(plan_id)
        await self._wake(changed.stopped, f"over:{now.isoformat()}")
        if changed.news and changed.told:
            task = asyncio.create_task(self._update(changed, f"{now:%H%M%S%f}"))
            self._updates.add(task)
            task.add_done_callback(self._updates.discard)

    async def _update(self, changed: _Changed, key: str) -> None:
        """Tell those who were paged what is new; what was sent once is not sent again."""
        for _ in range(UPDATE_TRIES):
            try:
                await self._pager.update(changed.incident, changed.told, changed.news, key)
            except RecordsError as error:
                log.error("update_not_sent", incident=changed.incident.id, error=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _wake(self, plan_ids: Sequence[str], key: str) -> None:
        for plan_id in plan_ids:
            try:
                await self._plans.wake(plan_id, key)
            # The plan looks for itself when its time is over; the answer is kept already.
            except Exception as error:
                log.error("plan_not_woken", plan=plan_id, error=str(error))

    def _change(self, ledger: Ledger, *, facts: CallFacts, now: datetime) -> _Changed:
        """Join the call to its incident, or open one; make the plan for what is new."""
        known = list(ledger.incidents.values())
        incident = find(known, facts, now)
        for other in known:
            if other is not incident and other.is_live and parts(other, facts):
                leave(other, facts.call_id)
        news: list[News] = []
        if incident is None:
            incident = open_incident(_new_id(now), new_code(secrets.choice), facts)
            ledger.incidents[incident.id] = incident
        else:
            news = absorb(incident, facts)
        stopped: list[str] = []
        for other in known:
            if other is not incident and are_one(other, incident, now):
                news += merge(other, into=incident)
                stopped += self._stop(ledger, other.id)
        told = _paged(ledger, incident)
        made = _standing(ledger, incident)
        before = max((plan.urgency.rank for plan in made), default=-1)
        plan = further_plan(self._site, incident, made, now)
        if plan is not None and plan.steps:
            if plan.urgency.rank > before:
                stopped += self._stop(ledger, incident.id)
            ledger.add_plan(plan)
        if incident.urgency is Urgency.ASSISTIVE or not incident.is_live:
            stopped += self._stop(ledger, incident.id)
        worth = tuple(one for one in news if one.kind in TROUBLE)
        running = tuple(ledger.running(incident.id))
        return _Changed(incident, running, tuple(stopped), worth, told)

    def _stop(self, ledger: Ledger, incident_id: str) -> list[str]:
        stopped = ledger.running(incident_id)
        for plan_id in stopped:
            ledger.states[plan_id] = PlanState.SUPERSEDED
        return stopped

    async def _keep_beating(self) -> None:
        """Say that this machine lives, and take over from one that does not."""
        while True:
            try:
                await self._beat()
            # The same edge: a machine that no longer says that it lives loses its plans.
            except Exception as error:
                log.error("heartbeat_failed", error=str(error))
            await asyncio.sleep(BEAT_S)

    async def _beat(self) -> None:
        await self._incidents.beat(self._machine, self._clock())
        for gone in await self._incidents.silent_since(self._clock() - GONE_AFTER):
            count = await asyncio.to_thread(self._plans.take_over, gone)
            await self._incidents.forget_machine(gone)
            log.warning("machine_gone", machine=gone, plans_taken_over=count)

    async def _keep_current(self) -> None:
        """Know how the incidents of this machine's calls stand, whoever changed them."""
        while True:
            await asyncio.sleep(CURRENT_EVERY_S)
            if not self._seen:
                continue
            try:
                ledger = await self._incidents.read(self._clock())
            # The same edge; of nothing known, nothing is said.
            except Exception as error:
                log.error("incidents_not_current", error=str(error))
                self._known = {}
                continue
            self._known = {
                call_id: (one, not ledger.running(one.id))
                for one in ledger.incidents.values()
                if one.is_live
                for call_id in one.calls
            }

    # What callers may be told.

    def news(self, call_id: str, told: Sequence[Statement]) -> list[Statement]:
        """Return what is true now and news to a caller; of nothing known, nothing."""
        known = self._known.get(call_id)
        return statements(known[0], told, is_exhausted=known[1]) if known else []

    # The AnswerDesk.

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

        def take(ledger: Ledger) -> tuple[Outcome, list[str], list[str]]:
            incident = ledger.resolved(reply.incident_id)
            if incident is None:
                return Outcome.OVER, [], []
            ledger.replies.append(reply)
            given = Acknowledgement(reply.contact_id, reply.answer, reply.source, reply.at)
            answer(incident, given)
            outcome = Outcome.RECORDED if incident.is_live else Outcome.OVER
            return outcome, ledger.running(incident.id), list(incident.calls)

        outcome, running, call_ids = await self._incidents.change(take, self._clock())
        log.info("alert_answered", contact=reply.contact_id, answer=reply.answer.value)
        await self._wake(running, reply.key)
        details = {"contact": reply.contact_id, "answer": reply.answer.value}
        for call_id in call_ids:
            self._pager.tell(call_id, "alert_answered", details | {"source": reply.source.value})
        return outcome

    async def progress(self, delivery: Delivery) -> None:
        is_news = await self._incidents.note_delivery(delivery)
        if not is_news or not delivery.progress.is_lost:
            return

        def lose(ledger: Ledger) -> list[str]:
            incident = ledger.resolved(delivery.incident_id)
            responder = incident.responders.get(delivery.contact_id) if incident else None
            page = _page_of(ledger, delivery.incident_id, delivery.contact_id)
            if incident is None or responder is None or page is None:
                return []
            reached(incident, page, Reach.FAILED)
            return ledger.running(incident.id)

        running = await self._incidents.change(lose, self._clock())
        await self._wake(running, f"lost:{delivery.alert_id}")

    async def was_machine(self, alert_id: str) -> bool:
        return await self._incidents.was_machine(alert_id)

    async def resolve(self, incident_id: str, by: str, reason: str) -> Incident | None:
        """Close an incident that a named human declared over; None for an unknown one."""

        def close(ledger: Ledger) -> tuple[Incident | None, list[str]]:
            incident = ledger.resolved(incident_id)
            if incident is None:
                return None, []
            resolve(incident)
            return incident, self._stop(ledger, incident.id)

        incident, stopped = await self._incidents.change(close, self._clock())
        await self._wake(stopped, f"resolved:{incident_id}")
        if incident is not None:
            for call_id in incident.calls:
                self._pager.tell(call_id, "incident_resolved", {"by": by, "reason": reason})
        return incident

    async def incidents(self) -> list[Incident]:
        """Return the incidents of the last hours: worst first, then eldest."""
        ledger = await self._incidents.read(self._clock())
        return in_queue_order(ledger.incidents.values())

    async def incident(self, incident_id: str) -> Incident | None:
        return (await self._incidents.read(self._clock())).resolved(incident_id)

    async def alerts_of(self, incident_id: str) -> Sequence[AlertNote]:
        return await self._incidents.alerts_of(incident_id)

    def _asked(self, ledger: Ledger, incident: Incident, contact_id: str) -> Asked | None:
        responder = incident.responders.get(contact_id)
        if responder is None:
            return None
        contact = self._site.contact(contact_id)
        language = next(iter(contact.languages), self._site.languages[0])
        ways = contact.ways(ring_first=False)
        numbers = dict.fromkeys(
            number for number in (contact.phone, *(address for _, address in ways)) if number
        )
        page = _page_of(ledger, incident.id, contact_id)
        return Asked(
            incident_id=incident.id,
            code=incident.code,
            contact_id=contact_id,
            role=spoken(self._site.roles[responder.roles[0]], language),
            language=language,
            numbers=tuple(numbers),
            brief=self._pager.brief(incident, page) if page else "",
            kind=AlertKind.PAGE,
            is_drill=incident.is_drill,
            is_desk=responder.is_desk,
            is_open=incident.is_live,
            answer=incident.answer_of(contact_id),
        )


def facts_of(call: Call, now: datetime) -> CallFacts:
    """Return what a call says of an incident, as it stands now."""
    return CallFacts(
        call_id=call.id,
        at=now,
        urgency=call.urgency,
        hazard=call.hazard,
        zone_id=call.place.zone_id,
        place_said=call.place.said,
        procedure=call.guidance.procedure,
        is_drill=call.is_drill,
        facts=dict(call.facts),
        roles=tuple(call.roles_alerted),
        language=call.language,
        caller=call.worker_name or call.from_number,
        lowered_at=call.urgency_lowered_at,
    )


def _standing(ledger: Ledger, incident: Incident) -> list[Plan]:
    """The plans that still count: a rise after an operator lowered the urgency is planned anew."""
    lowered = [one.lowered_at for one in incident.calls.values() if one.lowered_at is not None]
    since = max(lowered, default=None)
    return [
        plan
        for plan_id, plan in ledger.plans.get(incident.id, {}).items()
        if ledger.states[plan_id] is not PlanState.SUPERSEDED
        and (since is None or plan.made_at >= since)
    ]


def _paged(ledger: Ledger, incident: Incident) -> tuple[Page, ...]:
    """Everyone who was paged for this incident, or for one that became part of it, once."""
    pages = (
        page for own in ledger.plans.values() for plan in own.values() for page in plan.everyone()
    )
    return tuple(
        {page.contact_id: page for page in pages if page.contact_id in incident.responders}.values()
    )


def _page_of(ledger: Ledger, incident_id: str, contact_id: str) -> Page | None:
    pages = (page for plan in ledger.plans_of(incident_id) for page in plan.everyone())
    return next((page for page in pages if page.contact_id == contact_id), None)


def _new_id(now: datetime) -> str:
    return f"inc_{now:%Y%m%d_%H%M%S}_{secrets.token_hex(3)}"

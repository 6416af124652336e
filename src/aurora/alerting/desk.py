"""From turns to incidents and plans, and back to what a caller may be told; in no turn's way."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from aurora.conversation.call import Call
from aurora.conversation.facts import facts_of
from aurora.conversation.observer import Observer
from aurora.conversation.turn import Turn
from aurora.escalation.durable import Durable
from aurora.escalation.finding import FIND, finding_id
from aurora.escalation.incident import CallFacts, Incident, Lost
from aurora.escalation.ledger import Incidents, Ledger
from aurora.escalation.progress import is_taken
from aurora.escalation.quiet import begin_watch
from aurora.escalation.standing_down import begin_standing_down, is_still_awaited
from aurora.escalation.taking_in import Changed, concerns_somebody, take_in
from aurora.escalation.truth import Statement, statements, to_the_question
from aurora.escalation.updating import begin_updates
from aurora.escalation.workflow import Plans
from aurora.levels import Urgency
from aurora.site.model import Site

log = structlog.get_logger()

WAITING_MOST = 10_000
MOST_AT_ONCE = 50
RETRY_S = 1.0
BEAT_S = 5.0
CURRENT_EVERY_S = 1.0
GONE_AFTER = timedelta(seconds=15)
"""Without a sign for so long a machine's plans are taken over by another."""


async def no_calls() -> Iterable[Call]:
    """For a desk whose calls are known to be in its hands."""
    return ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What was last read of a call's incident."""

    incident: Incident
    is_exhausted: bool
    """Nothing of its plans is left to try."""
    is_short: bool
    """Nobody was found yet for something that they are for."""


class Desk(Observer):
    """An observer of the switchboard: it has people paged, and knows what callers may be told."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        durable: Durable,
        plans: Plans,
        machine: str,
        clock: Callable[[], datetime],
        calls: Callable[[], Awaitable[Iterable[Call]]] = no_calls,
    ) -> None:
        """calls: those on record that may need somebody, whichever machine took them; a machine
        that died may have left their last words to be taken in."""
        self._site = site
        self._incidents = incidents
        self._durable = durable
        self._plans = plans
        self._machine = machine
        self._clock = clock
        self._calls = calls
        self._words: asyncio.Queue[CallFacts] = asyncio.Queue(WAITING_MOST)
        self._seen: dict[str, CallFacts] = {}
        """The last word of each call that was put in the queue."""
        self._waiting: set[str] = set()
        """Calls whose last word was put in the queue and not taken in yet."""
        self._known: dict[str, _Known] = {}
        """By call."""
        self._running: list[asyncio.Task[None]] = []

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters; plans that were made stay as they are."""
        self._site = site

    @property
    def is_running(self) -> bool:
        """Whether people are alerted; until then the call's record alone says whom it needs."""
        return bool(self._running) and not any(task.done() for task in self._running)

    def start(self) -> None:
        """Begin; plans that were under way before a restart go on. Takes a third of a second."""
        self._durable.start()
        self._running = [
            asyncio.create_task(self._take_words()),
            asyncio.create_task(self._keep_beating()),
            asyncio.create_task(self._keep_current()),
        ]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._durable.close()

    # The switchboard's observer.

    def turn_taken(self, turn: Turn, total_ms: float) -> None:
        self.call_changed(turn.call)

    def call_changed(self, call: Call) -> None:
        """Note a call's word; people are alerted beside the answer, which never waits for it."""
        if not self._running:
            return
        facts = facts_of(call, self._clock())
        known = self._seen.get(call.id)
        # Whom an operator lowered needs nobody, and those who were paged must hear of it: this
        # machine may not be the one that knows of them.
        is_lowered = call.urgency_lowered_at is not None
        needs_somebody = bool(call.roles_alerted) or call.urgency.is_emergency
        if known is None and not needs_somebody and not is_lowered:
            return
        if known is not None and replace(known, at=facts.at, revision=facts.revision) == facts:
            return
        self._seen[call.id] = facts
        self._offer(facts)

    async def _take_words(self) -> None:
        await self._take_up_in_any_case()
        while True:
            words = [await self._words.get()]
            # Many calls at once are one transaction: each would wait for those before it.
            while len(words) < MOST_AT_ONCE and not self._words.empty():
                words.append(self._words.get_nowait())
            if not await self._taken(*words):
                for facts in words if len(words) > 1 else ():
                    await self._taken(facts)

    async def _taken(self, *words: CallFacts) -> bool:
        try:
            await self.take(*words)
        # The edge of alerting: a loop that ends pages nobody. A word that fails by itself is tried
        # again, behind those of other calls.
        except Exception:
            log.exception("incident_not_kept", call_ids=[facts.call_id for facts in words])
            if len(words) == 1:
                await asyncio.sleep(RETRY_S)
                self._offer(self._seen.get(words[0].call_id, words[0]))
            return False
        return True

    async def _take_up_in_any_case(self) -> None:
        while True:
            try:
                await self._take_up()
            # The same edge.
            except Exception:
                log.exception("plans_not_begun")
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _take_up(self) -> None:
        """Go on where a machine stopped, this one or another: with words, and what they led to."""
        for call in await self._calls():
            self.call_changed(call)
        await self.begin_what_is_owed()

    async def begin_what_is_owed(self) -> None:
        """Begin what was decided and never begun, as when power went between the two.

        Whatever has begun stays as it is. Raises RecordsError, and what the plans' database does.
        """
        now = self._clock()
        ledger = await self._incidents.read(now)
        for incident in ledger.incidents.values():
            for plan_id in ledger.running(incident.id):
                await self._plans.begin(plan_id)
            await begin_updates(self._durable, incident)
            await self._watch_again(incident)
            if is_still_awaited(incident, now):
                await begin_standing_down(self._durable, incident)

    async def _watch_again(self, incident: Incident) -> None:
        for contact_id in incident.accepted_by if incident.is_live else ():
            await begin_watch(self._durable, incident, contact_id)

    def _offer(self, facts: CallFacts) -> None:
        try:
            self._words.put_nowait(facts)
        except asyncio.QueueFull:
            self._seen.pop(facts.call_id, None)  # so that its next word is offered again
            self._waiting.discard(facts.call_id)
            log.error("alert_not_queued", call_id=facts.call_id)
        else:
            self._waiting.add(facts.call_id)

    async def take(self, *words: CallFacts) -> None:
        """Take calls' words in: incidents, plans, news; raises RecordsError."""
        now = self._clock()

        def take_all(ledger: Ledger) -> list[Changed]:
            return [
                take_in(ledger, site=self._site, facts=facts, now=now)
                for facts in words
                if concerns_somebody(ledger, facts)
            ]

        changes = await self._incidents.change(take_all, now)
        self._waiting -= {
            one.call_id for one in words if self._seen.get(one.call_id) in (one, None)
        }
        running = dict.fromkeys(plan_id for one in changes for plan_id in one.running)
        stopped = dict.fromkeys(plan_id for one in changes for plan_id in one.stopped)
        incidents = {one.incident.id: one.incident for one in changes}
        await asyncio.gather(
            *(self._plans.begin(plan_id) for plan_id in running if plan_id not in stopped),
            *(self._begin_finding(facts) for facts in words),
            *(begin_updates(self._durable, one) for one in incidents.values()),
            # Over who accepted before it was lowered, now that it rises again.
            *(self._watch_again(one) for one in incidents.values()),
        )
        await self._plans.wake(list(stopped), f"over:{now.isoformat()}")

    async def _begin_finding(self, facts: CallFacts) -> None:
        if facts.lost in (Lost.HUNG_UP, Lost.CONNECTION):
            finding = finding_id(facts.call_id, facts.losses)
            await self._durable.begin(FIND, finding, facts.call_id, facts.losses)

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
            count = await asyncio.to_thread(self._durable.take_over, gone)
            await self._take_up()
            await self._incidents.forget_machine(gone)
            log.warning("machine_gone", machine=gone, plans_taken_over=count)

    async def _keep_current(self) -> None:
        """Know how the incidents of this machine's calls stand, whoever changed them."""
        while True:
            await asyncio.sleep(CURRENT_EVERY_S)
            if not self._seen:
                continue
            taken_in = {k: one for k, one in self._seen.items() if k not in self._waiting}
            try:
                ledger = await self._incidents.read(self._clock())
            # The same edge; of nothing known, nothing is said.
            except Exception as error:
                log.error("incidents_not_current", error=str(error))
                self._known = {}
                continue
            self._known = {
                call_id: _known(ledger, one)
                for one in ledger.incidents.values()
                if one.is_live
                for call_id in one.calls
            }
            # Of a call without a live incident nothing is to be known until it has a word again.
            # One whose word came in meanwhile may have an incident that was not read.
            for call_id in taken_in.keys() - self._known.keys():
                if self._seen.get(call_id) is taken_in[call_id]:
                    del self._seen[call_id]

    # What callers may be told.

    def news(self, call_id: str, told: Sequence[Statement]) -> list[Statement]:
        """Return what is true now and news to a caller; of nothing known, nothing."""
        known = self._known.get(call_id)
        if known is None:
            return []
        return statements(
            known.incident, told, is_exhausted=known.is_exhausted, is_short=known.is_short
        )

    def standing(self, call_id: str) -> list[Statement]:
        """Return what is true now, as a caller is told who asks; of nothing known, nothing."""
        known = self._known.get(call_id)
        if known is None:
            return []
        return to_the_question(
            known.incident, is_exhausted=known.is_exhausted, is_short=known.is_short
        )


def _known(ledger: Ledger, incident: Incident) -> _Known:
    is_short = any(
        plan.urgency is Urgency.CRITICAL and not is_taken(plan, incident)
        for plan in ledger.standing(incident)
    )
    return _Known(incident, not ledger.running(incident.id), is_short)

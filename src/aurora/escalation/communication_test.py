"""Walk the call tree: every way to everybody, each asked to confirm; who was reached, and how."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from aurora.escalation.call_tree_report import Report, report
from aurora.escalation.durable import Durable
from aurora.escalation.incident import CallTreeTest, Incident, new_code, resolve
from aurora.escalation.ledger import AlertNote, Incidents, Ledger, PlanState
from aurora.escalation.pager import Pager
from aurora.escalation.plan import Plan
from aurora.escalation.policy import call_tree_plan
from aurora.escalation.walking import TEST
from aurora.levels import Urgency
from aurora.site.duty import scheduled_at
from aurora.site.model import Site

log = structlog.get_logger()

MADE_UP_FOR = timedelta(hours=1)
"""A line that was down at the time of a weekly test runs it when it is back within so long."""
BY_SCHEDULE = "weekly schedule"


@dataclass(frozen=True, slots=True)
class Order:
    """A test that somebody asks for."""

    by: str
    roles: tuple[str, ...] = ()
    """Those whose holders are tested; without any, everybody of the site."""
    wait_s: float = 300.0
    """For confirmations."""


class CommunicationTests:
    """The tests of one site; they are incidents of their own kind, so that answers work alike."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        pager: Pager,
        durable: Durable,
        clock: Callable[[], datetime],
    ) -> None:
        self._site = site
        self._incidents = incidents
        self._pager = pager
        self._durable = durable
        self._clock = clock

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters."""
        self._site = site

    async def begin(self, order: Order) -> str:
        """Begin a test; return its id."""
        test_id = f"test_{self._clock():%Y%m%d_%H%M%S}_{secrets.token_hex(3)}"
        await self._begin(test_id, order)
        return test_id

    async def begin_due(self) -> None:
        """Begin the weekly test when its time has come: once, over all machines."""
        weekly, now = self._site.communication_test, self._clock()
        if weekly is None:
            return
        at = scheduled_at(weekly, self._site.timezone, now)
        if now - at <= MADE_UP_FOR:
            order = Order(BY_SCHEDULE, tuple(weekly.roles), weekly.wait_s)
            await self._begin(f"test_{self._site.id}_{at:%Y%m%d}", order)

    async def _begin(self, test_id: str, order: Order) -> None:
        await self._durable.begin(TEST, test_id, test_id, order.by, list(order.roles), order.wait_s)

    # What the workflow asks for.

    async def open(self, test_id: str, by: str, roles: Sequence[str], wait_s: float) -> None:
        """Note the test and whom it asks; done again it changes nothing."""
        now = self._clock()

        def note(ledger: Ledger) -> None:
            if test_id in ledger.incidents:
                return
            incident = Incident(test_id, new_code(secrets.choice), Urgency.NORMAL, now, now)
            incident.test = CallTreeTest(by, tuple(roles), wait_s)
            ledger.incidents[test_id] = incident
            plan_id = ledger.add_plan(call_tree_plan(self._site, incident, roles, now))
            ledger.states[plan_id] = PlanState.ENDED

        await self._incidents.change(note, now)
        log.info("communication_test_begun", test=test_id, by=by)

    async def send(self, test_id: str) -> None:
        incident, plan = await self._look(test_id)
        if incident is not None and plan is not None:
            await self._pager.test(incident, plan.steps[0].pages if plan.steps else ())

    async def is_answered(self, test_id: str) -> bool:
        """Whether everybody has confirmed, or it is over."""
        incident, plan = await self._look(test_id)
        if incident is None or plan is None or not incident.is_live:
            return True
        return all(incident.answer_of(page.contact_id) is not None for page in plan.everyone())

    async def close(self, test_id: str) -> None:
        """End the test: what it found stands."""
        now = self._clock()

        def end(ledger: Ledger) -> None:
            incident = ledger.incidents.get(test_id)
            if incident is None or incident.test is None:
                return
            if resolve(incident, incident.test.by, "the test is over", now):
                incident.updated_at = now

        await self._incidents.change(end, now)
        found = await self.result(test_id)
        if found is not None:
            missing = [one.contact_id for one in found.people if not one.is_reached]
            level = log.info if found.is_passed else log.warning
            level("communication_test_ended", test=test_id, not_reached=missing)

    # What people ask for.

    async def results(self) -> list[Report]:
        """Return the newest tests, newest first."""
        found = []
        for test_id in await self._incidents.test_ids():
            result = await self.result(test_id)
            found += [result] if result else []
        return found

    async def result(self, test_id: str) -> Report | None:
        """Return what is known of a test so far; None for an unknown one."""
        incident, plan = await self._look(test_id)
        if incident is None or incident.test is None or plan is None:
            return None
        notes: Sequence[AlertNote] = await self._incidents.alerts_of(test_id)
        return report(self._site, incident, plan, notes)

    async def _look(self, test_id: str) -> tuple[Incident | None, Plan | None]:
        ledger = await self._incidents.read_one(test_id)
        return ledger.incidents.get(test_id), next(iter(ledger.plans_of(test_id)), None)

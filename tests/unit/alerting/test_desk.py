"""What the desk knows of calls whose words it has taken in, and of those it has yet to."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from aurora.alerting.desk import BEAT_S, Desk
from aurora.conversation.call import Call
from aurora.errors import RecordsError
from aurora.escalation.incident import Reach, reached
from aurora.escalation.ledger import Ledger
from aurora.escalation.truth import YES
from aurora.levels import Hazard, Urgency
from tests.incidents import accepts
from tests.line import NOON, Clock, example_site
from tests.paging import MemoryIncidents, NotedDurable, NotedPlans
from tests.virtual_time import virtually

A_WHILE_S = 30 * BEAT_S


class SlowIncidents(MemoryIncidents):
    """A database that takes its time, and that refuses changes for a while."""

    def __init__(self, read_s: float = 0.0, change_s: float = 0.0) -> None:
        super().__init__()
        self._read_s, self._change_s = read_s, change_s
        self.refuses_until_s = 0.0
        self.changes = 0

    async def read(self, now: datetime) -> Ledger:
        ledger = await super().read(now)
        await asyncio.sleep(self._read_s)
        return ledger

    async def change(
        self, work: Callable[[Ledger], Any], now: datetime, about: str | None = None
    ) -> Any:
        self.changes += 1
        await asyncio.sleep(self._change_s)
        if asyncio.get_running_loop().time() < self.refuses_until_s:
            raise RecordsError("the disk is full")
        return await super().change(work, now, about)


def fire() -> Call:
    call = Call("a_fire", "gather", "site", "worker", "en", NOON)
    call.urgency, call.hazard, call.roles_alerted = Urgency.CRITICAL, Hazard.FIRE, ["supervisor"]
    call.place.zone_id = "a"
    return call


def desk_of(incidents: MemoryIncidents, noted: NotedDurable | None = None) -> Desk:
    durable: Any = noted or NotedDurable()
    plans: Any = NotedPlans()
    return Desk(example_site(), incidents, durable, plans, "m1", Clock())


def somebody_accepts(incidents: MemoryIncidents) -> str:
    [incident] = incidents.ledger.incidents.values()
    [plan] = incidents.ledger.plans_of(incident.id)
    for page in plan.steps[0].pages:
        reached(incident, page, Reach.SENT)
    accepts(incident, plan.steps[0].pages[0].contact_id)
    return plan.steps[0].pages[0].contact_id


def watched(durable: NotedDurable) -> list[str]:
    """Over whom a watch has begun."""
    return [one.split(":")[2] for one in durable.begun if one.startswith("watch:")]


async def hears_who_comes(incidents: SlowIncidents, refuses_s: float = 0.0) -> bool:
    """Whether the caller of a fire hears in the end who accepted."""
    desk = desk_of(incidents)
    desk.start()
    await asyncio.sleep(A_WHILE_S)
    incidents.refuses_until_s = asyncio.get_running_loop().time() + refuses_s
    desk.call_changed(fire())
    await asyncio.sleep(A_WHILE_S)
    somebody_accepts(incidents)
    await asyncio.sleep(A_WHILE_S)
    told = desk.news("a_fire", [])
    await desk.close()
    return any(one.claim in YES for one in told)


def test_a_caller_hears_who_comes_though_their_word_could_not_be_kept_at_first():
    async def work() -> None:
        assert await hears_who_comes(SlowIncidents(), refuses_s=5.5)

    virtually(work())


@pytest.mark.parametrize(("read_s", "change_s"), [(0.4, 3.0), (3.0, 0.2)])
def test_a_caller_hears_who_comes_though_a_look_began_before_their_word_was_kept(read_s, change_s):
    async def work() -> None:
        assert await hears_who_comes(SlowIncidents(read_s, change_s))

    virtually(work())


def test_the_same_word_of_a_call_whose_incident_is_over_is_taken_in_anew():
    async def work() -> None:
        incidents = SlowIncidents()
        desk = desk_of(incidents)
        desk.start()
        desk.call_changed(fire())
        await asyncio.sleep(A_WHILE_S)
        incidents.ledger.incidents.clear()
        await asyncio.sleep(A_WHILE_S)
        desk.call_changed(fire())
        await asyncio.sleep(A_WHILE_S)
        await desk.close()
        assert len(incidents.ledger.incidents) == 1

    virtually(work())


def test_a_turn_that_says_nothing_new_of_the_incident_is_no_word_of_it():
    async def work() -> None:
        incidents, call = SlowIncidents(), fire()
        desk = desk_of(incidents)
        desk.start()
        for _ in range(3):
            call.revision += 1
            desk.call_changed(call)
            await asyncio.sleep(A_WHILE_S)
        call.revision += 1
        call.facts["trapped"] = True
        desk.call_changed(call)
        await asyncio.sleep(A_WHILE_S)
        await desk.close()
        [incident] = incidents.ledger.incidents.values()
        assert incident.calls[call.id].revision == 4
        assert incidents.changes == 2

    virtually(work())


def test_who_accepted_before_it_was_lowered_is_watched_over_again_once_it_rises():
    async def work() -> None:
        incidents, call, durable = SlowIncidents(), fire(), NotedDurable()
        desk = desk_of(incidents, durable)
        desk.start()
        desk.call_changed(call)
        await asyncio.sleep(A_WHILE_S)
        who = somebody_accepts(incidents)
        call.urgency, call.urgency_lowered_at = Urgency.NORMAL, NOON + timedelta(minutes=1)
        desk.call_changed(call)
        await asyncio.sleep(A_WHILE_S)
        assert watched(durable) == []
        call.urgency = Urgency.CRITICAL
        desk.call_changed(call)
        await asyncio.sleep(A_WHILE_S)
        await desk.close()
        assert watched(durable) == [who]

    virtually(work())

"""Who is paged: each by the next route when one fails, and nobody twice for the same alert."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aurora.errors import ChannelFault, RecordsError
from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.alert import Alert
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.answers import Outcome, Reply
from aurora.escalation.channels.base import Sent
from aurora.escalation.incident import Answer, Incident, Reach, Source
from aurora.escalation.ledger import AlertState, PlanState
from aurora.escalation.pager import Pager
from aurora.escalation.plan import ChannelKind
from aurora.escalation.reminders import Reminders
from aurora.escalation.taking_in import take_in
from aurora.escalation.workflow import Standing
from tests.incidents import call
from tests.line import NOON, Clock, example_site
from tests.paging import MemoryIncidents, NotedDurable, NotedPlans

PUSH = ChannelKind.PUSH


class Noting:
    """A channel that notes what it sends, or fails."""

    def __init__(self, kind: ChannelKind, fault: Exception | None = None) -> None:
        self.kind = kind
        self.sent: list[Alert] = []
        self.can_be_asked = kind is not ChannelKind.APPRISE
        self._fault = fault

    async def taken(self, alert: Alert, since: datetime) -> list[str]:
        return [
            one.id for one in self.sent if one.address == alert.address and one.made_at >= since
        ]

    async def send(self, alert: Alert) -> Sent:
        if self._fault is not None:
            raise self._fault
        self.sent.append(alert)
        return Sent(alert.id, NOON)

    async def close(self) -> None: ...


class Hanging(Noting):
    """A channel that hangs for some until an event."""

    def __init__(self, kind: ChannelKind, until: asyncio.Event, whom: str) -> None:
        super().__init__(kind)
        self._until = until
        self._whom = whom

    async def send(self, alert: Alert) -> Sent:
        if self._whom in alert.contact_id:
            await self._until.wait()
        return await super().send(alert)


class Paging:
    """One critical call, its plan, and the channels it goes out by."""

    def __init__(self, *channels: Noting, phones: Any = None) -> None:
        self.incidents, self.plans, self.clock = MemoryIncidents(), NotedPlans(), Clock()
        self.console = Noting(ChannelKind.CONSOLE)
        self.told: list[tuple[str, dict[str, Any]]] = []
        by_kind: Any = {one.kind: one for one in (*channels, self.console)}
        self.channels = by_kind
        told = self._note
        tokens = Tokens(b"k" * 32, self.clock)
        self.pager = Pager(
            example_site(),
            self.incidents,
            by_kind,
            tokens,
            None,
            self.clock,
            told,
            phones,
            titles=lambda language: {"fire": f"Fire or smoke ({language})"},
        )
        plans: Any = self.plans
        self.durable = NotedDurable()
        durable: Any = self.durable
        self.answers = IncidentAnswers(
            example_site(), self.incidents, self.pager, durable, plans, told, self.clock
        )
        self.seen: dict[str, datetime] = {}
        """When the consoles of those who have an account were last seen."""
        self.reminders = Reminders(
            example_site(), self.incidents, self.pager, plans, told, self.clock, self._seen_at
        )
        facts = call(procedure="fire", roles=("supervisor",))
        changed = take_in(self.incidents.ledger, site=example_site(), facts=facts, now=facts.at)
        [self.plan_id] = changed.running

    def _note(self, call_id: str, kind: str, details: Any) -> None:
        self.told.append((kind, dict(details)))

    async def _seen_at(self, name: str) -> datetime | None:
        return self.seen.get(name)

    @property
    def incident(self) -> Incident:
        [found] = self.incidents.ledger.incidents.values()
        return found

    def reached(self, reach: Reach) -> list[str]:
        return [key for key, one in self.incident.responders.items() if one.reach is reach]

    async def answer(self, contact_id: str, answer: Answer, key: str = "one") -> Outcome:
        reply = Reply(key, self.incident.id, contact_id, answer, Source.SMS, NOON)
        return await self.answers.answer(reply)


async def test_everyone_of_a_step_is_paged_and_the_call_says_so():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    assert await paging.pager.page(paging.plan_id, 1, 1)

    reached = paging.incident.responders
    assert {alert.contact_id for alert in [*sms.sent, *voice.sent]} == set(reached)
    assert {one.reach for one in reached.values()} == {Reach.SENT}
    assert [kind for kind, _ in paging.told] == ["alerted"]


async def test_an_alert_names_what_happened_as_its_procedure_is_called_in_its_language():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)

    for alert in [*sms.sent, *voice.sent]:
        assert f"Fire or smoke ({alert.language})" in alert.texts.voice


@pytest.mark.parametrize("fault", [ChannelFault("busy"), RuntimeError("broken")])
async def test_when_a_channel_fails_or_breaks_the_next_route_is_tried(fault):
    sms = Noting(ChannelKind.SMS)
    paging = Paging(Noting(ChannelKind.VOICE, fault), sms)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert {alert.contact_id for alert in sms.sent} == set(paging.incident.responders)


async def test_what_no_route_takes_is_shown_to_the_control_room():
    paging = Paging()
    await paging.pager.page(paging.plan_id, 1, 1)

    assert {one.reach for one in paging.incident.responders.values()} == {Reach.FAILED}
    shown = {alert.contact_id for alert in paging.console.sent}
    assert shown == set(paging.incident.responders)


async def test_one_who_answers_before_the_others_were_reached_is_heard_and_one_reached_is_noted():
    hung, sms = asyncio.Event(), Noting(ChannelKind.SMS)
    paging = Paging(Hanging(ChannelKind.VOICE, hung, "medic"), sms)
    step = asyncio.create_task(paging.pager.page(paging.plan_id, 1, 1))
    for _ in range(1000):
        await asyncio.sleep(0)
    [waiting] = paging.reached(Reach.ASKED)

    assert "medic" in waiting
    assert await paging.answer(waiting, Answer.ACCEPT) is Outcome.RECORDED
    hung.set()
    await step
    assert paging.incident.accepted_by == [waiting]


async def test_a_step_done_again_after_a_crash_sends_nothing_twice():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    count = len(sms.sent) + len(voice.sent)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert len(sms.sent) + len(voice.sent) == count


async def test_what_a_provider_took_before_a_crash_is_found_and_not_sent_again():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    count = len(voice.sent)
    crashed, unsent = voice.sent[0], voice.sent[1]
    voice.sent.remove(unsent)
    for alert in (crashed, unsent):
        paging.incidents.alerts[alert.id] = (alert, AlertState.SENDING)
        paging.incidents.provider_ids.discard(alert.id)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert len(voice.sent) == count
    assert voice.sent[-1].id == unsent.id
    assert {state for _, state in paging.incidents.alerts.values()} == {AlertState.SENT}


async def test_an_earlier_call_to_somebody_is_not_taken_for_their_page_after_a_crash():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    unsent = voice.sent.pop(0)
    other = replace(unsent, id="a hand-off", made_at=unsent.made_at - timedelta(minutes=5))
    voice.sent.insert(0, other)
    paging.incidents.alerts[unsent.id] = (unsent, AlertState.SENDING)
    paging.incidents.provider_ids.discard(unsent.id)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert voice.sent[-1].id == unsent.id


async def test_who_accepted_is_not_paged_again_and_the_plan_is_woken():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    [first, *_] = paging.incident.responders
    assert await paging.answer(first, Answer.ACCEPT) is Outcome.RECORDED
    assert paging.plans.woken == [paging.plan_id]
    before = len(sms.sent) + len(voice.sent)
    await paging.pager.page(paging.plan_id, 2, 1)

    again = [alert.contact_id for alert in [*sms.sent, *voice.sent][before:]]
    assert first not in again


async def accepted_and_quiet() -> tuple[Paging, Noting, str]:
    """A plan under way, its first medic having accepted a while ago."""
    sms = Noting(ChannelKind.SMS)
    paging = Paging(sms, Noting(ChannelKind.VOICE, ChannelFault("busy")))
    await paging.pager.page(paging.plan_id, 1, 1)
    medic = next(one for one in paging.incident.responders if "medic" in one)
    await paging.answer(medic, Answer.ACCEPT)
    paging.clock.advance(minutes=5)
    return paging, sms, medic


async def test_an_acceptance_is_watched_over():
    paging, _, medic = await accepted_and_quiet()

    [watched] = paging.durable.begun.values()
    assert watched == (paging.incident.id, medic, NOON.isoformat(), "")


async def test_whoever_accepted_and_went_quiet_is_reminded_and_may_say_that_they_are_there():
    paging, sms, medic = await accepted_and_quiet()

    assert await paging.reminders.remind(paging.incident.id, medic, NOON.isoformat(), "")
    assert sms.sent[-1].contact_id == medic
    assert sms.sent[-1].texts.short.startswith("Aurora Example Works: REMINDER")
    assert "HERE" in sms.sent[-1].texts.short
    assert ("acknowledger_reminded") in [kind for kind, _ in paging.told]


@pytest.mark.parametrize("sign", [Answer.ARRIVED, Answer.ACCEPT, Answer.DECLINE])
async def test_any_sign_ends_the_watch(sign):
    paging, sms, medic = await accepted_and_quiet()
    later = Reply("later", paging.incident.id, medic, sign, Source.SMS, paging.clock())
    await paging.answers.answer(later)
    count = len(sms.sent)

    assert not await paging.reminders.remind(paging.incident.id, medic, NOON.isoformat(), "")
    await paging.reminders.reopen(paging.incident.id, medic, NOON.isoformat(), "")
    assert len(sms.sent) == count
    assert paging.incident.answer_of(medic) is sign


async def test_silent_again_they_are_counted_on_no_more_and_others_are_paged_for_their_role():
    paging, sms, medic = await accepted_and_quiet()
    other = {"medic": "second_medic", "second_medic": "medic"}[medic]
    await paging.pager.finish(paging.plan_id)
    await paging.reminders.reopen(paging.incident.id, medic, NOON.isoformat(), "")
    await paging.reminders.reopen(paging.incident.id, medic, NOON.isoformat(), "")
    [_, plan] = paging.incidents.ledger.plans_of(paging.incident.id)

    assert paging.incident.accepted_by == []
    assert plan.roles == ("medical",)
    assert [page.contact_id for step in plan.steps for page in step.pages] == [other]
    assert paging.plans.begun == [f"{paging.incident.id}:plan2"] * 2
    await paging.pager.page(f"{paging.incident.id}:plan2", 1, 1)
    assert sms.sent[-1].contact_id == other


async def test_when_all_medics_declined_a_plan_goes_on_to_everyone_though_others_accepted():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    plan = paging.incidents.ledger.plans_of(paging.incident.id)[0]
    for number, page in enumerate({page for step in plan.steps for page in step.pages}):
        answer = Answer.DECLINE if "medical" in page.roles else Answer.ACCEPT
        await paging.answer(page.contact_id, answer, str(number))
    assert await paging.pager.standing(paging.plan_id, 1) is Standing.NEXT
    await paging.pager.fall_back(paging.plan_id)

    asked = {one.contact_id for one in [*sms.sent, *voice.sent, *paging.console.sent]}
    assert {"medic", "second_medic", example_site().control_room} <= asked
    assert "duty_supervisor" not in asked


async def test_an_answer_that_comes_twice_is_taken_once():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    await paging.pager.page(paging.plan_id, 1, 1)
    [first, *_] = paging.incident.responders

    assert await paging.answer(first, Answer.DECLINE) is Outcome.RECORDED
    assert await paging.answer(first, Answer.DECLINE) is Outcome.REPEATED
    assert len(paging.incident.acknowledgements) == 1


async def test_no_page_goes_out_once_it_is_over_by_whichever_route_comes_next():
    class ClosesIt(Noting):
        async def send(self, alert: Alert) -> Sent:
            await paging.answers.resolve(paging.incident.id, "Ann", "false alarm")
            raise ChannelFault("busy")

    sms = Noting(ChannelKind.SMS)
    paging = Paging(ClosesIt(ChannelKind.VOICE), sms)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert not paging.incident.is_live
    assert sms.sent == []
    assert paging.console.sent == []


async def test_a_resolved_incident_pages_nobody_more():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.answers.resolve(paging.incident.id, "Ann", "fire is out")

    assert not await paging.pager.page(paging.plan_id, 1, 1)
    assert await paging.pager.standing(paging.plan_id, 1) is Standing.OVER
    assert sms.sent == voice.sent == []
    assert paging.incidents.ledger.states[paging.plan_id] is PlanState.SUPERSEDED
    assert ("incident_resolved", {"by": "Ann", "reason": "fire is out"}) in paging.told


class PhonesOf:
    """Telephones of one contact, or a record that cannot be read."""

    def __init__(self, contact_id: str, *, is_broken: bool = False) -> None:
        self._contact_id = contact_id
        self._is_broken = is_broken

    async def of_contact(self, contact_id: str) -> list[str]:
        if self._is_broken:
            raise RecordsError("the disk is full")
        return ["a telephone"] if contact_id == self._contact_id else []


async def test_who_has_a_telephone_registered_is_pushed_and_rung_up_all_the_same():
    push, sms, voice = (Noting(kind) for kind in (PUSH, ChannelKind.SMS, ChannelKind.VOICE))
    paging = Paging(push, sms, voice, phones=PhonesOf("duty_supervisor"))
    await paging.pager.page(paging.plan_id, 1, 1)

    assert [alert.contact_id for alert in push.sent] == ["duty_supervisor"]
    assert "duty_supervisor" in {alert.contact_id for alert in [*sms.sent, *voice.sent]}


async def test_a_push_counts_when_no_other_route_took_it_and_the_control_room_sees_it_too():
    push = Noting(PUSH)
    paging = Paging(push, phones=PhonesOf("duty_supervisor"))
    await paging.pager.page(paging.plan_id, 1, 1)

    assert paging.incident.responders["duty_supervisor"].reach is Reach.SENT
    assert "duty_supervisor" in {alert.contact_id for alert in paging.console.sent}


@pytest.mark.parametrize("fault", [ChannelFault("no_phone_took_it"), RuntimeError("broken")])
async def test_a_push_that_fails_changes_nothing_for_the_other_routes(fault):
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(Noting(PUSH, fault), sms, voice, phones=PhonesOf("duty_supervisor"))
    await paging.pager.page(paging.plan_id, 1, 1)

    assert {one.reach for one in paging.incident.responders.values()} == {Reach.SENT}


async def test_telephones_that_cannot_be_looked_up_keep_nobody_from_being_rung_up():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    phones = PhonesOf("duty_supervisor", is_broken=True)
    paging = Paging(Noting(PUSH), sms, voice, phones=phones)
    await paging.pager.page(paging.plan_id, 1, 1)

    assert {one.reach for one in paging.incident.responders.values()} == {Reach.SENT}

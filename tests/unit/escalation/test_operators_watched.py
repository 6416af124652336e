"""An operator who took an incident is asked for a sign like everybody else who accepted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aurora.escalation import operator_acts as acts
from aurora.escalation.happening import absorb
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import begin_watch
from aurora.levels import Urgency
from tests.line import NOON, example_site
from tests.unit.escalation.test_pager import Noting, Paging

DESK = example_site().contact(example_site().control_room)


async def taken_and_quiet(paging: Paging) -> str:
    """An incident that Ann took at the console a while ago; return the desk."""
    desk = DESK
    acts.take(paging.incident, desk, "Ann", paging.clock())
    paging.clock.advance(minutes=5)
    return desk.id


async def test_an_operator_who_took_it_is_asked_at_the_console_and_nobody_is_rung_for_that():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    count = len(sms.sent) + len(voice.sent)
    desk = await taken_and_quiet(paging)

    assert not paging.incident.is_asked_for_a_sign(desk)
    assert await paging.reminders.remind(paging.incident.id, desk, NOON.isoformat(), "")
    assert paging.incident.is_asked_for_a_sign(desk)
    assert len(sms.sent) + len(voice.sent) == count


async def test_a_press_keeps_it_quiet():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    desk = await taken_and_quiet(paging)
    await paging.reminders.remind(paging.incident.id, desk, NOON.isoformat(), "")
    acts.take(paging.incident, DESK, "Ann", paging.clock())

    assert not paging.incident.is_asked_for_a_sign(desk)
    await paging.reminders.reopen(paging.incident.id, desk, NOON.isoformat(), "")
    assert paging.incident.accepted_by == [desk]


async def test_an_operator_who_does_not_press_has_it_no_more_and_everybody_is_paged_again():
    sms, voice = Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE)
    paging = Paging(sms, voice)
    await paging.pager.page(paging.plan_id, 1, 1)
    first = {alert.contact_id for alert in [*sms.sent, *voice.sent]}
    desk = await taken_and_quiet(paging)
    await paging.reminders.reopen(paging.incident.id, desk, NOON.isoformat(), "")
    await paging.reminders.reopen(paging.incident.id, desk, NOON.isoformat(), "")
    before = len(sms.sent) + len(voice.sent)
    [_, again] = paging.incidents.ledger.plans_of(paging.incident.id)
    await paging.pager.page(f"{paging.incident.id}:plan2", 1, 1)

    assert paging.incident.accepted_by == []
    assert {alert.contact_id for alert in [*sms.sent, *voice.sent][before:]} == first
    assert "Ann took it and went quiet" in again.reasons
    assert paging.incidents.ledger.running(paging.incident.id) == [f"{paging.incident.id}:plan2"]


async def test_an_operator_without_a_console_is_gone_and_one_without_an_account_is_not():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    desk = await taken_and_quiet(paging)
    about = (paging.incident.id, desk, NOON.isoformat(), "")

    assert not await paging.reminders.is_gone(*about)
    paging.seen["Ann"] = paging.clock() - timedelta(minutes=1)
    assert not await paging.reminders.is_gone(*about)
    paging.seen["Ann"] = NOON
    assert await paging.reminders.is_gone(*about)
    acts.take(paging.incident, DESK, "Bob", paging.clock())
    assert not await paging.reminders.is_gone(*about)


async def test_what_an_operator_set_aside_is_asked_for_when_it_comes_back():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    desk = await taken_and_quiet(paging)
    until = timedelta(minutes=30)
    acts.shelve(paging.incident, until, "a known fault", "Ann", paging.clock())
    paging.seen["Ann"] = NOON - timedelta(hours=1)

    assert await paging.reminders.put_aside_s(paging.incident.id) == until.total_seconds()
    assert not await paging.reminders.is_gone(paging.incident.id, desk, NOON.isoformat(), "")
    paging.clock.advance(minutes=30)
    assert await paging.reminders.put_aside_s(paging.incident.id) == 0


async def test_what_an_operator_lowered_is_asked_for_again_once_it_rises():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    desk = await taken_and_quiet(paging)
    about = (paging.incident.id, desk, NOON.isoformat(), "")
    await paging.reminders.remind(*about)
    [facts] = paging.incident.calls.values()
    lowered = replace(facts, urgency=Urgency.NORMAL, lowered_at=paging.clock(), revision=1)
    absorb(paging.incident, lowered)
    paging.seen["Ann"] = NOON - timedelta(hours=1)

    assert not paging.incident.is_asked_for_a_sign(desk)
    assert not await paging.reminders.is_gone(*about)
    await paging.reminders.reopen(*about)
    assert paging.incident.accepted_by == [desk]
    absorb(paging.incident, replace(lowered, urgency=Urgency.CRITICAL, revision=2))
    durable: Any = paging.durable
    await begin_watch(durable, paging.incident, desk)
    begun: list[Any] = [*paging.durable.begun.values()]
    [anew] = begun
    assert await paging.reminders.is_gone(*anew)
    await paging.reminders.reopen(*anew)
    assert paging.incident.accepted_by == []


async def test_what_nobody_has_any_more_is_not_left_aside():
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    desk = await taken_and_quiet(paging)
    acts.shelve(paging.incident, timedelta(hours=1), "a known fault", "Ann", paging.clock())
    await paging.reminders.reopen(paging.incident.id, desk, NOON.isoformat(), "")

    assert paging.incident.shelved is None

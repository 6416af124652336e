"""How long whoever accepted may be silent: as urgent as it is now, not at all once lowered."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aurora.escalation.incident import Answer
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import LOOKS_AT_URGENCY_S, begin_watch
from aurora.escalation.taking_in import take_in
from aurora.levels import Urgency
from tests.incidents import call
from tests.line import NOON, example_site
from tests.unit.escalation.test_pager import Noting, Paging


async def accepted(
    urgency: Urgency = Urgency.CRITICAL,
) -> tuple[Paging, tuple[str, str, str, str]]:
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    await paging.pager.page(paging.plan_id, 1, 1)
    who = next(iter(paging.incident.responders))
    await paging.answer(who, Answer.ACCEPT)
    paging.incident.urgency = urgency
    return paging, (paging.incident.id, who, NOON.isoformat(), "")


def says(paging: Paging, urgency: Urgency, lowered_at: datetime | None = None) -> None:
    """The call's next word: how urgent it is now, and when an operator had lowered it."""
    before = paging.incident.calls["first"]
    now = paging.clock()
    facts = replace(before, at=now, urgency=urgency, lowered_at=lowered_at or before.lowered_at)
    take_in(paging.incidents.ledger, site=example_site(), facts=facts, now=now)


async def watches(paging: Paging, contact_id: str) -> list[tuple[str, str, str, str]]:
    """Those begun so far, this one's among them, oldest first."""
    durable: Any = paging.durable
    await begin_watch(durable, paging.incident, contact_id)
    begun: list[Any] = [*paging.durable.begun.values()]
    return begun


async def test_what_got_worse_waits_no_longer_than_what_was_so_from_the_start():
    paging, about = await accepted(Urgency.URGENT)
    critical_s = example_site().paging.quiet_for(Urgency.CRITICAL)
    assert critical_s < example_site().paging.quiet_for(Urgency.URGENT)
    assert await paging.reminders.looks_again_s(*about, critical_s) == LOOKS_AT_URGENCY_S

    paging.incident.urgency = Urgency.CRITICAL
    assert await paging.reminders.looks_again_s(*about, critical_s - 5) == 5
    assert await paging.reminders.looks_again_s(*about, critical_s) == 0


async def test_a_watch_that_was_taken_up_late_counts_from_the_acceptance():
    paging, about = await accepted(Urgency.CRITICAL)
    paging.clock.advance(seconds=example_site().paging.quiet_for(Urgency.CRITICAL))
    assert await paging.reminders.looks_again_s(*about, 0) == 0


async def test_nobody_is_reminded_or_replaced_for_what_an_operator_lowered():
    paging, about = await accepted(Urgency.ASSISTIVE)
    paging.clock.advance(minutes=30)

    assert await paging.reminders.looks_again_s(*about, 1800) == 0, "the watch ends"
    assert not await paging.reminders.remind(*about)
    await paging.reminders.reopen(*about)
    assert paging.incident.answer_of(about[1]) is Answer.ACCEPT
    assert len(paging.incidents.ledger.plans_of(paging.incident.id)) == 1, "nobody in their place"


async def test_over_what_was_lowered_and_rises_again_another_watch_begins():
    paging, about = await accepted()
    paging.clock.advance(minutes=1)
    says(paging, Urgency.NORMAL, lowered_at=paging.clock())
    assert await watches(paging, about[1]) == [about], "none begins that would end at once"
    says(paging, Urgency.CRITICAL)
    first, second = await watches(paging, about[1])

    assert first == about
    assert await paging.reminders.looks_again_s(*second, 0) > 0
    assert not await paging.reminders.remind(*first)
    assert await paging.reminders.remind(*second)


@pytest.mark.parametrize("how_often", [1, 2])
async def test_whoever_is_replaced_was_reminded_first_however_often_it_was_lowered(how_often):
    paging, about = await accepted()
    contact_id = about[1]
    paging.clock.advance(minutes=10)
    assert await paging.reminders.remind(*about)
    for _ in range(how_often):
        paging.clock.advance(minutes=1)
        says(paging, Urgency.NORMAL, lowered_at=paging.clock())
        await paging.reminders.reopen(*about)
        paging.clock.advance(minutes=30)
        says(paging, Urgency.CRITICAL)
        about = (await watches(paging, contact_id))[-1]
        before = await reminders_to(paging, contact_id)
        assert await paging.reminders.remind(*about)
        assert await reminders_to(paging, contact_id) == before + 1
        assert await paging.reminders.remind(*about)
        assert await reminders_to(paging, contact_id) == before + 1, "tried again, it comes once"
    assert paging.incident.answer_of(contact_id) is Answer.ACCEPT
    paging.clock.advance(minutes=2)
    await paging.reminders.reopen(*about)

    assert paging.incident.answer_of(contact_id) is Answer.LAPSED


async def reminders_to(paging: Paging, contact_id: str) -> int:
    notes = await paging.incidents.alerts_of(paging.incident.id)
    return sum(one.kind == "reminder" and one.contact_id == contact_id for one in notes)


async def test_a_watch_goes_on_though_an_operator_lowers_one_of_several_calls_about_it():
    paging, about = await accepted()
    take_in(paging.incidents.ledger, site=example_site(), facts=call("another"), now=paging.clock())
    paging.clock.advance(minutes=10)
    await paging.reminders.remind(*about)
    low = call("another", Urgency.NORMAL, after_min=10.5, lowered_at=paging.clock())
    take_in(paging.incidents.ledger, site=example_site(), facts=low, now=low.at)

    assert paging.incident.calls["another"] == low
    assert await watches(paging, about[1]) == [about]
    await paging.reminders.reopen(*about)
    assert paging.incident.answer_of(about[1]) is Answer.LAPSED


async def test_a_reminder_before_it_was_lowered_replaces_nobody_once_it_has_risen():
    """They were told meanwhile that there is no need of them."""
    paging, about = await accepted()
    paging.clock.advance(minutes=10)
    await paging.reminders.remind(*about)
    says(paging, Urgency.NORMAL, lowered_at=paging.clock() + timedelta(seconds=30))
    says(paging, Urgency.CRITICAL)
    await paging.reminders.reopen(*about)

    assert paging.incident.answer_of(about[1]) is Answer.ACCEPT


async def test_a_sign_ends_the_watch_whatever_the_urgency():
    paging, about = await accepted(Urgency.ASSISTIVE)
    paging.clock.advance(minutes=1)
    incident = paging.incident
    incident.acknowledgements[-1:] = []
    assert await paging.reminders.looks_again_s(*about, 0) == 0
    await paging.reminders.reopen(*about)
    assert len(paging.incidents.ledger.plans_of(paging.incident.id)) == 1, "nobody in their place"

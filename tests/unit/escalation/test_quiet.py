"""How long whoever accepted may be silent: as urgent as it is now, not at all once lowered."""

from aurora.escalation.incident import Answer
from aurora.escalation.plan import ChannelKind
from aurora.escalation.quiet import LOOKS_AT_URGENCY_S, LOOKS_FOR_A_RISE_S
from aurora.levels import Urgency
from tests.line import NOON, example_site
from tests.unit.escalation.test_pager import Noting, Paging


async def accepted(urgency: Urgency) -> tuple[Paging, tuple[str, str, str]]:
    paging = Paging(Noting(ChannelKind.SMS), Noting(ChannelKind.VOICE))
    await paging.pager.page(paging.plan_id, 1, 1)
    who = next(iter(paging.incident.responders))
    await paging.answer(who, Answer.ACCEPT)
    paging.incident.urgency = urgency
    return paging, (paging.incident.id, who, NOON.isoformat())


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

    assert await paging.reminders.looks_again_s(*about, 1800) == LOOKS_FOR_A_RISE_S
    assert not await paging.reminders.remind(*about)
    assert await paging.reminders.reopen(*about)
    assert paging.incident.answer_of(about[1]) is Answer.ACCEPT
    assert paging.plans.begun == []


async def test_a_sign_ends_the_watch_whatever_the_urgency():
    paging, about = await accepted(Urgency.ASSISTIVE)
    paging.clock.advance(minutes=1)
    incident = paging.incident
    incident.acknowledgements[-1:] = []
    assert await paging.reminders.looks_again_s(*about, 0) == 0
    assert not await paging.reminders.reopen(*about)

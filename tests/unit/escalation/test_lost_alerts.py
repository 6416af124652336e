"""Who was reached stays so: what is lost of later alerts, or of one way of many, undoes nothing."""

from aurora.escalation.delivery import Delivery, Progress
from aurora.escalation.incident import Answer, Reach
from aurora.escalation.news import News, NewsKind
from aurora.escalation.plan import ChannelKind
from aurora.escalation.standing_down import StandingDown
from tests.line import NOON
from tests.unit.escalation.test_pager import PUSH, Noting, Paging, PhonesOf

SUPERVISOR = "duty_supervisor"
TRAPPED = [News(NewsKind.FACT, "trapped", True)]


async def lost(paging: Paging, occasion: str, channel: ChannelKind) -> None:
    """Nobody read or heard what was sent to the supervisor."""
    [alert_id] = [
        one
        for one in paging.incidents.alerts
        if f":{occasion}:{SUPERVISOR}:{channel.value}:" in one
    ]
    no = Progress.NO_ANSWER
    await paging.answers.progress(
        Delivery(alert_id, paging.incident.id, SUPERVISOR, channel, "CA1", no, NOON)
    )


def reach(paging: Paging) -> Reach:
    return paging.incident.responders[SUPERVISOR].reach


async def paged(*channels: Noting, phones: PhonesOf | None = None) -> Paging:
    paging = Paging(*channels, phones=phones)
    await paging.pager.page(paging.plan_id, 1, 1)
    return paging


async def test_a_page_that_nobody_heard_reached_nobody_and_the_plan_is_woken():
    paging = await paged(Noting(ChannelKind.VOICE))
    await lost(paging, "plan1:step:1:1", ChannelKind.VOICE)

    assert reach(paging) is Reach.FAILED
    assert paging.plans.woken == [paging.plan_id]


async def test_news_that_nobody_heard_does_not_undo_that_the_page_was_read():
    voice, sms = Noting(ChannelKind.VOICE), Noting(ChannelKind.SMS)
    paging = await paged(sms)
    paging.channels[ChannelKind.VOICE] = voice
    del paging.channels[ChannelKind.SMS]
    pages = paging.incidents.ledger.paged(paging.incident)
    await paging.pager.update(paging.incident, pages, TRAPPED, "one")
    await lost(paging, "update:one", ChannelKind.VOICE)

    assert reach(paging) is Reach.SENT
    count = len(voice.sent)
    await paging.pager.update(paging.incident, pages, TRAPPED, "two")
    assert SUPERVISOR in {alert.contact_id for alert in voice.sent[count:]}


async def test_a_message_of_the_first_round_lost_late_does_not_undo_the_call_of_the_second():
    paging = await paged(Noting(ChannelKind.SMS))
    paging.channels[ChannelKind.VOICE] = Noting(ChannelKind.VOICE)
    del paging.channels[ChannelKind.SMS]
    await paging.pager.page(paging.plan_id, 2, 1)
    await lost(paging, "plan1:step:1:1", ChannelKind.SMS)

    assert reach(paging) is Reach.SENT
    await lost(paging, "plan1:step:2:1", ChannelKind.VOICE)
    assert reach(paging) is Reach.FAILED


async def test_a_call_that_nobody_answered_reached_nobody_though_a_push_service_took_the_page():
    """No push service says whether anybody saw it: the next person is paged at once."""
    push = Noting(PUSH)
    paging = await paged(push, Noting(ChannelKind.VOICE), phones=PhonesOf(SUPERVISOR))
    assert [alert.contact_id for alert in push.sent] == [SUPERVISOR]
    await lost(paging, "plan1:step:1:1", ChannelKind.VOICE)

    assert reach(paging) is Reach.FAILED
    assert paging.plans.woken == [paging.plan_id]


async def test_who_may_have_seen_what_was_pushed_goes_on_being_pushed_what_is_new():
    push, voice = Noting(PUSH), Noting(ChannelKind.VOICE)
    paging = await paged(push, voice, phones=PhonesOf(SUPERVISOR))
    await lost(paging, "plan1:step:1:1", ChannelKind.VOICE)
    rung = len(voice.sent)
    pages = paging.incidents.ledger.paged(paging.incident)
    await paging.pager.update(paging.incident, pages, TRAPPED, "one")

    assert [alert.kind for alert in push.sent] == ["page", "update"]
    assert SUPERVISOR not in {alert.contact_id for alert in voice.sent[rung:]}
    await paging.answer(SUPERVISOR, Answer.DECLINE)
    await paging.pager.update(paging.incident, pages, TRAPPED, "two")
    assert len(push.sent) == 2


async def test_what_the_control_room_was_shown_instead_reached_nobody():
    """The next route failed, so the page is shown at the console: that is not the person."""
    paging = await paged(Noting(ChannelKind.VOICE))
    pages = paging.incidents.ledger.paged(paging.incident)
    del paging.channels[ChannelKind.VOICE]
    await paging.pager.update(paging.incident, pages, TRAPPED, "one")
    await lost(paging, "plan1:step:1:1", ChannelKind.VOICE)

    assert reach(paging) is Reach.FAILED


async def test_a_later_round_that_no_channel_takes_does_not_undo_an_earlier_page():
    paging = await paged(Noting(ChannelKind.SMS))
    paging.channels.clear()
    await paging.pager.page(paging.plan_id, 2, 1)

    assert reach(paging) is Reach.SENT


async def test_who_may_have_heard_of_it_hears_of_its_end_unless_they_cannot_come():
    sms = Noting(ChannelKind.SMS)
    paging = await paged(sms)
    await lost(paging, "plan1:step:1:1", ChannelKind.SMS)
    assert reach(paging) is Reach.FAILED
    declined = next(one for one in paging.incident.responders if one != SUPERVISOR)
    await paging.answer(declined, Answer.DECLINE)
    await paging.answers.resolve(paging.incident.id, "Ann", "false alarm")
    standing_down = StandingDown(paging.incidents, paging.pager, paging.clock)
    await standing_down.stand_down(paging.incident.id)

    told = [one.contact_id for one in sms.sent if one.kind == "stand_down"]
    assert SUPERVISOR in told, "what was not delivered in time may be read all the same"
    assert declined not in told

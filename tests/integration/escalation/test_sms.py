"""An alert as a text message through Twilio's SDK to the stand-in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.acknowledgement import Purpose, Tokens, make_link
from aurora.escalation.alert import Alert, Links, compose
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.console import ConsoleChannel
from aurora.escalation.channels.sms import SmsChannel
from aurora.escalation.news import News, NewsKind
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.rehearsal.twilio_rest_server import RETRY_AFTER_S, Failure, TwilioRestServer
from tests.alerts import MEDIC, alert
from tests.incidents import call, incident
from tests.integration.escalation.test_twilio_rest import rest
from tests.line import NOON, Clock, example_site
from tests.unit.escalation.test_text_messages import ASKING


async def test_an_alert_reaches_twilio_with_its_callback_and_says_in_how_many_parts():
    clock, server = Clock(), TwilioRestServer()
    tokens = Tokens(b"k" * 32, clock)
    async with rest(server) as opened:
        channel = SmsChannel(opened, Callbacks("https://line.example.com", tokens), clock)
        sent = await channel.send(alert())

    message = server.messages[sent.provider_id]
    token = message.fields["StatusCallback"].partition("?alert=")[2]
    assert message.fields["To"] == MEDIC
    assert sent.at == NOON
    assert sent.notes == ("segments_1",)
    assert tokens.read(Purpose.CALL, token) == (
        alert().id,
        "incident_1",
        "medic",
    )
    assert server.breaches == []


async def test_tries_end_with_the_alerts_own_time():
    clock, server = Clock(), TwilioRestServer()
    server.fail(Failure.TOO_MANY, times=100)
    too_short = timedelta(seconds=RETRY_AFTER_S + 0.3)
    async with rest(server) as opened:
        with pytest.raises(ChannelFault, match="twilio_too_many_requests") as fault:
            await SmsChannel(opened, None, clock).send(alert(expires_at=NOON + too_short))

    assert fault.value.notes == ("gave_up_after_1",)


async def test_an_alert_that_comes_too_late_is_not_sent():
    clock, server = Clock(), TwilioRestServer()
    clock.advance(seconds=21)
    async with rest(server) as opened:
        with pytest.raises(ChannelFault, match="too_late"):
            await SmsChannel(opened, None, clock).send(alert())

    assert server.requests == []


async def test_the_console_shows_an_alert_and_never_fails():
    shown = []
    sent = await ConsoleChannel(shown.append, Clock()).send(alert(ChannelKind.CONSOLE))

    assert shown == [alert(ChannelKind.CONSOLE)]
    assert sent.provider_id == alert(ChannelKind.CONSOLE).id


TRAPPED = (News(NewsKind.FACT, "trapped", True),)
HURT = (News(NewsKind.FACT, "people_hurt", True),)


def composed(
    clock: Clock,
    kind: AlertKind,
    language: str = "en",
    facts: Mapping[str, bool] | None = None,
    news: Sequence[News] = (),
) -> Alert:
    """A message to the medic as it is put together now, of what is known by now."""
    route = Route(ChannelKind.SMS, MEDIC)
    page = Page("medic", "Site medic", "medical", language, (route,))
    tokens = Tokens(b"k" * 32, clock)
    link = Links(make_link(tokens, "https://line.example.com", "incident_1", "medic"))
    known = incident(call(facts=facts or {}))
    return compose(
        *(example_site(), known, page, route, "step:1:1"),
        now=clock(),
        kind=kind,
        news=news,
        links=link,
    )


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
@pytest.mark.parametrize("kind", ASKING)
async def test_a_text_that_asked_is_known_again_though_its_link_is_newer_and_more_is_known(
    kind: AlertKind, language: str
) -> None:
    clock, server = Clock(), TwilioRestServer()
    noted_at = datetime.now(UTC)
    async with rest(server) as opened:
        channel = SmsChannel(opened, None, clock)
        sent = await channel.send(composed(clock, kind, language))
        clock.advance(seconds=16)
        again = composed(clock, kind, language, facts={"trapped": True, "people_hurt": True})
        found = await channel.taken(again, noted_at)

    assert found == [sent.provider_id]


async def test_no_text_is_taken_for_one_that_asks_or_tells_something_else() -> None:
    clock, server = Clock(), TwilioRestServer()
    noted_at = datetime.now(UTC)
    other = alert(code="CCCCCC")
    async with rest(server) as opened:
        channel = SmsChannel(opened, None, clock)
        told = await channel.send(composed(clock, AlertKind.UPDATE, news=TRAPPED))
        await channel.send(other)
        for kind in ASKING:
            assert await channel.taken(composed(clock, kind), noted_at) == []
        reminded = await channel.send(composed(clock, AlertKind.REMINDER))
        for asked in (AlertKind.PAGE, AlertKind.TEST):
            assert await channel.taken(composed(clock, asked), noted_at) == []
        paged = await channel.send(composed(clock, AlertKind.PAGE))
        updates = [composed(clock, AlertKind.UPDATE, news=one) for one in (TRAPPED, HURT)]
        found = [await channel.taken(one, noted_at) for one in updates]
        ends = await channel.taken(composed(clock, AlertKind.STAND_DOWN), noted_at)
        asks = [
            await channel.taken(composed(clock, kind), noted_at)
            for kind in (AlertKind.REMINDER, AlertKind.PAGE)
        ]

    assert found == [[told.provider_id], []]
    assert ends == []
    assert asks == [[reminded.provider_id], [paged.provider_id]]

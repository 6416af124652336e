"""An alert as a text message through Twilio's SDK to the stand-in."""

from datetime import timedelta

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.acknowledgement import Purpose, Tokens
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.console import ConsoleChannel
from aurora.escalation.channels.sms import SmsChannel
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal import twilio_rest_server
from aurora.rehearsal.twilio_rest_server import Failure, TwilioRestServer
from tests.alerts import MEDIC, alert
from tests.integration.escalation.test_twilio_rest import rest
from tests.line import NOON, Clock


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


async def test_tries_end_with_the_alerts_own_time(monkeypatch):
    # Long enough for one try on a busy machine.
    monkeypatch.setattr(twilio_rest_server, "RETRY_AFTER_S", 30)
    clock, server = Clock(), TwilioRestServer()
    server.fail(Failure.TOO_MANY, times=100)
    too_short = timedelta(seconds=30.3)
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

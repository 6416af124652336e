"""Web Push on real sockets: sealed for one browser, signed, sent only where it is known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import http_ece
import pytest
from starlette.responses import RedirectResponse, Response

from aurora.errors import ChannelFault
from aurora.escalation.acknowledgement import Tokens, read_link
from aurora.escalation.alert import Alert, Texts
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.base import Sent
from aurora.escalation.channels.patience import Patience
from aurora.escalation.channels.push import PushChannel
from aurora.escalation.channels.push_message import PushSender
from aurora.escalation.channels.push_services import PushServices
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.loopback import serving
from tests.alerts import BRIEF, alert
from tests.line import NOON, Clock
from tests.push_service import Browser, MemoryPhones, PushService

KEY = b"k" * 32
NUMBER = "+12025550100"


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


def push_alert(**parts: object) -> Alert:
    return alert(ChannelKind.PUSH, address="", **parts)


@dataclass
class Pushing:
    """A push service with one telephone of the medic's, and the channel that sends to it."""

    service: PushService
    browser: Browser
    phones: MemoryPhones
    url: str
    send: Callable[[Alert], Awaitable[Sent]]

    def opened(self, at: int = -1) -> dict[str, object]:
        return self.browser.opened(self.service.pushed[at].body)


@asynccontextmanager
async def pushing(*answers: Response, is_known: bool = True) -> AsyncIterator[Pushing]:
    sender = PushSender(KEY, "mailto:aurora@plant.example")
    service = PushService(sender.public_key, answers=list(answers))
    async with serving(service) as url:
        browser = Browser()
        phones = MemoryPhones({"medic": [browser.phone(f"{url}/push/secret")]})
        services = PushServices([url] if is_known else [])
        channel = PushChannel(
            phones,
            services,
            sender,
            Tokens(KEY, Clock()),
            NUMBER,
            Clock(),
            patience=Patience(sleep=no_wait),
        )
        yield Pushing(service, browser, phones, url, channel.send)
        await channel.close()


async def fault_of(push: Pushing, **parts: object) -> ChannelFault:
    with pytest.raises(ChannelFault) as fault:
        await push.send(push_alert(**parts))
    return fault.value


async def test_a_push_service_takes_the_alert_and_only_the_browser_can_read_it():
    async with pushing() as push:
        sent = await push.send(push_alert())

    (pushed,) = push.service.pushed
    shown = push.opened()
    assert (shown["title"], shown["language"]) == ("Gas leak, Zone B", "en")
    assert str(shown["body"]).startswith(BRIEF)
    assert shown["page"] == "/console/incidents/incident_1"
    assert b"Zone B" not in pushed.body
    assert pushed.headers["content-encoding"] == "aes128gcm"
    assert (pushed.headers["urgency"], pushed.headers["ttl"]) == ("high", "600")
    assert len(pushed.headers["topic"]) == 32
    assert sent.notes == ("phones_1_of_1",)
    with pytest.raises(http_ece.ECEException):
        Browser().opened(pushed.body)


async def test_the_notification_is_answered_by_a_signed_address_of_its_contact():
    async with pushing() as push:
        await push.send(push_alert())

    shown = push.opened()
    token = str(shown["answer"]).removeprefix("/ack/")
    assert read_link(Tokens(KEY, Clock()), token) == ("incident_1", "medic")
    assert shown["buttons"] == {"accept": "I am coming", "decline": "I cannot"}
    assert NUMBER in str(shown["not_recorded"])


async def test_the_same_alert_has_the_same_form_so_that_two_presses_are_one_answer():
    async with pushing() as push:
        await push.send(push_alert())
        await push.send(push_alert())

    assert push.opened(0)["form"] == push.opened(1)["form"]


async def test_what_asks_for_no_answer_has_no_buttons():
    async with pushing() as push:
        await push.send(push_alert(kind=AlertKind.STAND_DOWN))

    assert push.opened()["answer"] is None
    assert "buttons" not in push.opened()


async def test_a_reminder_asks_whether_they_have_arrived():
    async with pushing() as push:
        await push.send(push_alert(kind=AlertKind.REMINDER))

    assert list(push.opened()["buttons"]) == ["arrived", "decline"]


async def test_a_drill_says_so_where_it_is_seen_first():
    async with pushing() as push:
        await push.send(push_alert(is_drill=True))

    assert str(push.opened()["title"]).startswith("DRILL")


async def test_a_text_of_any_length_fits_what_push_services_take():
    long = "Zone é " * 3_000
    texts = Texts(short=BRIEF, voice=BRIEF, subject="Gas leak", long=long)
    async with pushing() as push:
        await push.send(push_alert(texts=texts))

    assert len(push.service.pushed[0].body) <= 4096
    assert str(push.opened()["body"]).endswith("…")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_telephone_that_its_service_no_longer_knows_is_dropped(status):
    async with pushing(Response(status_code=status)) as push:
        fault = await fault_of(push)

    assert fault.reason == "no_phone_took_it"
    assert push.phones.phones["medic"] == []
    assert len(push.service.pushed) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_passing_fault_is_tried_again_and_the_telephone_kept(status):
    async with pushing(Response(status_code=status)) as push:
        sent = await push.send(push_alert())

    assert f"again_after_push_{status}" in sent.notes
    assert len(push.phones.phones["medic"]) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_a_refusal_is_final_and_the_telephone_kept(status):
    async with pushing(Response(status_code=status)) as push:
        fault = await fault_of(push)

    assert f"push_{status}" in fault.notes
    assert len(push.phones.phones["medic"]) == 1
    assert len(push.service.pushed) == 1


async def test_one_dead_telephone_does_not_keep_the_alert_from_another():
    async with pushing(Response(status_code=410)) as push:
        push.phones.phones["medic"].append(push.browser.phone(f"{push.url}/push/second"))
        sent = await push.send(push_alert())

    assert sent.notes == ("push_gone", "phones_1_of_2")


async def test_a_redirect_is_not_followed():
    async with pushing(RedirectResponse("http://127.0.0.1:9/elsewhere", 307)) as push:
        fault = await fault_of(push)

    assert fault.notes == ("push_307",)


async def test_nobody_without_a_telephone_is_taken_for_reached():
    async with pushing() as push:
        fault = await fault_of(push, contact_id="gate")

    assert (fault.reason, fault.is_final) == ("no_phone", True)


async def test_an_alert_whose_time_is_over_is_not_sent():
    async with pushing() as push:
        fault = await fault_of(push, made_at=NOON - timedelta(minutes=5))

    assert fault.reason == "too_late"
    assert push.service.pushed == []


async def test_an_address_on_this_machine_is_asked_nothing_unless_it_is_configured():
    async with pushing(is_known=False) as push:
        fault = await fault_of(push)

    assert fault.notes == ("push_service_unknown",)
    assert push.service.pushed == []

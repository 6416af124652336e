"""Signed webhooks and CAP messages on real sockets: retried, not redirected, where allowed."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from starlette.responses import RedirectResponse, Response

from aurora.errors import ChannelFault
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.cap import CapChannel
from aurora.escalation.channels.cap_message import NAMESPACE, Sender
from aurora.escalation.channels.patience import Patience
from aurora.escalation.channels.signed_post import SignedPost
from aurora.escalation.channels.webhook import WebhookChannel
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.loopback import serving
from tests.alerts import alert
from tests.line import NOON, Clock
from tests.receiver import Receiver, certificate_for, is_signed
from tests.waiting import PATIENT_S

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
SENDER = Sender("example_works@line.example.com", "Example Works", "UTC", "+12025550100")


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def signed_post(**options: Any) -> AsyncIterator[SignedPost]:
    post = SignedPost(SECRET, Clock(), patience=Patience(sleep=no_wait), **options)
    try:
        yield post
    finally:
        await post.close()


async def send(receiver: Receiver, path: str = "/hook?token=t", **parts: Any) -> tuple[str, ...]:
    """Send one alert to a receiver; return the notes."""
    async with serving(receiver) as url, signed_post() as post:
        channel = WebhookChannel(post, Addresses({"desk": f"{url}{path}"}), Clock())
        return (await channel.send(alert(ChannelKind.WEBHOOK, address="desk", **parts))).notes


async def refused(url: str, **options: Any) -> ChannelFault:
    async with signed_post(**options) as post:
        channel = WebhookChannel(post, Addresses({}), Clock())
        with pytest.raises(ChannelFault) as fault:
            await channel.send(alert(ChannelKind.WEBHOOK, address=url))
    return fault.value


async def test_an_alert_arrives_whole_and_signed():
    receiver = Receiver()
    notes = await send(receiver)

    (received,) = receiver.received
    data = json.loads(received.body)["data"]
    assert received.path == "/hook?token=t"
    assert is_signed(received, KEY, NOON + timedelta(minutes=1))
    assert not is_signed(received, b"another", NOON)
    assert not is_signed(received, KEY, NOON + timedelta(hours=1))
    assert received.headers["webhook-id"] == alert(ChannelKind.WEBHOOK).id
    assert (data["code"], data["urgency"], data["zone"]) == ("K7M3QF", "critical", "Zone B")
    assert data["is_drill"] is False
    assert "Site medic" not in received.body.decode()
    assert notes == ()


async def test_a_changed_body_does_not_verify():
    receiver = Receiver()
    await send(receiver)

    (received,) = receiver.received
    received.body = received.body.replace(b"critical", b"normal")
    assert not is_signed(received, KEY, NOON)


async def test_a_drill_says_so():
    receiver = Receiver()
    await send(receiver, is_drill=True)

    data = json.loads(receiver.received[0].body)["data"]
    assert data["is_drill"] is True
    assert data["subject"].startswith("DRILL")
    assert data["text"].startswith("DRILL")


@pytest.mark.parametrize("status", [500, 502, 503, 408, 425, 429])
async def test_a_passing_fault_is_tried_again_with_the_same_id(status):
    receiver = Receiver([Response(status_code=status), Response(status_code=status)])
    notes = await send(receiver)

    assert len(receiver.received) == 3
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert notes == (f"again_after_webhook_{status}",) * 2


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_a_refusal_is_final(status):
    receiver = Receiver([Response(status_code=status)])
    with pytest.raises(ChannelFault) as fault:
        await send(receiver)

    assert (fault.value.reason, fault.value.is_final) == (f"webhook_{status}", True)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status):
    elsewhere = Receiver()
    async with serving(elsewhere) as url:
        with pytest.raises(ChannelFault) as fault:
            await send(Receiver([RedirectResponse(f"{url}/taken", status)]))

    assert (fault.value.reason, fault.value.is_final) == ("webhook_redirected", True)
    assert elsewhere.received == []


async def test_a_receiver_that_hangs_costs_no_more_than_the_alerts_time():
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(ChannelFault, match="webhook_too_slow"):
        await send(Receiver(hangs=True), expires_at=NOON + timedelta(seconds=0.4))

    assert loop.time() - started < 20.0


async def test_an_endless_answer_is_not_read():
    class Endless(Response):
        async def __call__(self, scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            try:
                while True:
                    await send(
                        {"type": "http.response.body", "body": b"x" * 65536, "more_body": True}
                    )
                    await asyncio.sleep(0)
            except OSError:
                pass

    async with asyncio.timeout(PATIENT_S):
        assert await send(Receiver([Endless()])) == ()


async def test_nothing_that_listens_is_given_up_within_the_tries():
    fault = await refused("http://127.0.0.1:9/hook")

    assert (fault.reason, fault.is_final) == ("webhook_unreachable", False)


async def test_a_name_that_the_settings_lack_is_named():
    fault = await refused("desk")

    assert (fault.reason, fault.is_final) == ("no_such_address", True)
    assert "AURORA_ALERT_URLS" in str(fault)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://user:password@hooks.example/x",
        "https:///x",
        "https://hooks.example:0/x",
        "https://hooks.example:99999/x",
        "https://[::1/x",
    ],
)
async def test_what_is_no_plain_web_address_is_refused(url):
    fault = await refused(url)

    assert (fault.reason, fault.is_final) == ("bad_url", True)
    assert "password" not in str(fault)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "::",
        "224.0.0.1",
        "ff02::1",
        "240.0.0.1",
    ],
)
async def test_link_local_and_no_single_machine_are_refused_whatever_the_name(address):
    async def resolve(host: str, port: int) -> list[str]:
        return ["203.0.113.7", address]

    fault = await refused("https://hooks.example/x", resolve=resolve)

    assert (fault.reason, fault.is_final) == ("address_not_allowed", True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
async def test_outside_the_plants_network_tls_is_needed(address):
    async def resolve(host: str, port: int) -> list[str]:
        return [address]

    fault = await refused("http://hooks.example/x", resolve=resolve)

    assert (fault.reason, fault.is_final) == ("address_needs_tls", True)


async def test_the_address_that_was_checked_is_the_one_that_is_called_under_its_own_name(tmp_path):
    certificate = certificate_for("hooks.example", tmp_path)
    asked = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    receiver = Receiver()
    trust = ssl.create_default_context(cafile=str(certificate))
    async with (
        serving(receiver, certificate) as url,
        signed_post(resolve=resolve, tls=trust) as post,
    ):
        port = url.rpartition(":")[2]
        channel = WebhookChannel(post, Addresses({}), Clock())
        await channel.send(alert(ChannelKind.WEBHOOK, address=f"https://hooks.example:{port}/x"))
        with pytest.raises(ChannelFault, match="webhook_unreachable"):
            await channel.send(
                alert(ChannelKind.WEBHOOK, address=f"https://others.example:{port}/x")
            )

    assert asked[0] == "hooks.example"
    assert [one.headers["host"] for one in receiver.received] == [f"hooks.example:{port}"]


async def test_the_next_address_of_a_name_is_tried():
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    receiver = Receiver()
    async with serving(receiver) as url, signed_post(resolve=resolve) as post:
        port = url.rpartition(":")[2]
        channel = WebhookChannel(post, Addresses({}), Clock())
        await channel.send(alert(ChannelKind.WEBHOOK, address=f"http://siren.plant:{port}/"))

    assert len(receiver.received) == 1


async def test_a_cap_message_arrives_signed_and_without_the_link_that_answers():
    receiver = Receiver()
    async with serving(receiver) as url, signed_post() as post:
        channel = CapChannel(post, Addresses({"siren": f"{url}/cap"}), SENDER, Clock())
        await channel.send(alert(ChannelKind.CAP, address="siren"))

    (received,) = receiver.received
    root = etree.fromstring(received.body)
    assert received.headers["content-type"] == "application/cap+xml"
    assert is_signed(received, KEY, NOON)
    assert root.tag == f"{{{NAMESPACE}}}alert"
    assert b"/ack/" not in received.body

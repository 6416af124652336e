"""Alerts through Apprise's own services to a receiver on this machine; its secrets stay in it."""

import asyncio
import json
import logging
import logging.config
from datetime import timedelta

import pytest
from starlette.responses import Response

from aurora.errors import ChannelFault
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.apprise_urls import THREADS, AppriseChannel
from aurora.escalation.channels.base import Sent
from aurora.escalation.channels.patience import Patience
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.loopback import serving
from tests.alerts import BRIEF, LINK, alert
from tests.line import NOON, Clock
from tests.receiver import Receiver

SECRETS = ("pa55word", "t0kenInPath")


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


async def send(receiver: Receiver, *, url: str = "", **parts: object) -> Sent:
    async with serving(receiver) as base:
        host = base.removeprefix("http://")
        url = url or f"json://user:{SECRETS[0]}@{host}/{SECRETS[1]}"
        channel = AppriseChannel(
            Addresses({"chat": url}), Clock(), patience=Patience(sleep=no_wait)
        )
        try:
            return await channel.send(alert(ChannelKind.APPRISE, address="chat", **parts))
        finally:
            await channel.close()


async def test_an_alert_arrives_with_subject_text_and_link():
    receiver = Receiver()
    sent = await send(receiver)

    body = json.loads(receiver.received[0].body)
    assert body["title"] == "Gas leak, Zone B"
    assert BRIEF in body["message"]
    assert f"Answer here: {LINK}" in body["message"]
    assert body["type"] == "failure"
    assert sent.notes == ("by_json",)


async def test_a_drill_says_so_in_subject_and_text():
    receiver = Receiver()
    await send(receiver, is_drill=True)

    body = json.loads(receiver.received[0].body)
    assert body["title"].startswith("DRILL")
    assert body["message"].startswith("DRILL")


async def test_a_stand_down_asks_for_no_answer():
    receiver = Receiver()
    await send(receiver, kind=AlertKind.STAND_DOWN)

    body = json.loads(receiver.received[0].body)
    assert LINK not in body["message"]
    assert body["type"] == "success"


async def test_a_service_that_fails_once_is_tried_again_and_the_record_says_so():
    receiver = Receiver([Response(status_code=500)])
    sent = await send(receiver)

    assert len(receiver.received) == 2
    assert sent.notes == ("again_after_apprise_json_failed", "by_json")


async def test_a_service_that_goes_on_failing_is_given_up_after_one_repetition():
    receiver = Receiver([Response(status_code=500) for _ in range(9)])
    with pytest.raises(ChannelFault) as fault:
        await send(receiver)

    assert len(receiver.received) == 2
    assert (fault.value.reason, fault.value.is_final) == ("apprise_json_failed", False)


@pytest.mark.parametrize("url", ["nonsense://x/pa55word", "slack://", "mailto://t0kenInPath"])
async def test_a_url_that_no_service_takes_is_final(url):
    with pytest.raises(ChannelFault) as fault:
        await send(Receiver(), url=url)

    assert (fault.value.reason, fault.value.is_final) == ("bad_apprise_url", True)


async def test_a_service_that_hangs_costs_no_more_than_the_alerts_time():
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(ChannelFault):
        await send(Receiver(hangs=True), expires_at=NOON + timedelta(seconds=0.5))

    assert loop.time() - started < 20.0


async def test_the_line_goes_on_while_every_thread_hangs():
    receiver = Receiver(hangs=True)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async with serving(receiver) as base:
        host = base.removeprefix("http://")
        channel = AppriseChannel(Addresses({}), Clock(), patience=Patience(sleep=no_wait))
        ticking = asyncio.create_task(tick())
        parts = {"address": f"json://{host}/", "expires_at": NOON + timedelta(seconds=0.6)}
        faults = await asyncio.gather(
            *(channel.send(alert(ChannelKind.APPRISE, **parts)) for _ in range(3 * THREADS)),
            return_exceptions=True,
        )
        ticking.cancel()
        await channel.close()

    assert {type(fault) for fault in faults} == {ChannelFault}
    assert ticks >= 10


@pytest.mark.parametrize("answers", [[], [Response(status_code=500) for _ in range(9)]])
async def test_no_secret_of_a_url_is_logged_printed_or_in_an_error(answers, caplog, capfd):
    # As uvicorn does after all imports; it makes loggers speak that were disabled.
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    told = []
    with caplog.at_level(logging.DEBUG):
        for url in ("", "nonsense://x/pa55word", "json://user:pa55word@127.0.0.1:9/t0kenInPath"):
            try:
                told.append(str(await send(Receiver(list(answers)), url=url)))
            except ChannelFault as fault:
                told.append(f"{fault} {fault.notes}")

    captured = capfd.readouterr()
    for text in (*told, caplog.text, captured.out, captured.err):
        assert not any(secret in text for secret in SECRETS)

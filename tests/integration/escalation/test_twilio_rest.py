"""Twilio's own SDK against the stand-in of its API: sent once, retried where that is safe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.channels.patience import Patience
from aurora.escalation.channels.twilio_rest import THREADS, TwilioRest
from aurora.rehearsal.loopback import serving
from aurora.rehearsal.twilio_rest_server import Failure, TwilioRestServer

FROM, MEDIC = "+12025550110", "+12025550105"
CALLBACK = "https://line.example.com/alerts/message-status?alert=a1"
TWIML = "<Response><Say>Gas leak in Zone B.</Say></Response>"


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def rest(
    server: TwilioRestServer, *, token: str | None = None, read_within_s: float = 5.0
) -> AsyncIterator[TwilioRest]:
    async with serving(server) as url:
        opened = TwilioRest(
            server.account_sid,
            token or server.auth_token,
            FROM,
            api_url=url,
            patience=Patience(sleep=no_wait),
            read_within_s=read_within_s,
        )
        try:
            yield opened
        finally:
            await opened.close()


async def message(opened: TwilioRest, body: str = "Gas leak, Zone B", within_s: float = 10.0):
    return await opened.send_message(MEDIC, body, status_callback=CALLBACK, within_s=within_s)


async def call(opened: TwilioRest, within_s: float = 10.0):
    return await opened.place_call(
        MEDIC,
        TWIML,
        ring_s=25,
        status_callback=CALLBACK,
        machine_callback=CALLBACK,
        within_s=within_s,
    )


def posts(server: TwilioRestServer) -> int:
    return sum(method == "POST" for method, _, _ in server.requests)


async def test_a_message_is_handed_over_with_its_parts_counted_and_a_limit_on_waiting():
    server = TwilioRestServer()
    async with rest(server) as opened:
        placed = await message(opened, "Gas leak, Zone B. " * 12)

    kept = server.messages[placed.sid]
    assert (placed.status, placed.segments, placed.notes) == ("queued", 2, ())
    assert kept.fields["StatusCallback"] == CALLBACK
    assert kept.fields["ValidityPeriod"] == "900"
    assert server.breaches == []


async def test_a_call_asks_who_answered_while_it_already_speaks():
    server = TwilioRestServer()
    async with rest(server) as opened:
        placed = await call(opened)

    kept = server.calls[placed.sid]
    assert kept.fields["AsyncAmd"] == "true"
    assert kept.fields["MachineDetection"] == "Enable"
    assert kept.fields["Twiml"] == TWIML
    assert kept.events == ("initiated", "ringing", "answered", "completed")
    assert server.breaches == []


@pytest.mark.parametrize("failure", [Failure.TOO_MANY])
async def test_what_was_surely_not_done_is_sent_again_without_a_search(failure):
    server = TwilioRestServer()
    server.fail(failure, times=2)
    async with rest(server) as opened:
        placed = await message(opened)

    assert list(server.messages) == [placed.sid]
    assert placed.notes == ("again_after_twilio_too_many_requests",) * 2
    assert not [method for method, _, _ in server.requests if method == "GET"]


@pytest.mark.parametrize("failure", [Failure.ANSWER_LOST, Failure.CUT_OFF])
async def test_what_was_done_though_the_answer_was_lost_is_found_and_not_sent_twice(failure):
    server = TwilioRestServer()
    server.fail(failure, "Messages")
    server.fail(failure, "Calls")
    async with rest(server) as opened:
        sent, rung = await message(opened), await call(opened)

    assert list(server.messages) == [sent.sid]
    assert list(server.calls) == [rung.sid]
    assert sent.notes[0].startswith("found_after_twilio_")
    assert rung.notes[0].startswith("found_after_twilio_")


@pytest.mark.parametrize("failure", [Failure.OVERLOADED, Failure.NO_JSON])
async def test_what_may_have_been_done_is_sent_again_once_and_the_record_says_so(failure):
    server = TwilioRestServer()
    server.fail(failure)
    async with rest(server) as opened:
        placed = await message(opened)

    assert list(server.messages) == [placed.sid]
    assert placed.notes[0] == "may_come_twice"
    assert placed.notes[1].startswith("again_after_twilio_")


async def test_a_search_that_fails_too_does_not_keep_the_alert_back():
    server = TwilioRestServer()
    server.fail(Failure.ANSWER_LOST)
    server.fail(Failure.OVERLOADED, method="GET")
    async with rest(server) as opened:
        placed = await message(opened)

    assert len(server.messages) == 2
    assert "may_come_twice" in placed.notes


async def test_the_same_words_to_somebody_else_or_of_long_ago_are_not_taken_for_these():
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    server = TwilioRestServer(clock=lambda: long_ago)
    async with rest(server) as opened:
        await message(opened)
        await opened.send_message("+12025550104", "Fire", status_callback=None, within_s=10.0)
        server.clock = lambda: datetime.now(UTC)
        server.fail(Failure.OVERLOADED, times=1)
        placed = await message(opened)

    assert len(server.messages) == 3
    assert list(server.messages)[-1] == placed.sid


async def test_an_earlier_call_to_the_same_person_is_not_taken_for_this_one():
    server = TwilioRestServer()
    async with rest(server) as opened:
        first = await call(opened)
        server.fail(Failure.OVERLOADED, "Calls")
        second = await call(opened)

    assert first.sid != second.sid
    assert len(server.calls) == 2


async def test_only_what_was_made_since_a_page_was_noted_may_be_that_page():
    server = TwilioRestServer()
    now = datetime.now(UTC)
    async with rest(server) as opened:
        page, update = await message(opened), await message(opened, "Now critical, Zone B")
        rung = await call(opened)
        found = [one for one, _ in await opened.messages_to(MEDIC, now, 10.0)]
        calls = await opened.calls_to(MEDIC, now, 10.0)
        later = now + timedelta(minutes=5)
        too_early: list[object] = [*await opened.messages_to(MEDIC, later, 10.0)]
        too_early += await opened.calls_to(MEDIC, later, 10.0)

    assert set(found) == {page.sid, update.sid}
    assert (calls, too_early) == ([rung.sid], [])


async def test_an_overloaded_api_is_given_up_after_one_repetition():
    server = TwilioRestServer()
    server.fail(Failure.OVERLOADED, times=10)
    async with rest(server) as opened:
        with pytest.raises(ChannelFault) as fault:
            await message(opened)

    assert (fault.value.reason, fault.value.is_final) == ("twilio_503", False)
    assert "gave_up_after_2" in fault.value.notes


@pytest.mark.parametrize(
    ("code", "reason"),
    [(21211, "bad_number"), (21610, "unsubscribed"), (21408, "region_not_allowed")],
)
async def test_a_refused_number_is_final_and_not_tried_again(code, reason):
    server = TwilioRestServer()
    server.refused_numbers[MEDIC] = code
    async with rest(server) as opened:
        with pytest.raises(ChannelFault) as fault:
            await message(opened)

    assert (fault.value.reason, fault.value.is_final) == (reason, True)
    assert posts(server) == 1


async def test_wrong_credentials_are_final_and_say_so():
    server = TwilioRestServer()
    async with rest(server, token="another") as opened:
        with pytest.raises(ChannelFault) as fault:
            await message(opened)

    assert (fault.value.reason, fault.value.is_final) == ("credentials_refused", True)


async def test_a_field_that_twilio_does_not_document_is_refused_by_the_stand_in():
    server = TwilioRestServer()
    async with rest(server) as opened:
        with pytest.raises(ChannelFault, match="twilio_21617"):
            await message(opened, "x" * 1_601)

    assert [breach.code for breach in server.breaches] == [21617]


async def test_nothing_that_listens_is_not_sent_and_not_unsure():
    nowhere = TwilioRest(
        "AC" + "0" * 32, "t", FROM, api_url="http://127.0.0.1:9", patience=Patience(sleep=no_wait)
    )
    with pytest.raises(ChannelFault) as fault:
        await message(nowhere)
    await nowhere.close()

    assert fault.value.reason == "twilio_unreachable"
    assert "may_come_twice" not in fault.value.notes
    assert "gave_up_after_6" in fault.value.notes


async def test_an_api_that_hangs_costs_no_more_than_the_alerts_own_time():
    server = TwilioRestServer()
    server.fail(Failure.HUNG, times=100)
    async with rest(server, read_within_s=0.3) as opened:
        started = asyncio.get_running_loop().time()
        with pytest.raises(ChannelFault, match="twilio_too_slow"):
            await message(opened, within_s=0.5)
        took_s = asyncio.get_running_loop().time() - started

    assert took_s < 20.0


async def test_more_alerts_than_threads_fail_in_time_when_the_api_hangs_and_none_comes_late():
    server = TwilioRestServer()
    server.fail(Failure.HUNG, times=1_000)
    async with rest(server, read_within_s=5.0) as opened:
        faults = await asyncio.gather(
            *(message(opened, f"Alert {number}", 1.0) for number in range(3 * THREADS)),
            return_exceptions=True,
        )

    assert {type(fault) for fault in faults} == {ChannelFault}
    assert sum("may_come_twice" in fault.notes for fault in faults) == THREADS
    assert server.messages == {}


async def test_many_at_once_are_each_sent_once():
    server = TwilioRestServer()
    async with rest(server) as opened:
        placed = await asyncio.gather(*(message(opened, f"Alert {n}") for n in range(40)))

    assert {one.sid for one in placed} == set(server.messages)
    assert sorted(m.body for m in server.messages.values()) == sorted(
        f"Alert {n}" for n in range(40)
    )


async def test_a_call_is_ended_and_one_that_is_over_already_is_no_fault():
    server = TwilioRestServer()
    async with rest(server) as opened:
        placed = await call(opened)
        first = await opened.end_call(placed.sid, 5.0)
        second = await opened.end_call(placed.sid, 5.0)

    assert (first, second) == (True, False)
    assert server.calls[placed.sid].status == "completed"


async def test_the_sdk_reads_no_environment_of_its_own(monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    server = TwilioRestServer()
    async with rest(server) as opened:
        placed = await message(opened)

    assert list(server.messages) == [placed.sid]

"""Media Streams over real WebSockets: who is let in, what is tolerated, what comes after."""

import json

import pytest
import websockets

from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency
from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.triage.assessment import Intent
from tests.integration.streams import AUTH_TOKEN, serving
from tests.line import fire, said

FIRE = "there is a fire in zone b"
SCRIPT = {FIRE: fire(), "get me a human": said(intent=Intent.HUMAN)}
FIRST_LINE = "Get out now."


async def test_a_call_that_rings_is_put_on_a_stream_with_gather_behind_it():
    async with serving(SCRIPT) as served:
        answer = await served.post("incoming-call", CallStatus="ringing")
        again = await served.post("incoming-call", CallStatus="ringing")

        assert answer == again
        assert '<Connect><Stream url="ws://127.0.0.1' in answer
        assert "rejoin?turn=1</Redirect>" in answer
        assert (await served.line.records.find("CA1")).line == "stream"


async def test_while_speech_is_not_ready_gather_takes_the_call():
    async with serving(SCRIPT) as served:
        served.speech.is_ready = False

        answer = await served.post("incoming-call", CallStatus="ringing")

        assert "<Gather" in answer
        assert "<Stream" not in answer


async def test_the_greeting_and_the_first_line_come_back_as_sound():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says(FIRE)
        await stream.hears(FIRST_LINE)

        assert await served.line.heard() == [FIRE]
        assert "clear" in stream.events


async def test_a_signature_is_asked_of_the_upgrade_where_the_webhooks_have_one():
    async with serving(SCRIPT, is_signed=True) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        url = served.url.replace("http", "ws") + "/stream"

        for signature in (
            {},
            {SIGNATURE_HEADER: "bm9uc2Vuc2U="},
            {SIGNATURE_HEADER: sign(AUTH_TOKEN, url.replace("ws:", "http:"), [])},
            {SIGNATURE_HEADER: sign("another token", url, [])},
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(url, additional_headers=signature)
            assert refused.value.response.status_code == 403


async def test_a_token_opens_the_stream_of_its_own_call_only():
    async with serving(SCRIPT) as served:
        first = await served.rings("CA1")
        await first.hears("What is happening")
        url = served.url.replace("http", "ws") + "/stream"
        answer = await served.post("incoming-call", "CA2", CallStatus="ringing")
        token = answer.partition('value="')[2].partition('"')[0]

        for given in (None, "", "guess", token):
            stream = await served.opens("CA1", url, given)
            assert await stream.is_closed() == 1008
        assert first.close_code is None


async def test_what_makes_no_sense_is_passed_over():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        for nonsense in (
            "not json",
            "[]",
            "null",
            "{}",
            '{"event": 5}',
            '{"event": "media"}',
            '{"event": "media", "media": {"payload": "***"}}',
            '{"event": "media", "media": {"payload": 7}}',
            '{"event": "media", "media": {"payload": "", "timestamp": "late"}}',
            '{"event": "dtmf", "dtmf": {"digit": "12"}}',
            '{"event": "dtmf", "dtmf": []}',
            '{"event": "mark", "mark": {"name": "nobody sent it"}}',
            '{"event": "something new", "something new": {}}',
            json.dumps({"event": "start", "start": {"callSid": "CA9"}}),
        ):
            await stream.sends(nonsense)
        await stream.socket.send(b"\x00\xff")
        await stream.says(FIRE)

        await stream.hears(FIRST_LINE)
        assert await served.line.heard() == [FIRE]


async def test_an_oversized_message_closes_the_stream_and_the_call_goes_on_in_gather():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.sends("x" * 70_000)

        assert await stream.is_closed() == 1009
        assert "<Gather" in await served.post(stream.then)


async def test_a_second_stream_of_a_call_closes_the_first_and_goes_on():
    async with serving(SCRIPT) as served:
        first = await served.rings()
        await first.hears("What is happening")
        second = await served.rings()

        assert await first.is_closed() == 1000
        await second.says(FIRE)
        await second.hears(FIRST_LINE)
        assert (await served.line.board.call("CA1")).ended_at is None


async def test_a_socket_dropped_in_mid_sentence_lands_in_gather_with_the_answer():
    async with serving({**SCRIPT, "there is a fire": fire()}) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says(FIRE, silence_s=0.0)
        stream.socket.transport.abort()

        answer = await served.post(stream.then)

        assert "<Gather" in answer
        assert FIRST_LINE in answer
        assert (await served.line.board.call("CA1")).urgency is Urgency.CRITICAL
        assert await served.post(stream.then) == answer


async def test_what_a_stream_found_unheard_when_gather_had_the_call_is_said_with_its_next_turn():
    async with serving({**SCRIPT, "it is hot": said()}) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        stream.socket.transport.abort()
        await served.post(stream.then)
        way_out = Spoken("Leave by the east gate.", "fire.en@1:ways_out")
        served.streams.unheard.leave("CA1", [way_out])
        fields = {"SpeechResult": "it is hot", "Confidence": "0.9"}
        answer = await served.post("process-speech?turn=3", **fields)
        again = await served.post("process-speech?turn=3", **fields)
        later = await served.post("process-speech?turn=4", **fields)

    assert way_out.text in answer
    assert again == answer
    assert way_out.text not in later


async def test_a_stream_that_never_comes_lands_in_gather_with_the_greeting():
    async with serving(SCRIPT) as served:
        answer = await served.post("incoming-call", CallStatus="ringing")
        then = answer.partition('method="POST">')[2].partition("<")[0]

        assert "What is happening" in await served.post(then)


async def test_a_caller_who_asks_for_a_person_is_dialled_through_once_the_socket_closes():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says("get me a human")

        assert await stream.is_closed() == 1000
        answer = await served.post(stream.then)
        assert "<Dial" in answer
        assert "+12025550100" in answer


async def test_a_hang_up_ends_the_call_and_the_redirect_behind_it_changes_nothing():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says(FIRE, silence_s=0.0)
        await stream.hangs_up()
        await served.post(stream.then, CallStatus="completed")

        call = await served.line.records.find("CA1")
        assert await served.line.heard() == [FIRE]
        assert call.end_reason == "hung_up"
        assert call.urgency is Urgency.CRITICAL


async def test_keys_come_through_the_stream():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.presses("1")
        await stream.hears("1")
        await stream.presses("1")

        await stream.hears(FIRST_LINE)
        assert await served.line.heard() == ["[key 1]", "[key 1]"]


async def test_ears_that_fail_leave_the_call_to_gather():
    async with serving(SCRIPT) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        served.speech.recogniser.is_dead = True
        await stream.says(FIRE)

        await stream.hears("Get to a safe place.")
        assert await stream.is_closed() == 1000
        assert "<Gather" in await served.post(stream.then)


async def test_a_call_that_aurora_ended_is_hung_up_behind_the_stream():
    async with serving({"thank you bye": said(intent=Intent.GOODBYE)}) as served:
        stream = await served.rings()
        await stream.hears("What is happening")
        await stream.says("thank you bye")

        assert await stream.is_closed() == 1000
        assert "<Hangup/>" in await served.post(stream.then)

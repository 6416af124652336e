"""One Media Stream in virtual time: pacing, marks, clear, loss, and when an answer came."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import numpy as np
import pytest

from aurora.rehearsal.caller_speech import SILENT_FRAME, Utterance, mere_words, utterance
from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.network import Impairment, Network
from aurora.rehearsal.tempo import Tempo
from aurora.speech.codec import FRAME
from tests.unit.rehearsal.sockets import LineEnd
from tests.virtual_time import virtually

SPEECH = np.full(50 * FRAME, 4000, np.int16)
SPEECH[::2] = -4000
SAID = utterance(np.concatenate([SPEECH, np.zeros(10 * FRAME, np.int16)]), "said.wav")


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        virtually(test(**fixtures))

    return run


async def started(network: Network | None = None) -> tuple[MediaStream, LineEnd]:
    end = LineEnd()
    stream = MediaStream(end, "AC1", "CA1", {"token": "t"}, network=network)
    await stream.start()
    return stream, end


def media(stream: MediaStream, seconds: float) -> dict[str, Any]:
    payload = base64.b64encode(b"\x00" * round(8000 * seconds)).decode()
    return {"event": "media", "streamSid": sid(stream), "media": {"payload": payload}}


def sid(stream: MediaStream) -> str:
    return dict(stream.callback())["StreamSid"]


@in_virtual_time
async def test_a_frame_goes_out_every_20_ms_whether_anybody_speaks_or_not() -> None:
    stream, end = await started()
    await asyncio.sleep(1.005)
    times = end.times_of(event="media")
    assert len(times) == 51
    assert np.diff(times) == pytest.approx(0.02)
    payloads = {message["media"]["payload"] for message in end.of(event="media")}
    assert payloads == {base64.b64encode(SILENT_FRAME).decode()}
    await stream.hang_up()


@in_virtual_time
async def test_an_answer_is_timed_from_the_last_frame_that_is_speech() -> None:
    stream, end = await started()

    async def answer() -> None:
        await asyncio.sleep(1.5)
        end.say(**media(stream, 2.0))

    answering = asyncio.create_task(answer())
    reply = await stream.speak(SAID)
    assert SAID.last_speech == 49
    assert reply.last_speech_at - stream.began_at == pytest.approx(0.98, abs=0.021)
    assert reply.first_frame_ms == pytest.approx(500, abs=45)
    assert reply.first_heard_ms == reply.first_frame_ms
    assert not reply.was_early
    await answering
    await stream.hang_up()


@in_virtual_time
async def test_an_answer_behind_other_sound_is_heard_later_than_it_came() -> None:
    stream, end = await started()

    async def answer() -> None:
        await asyncio.sleep(1.2)
        end.say(**media(stream, 0.5))
        end.say(**media(stream, 2.0))

    answering = asyncio.create_task(answer())
    reply = await stream.speak(SAID)
    assert stream.playback.pieces[1].begins_at > stream.playback.pieces[1].came_at
    assert reply.first_frame_at == stream.playback.pieces[0].came_at
    await answering
    await stream.hang_up()


@in_virtual_time
async def test_what_the_line_took_back_is_no_answer() -> None:
    stream, end = await started()

    async def answer() -> None:
        await asyncio.sleep(1.2)
        end.say(**media(stream, 1.0))
        await asyncio.sleep(0.3)
        end.say(event="clear", streamSid=sid(stream))
        end.say(**media(stream, 1.0))

    answering = asyncio.create_task(answer())
    reply = await stream.speak(SAID)
    assert reply.times_taken_back == 1
    assert reply.first_frame_ms == pytest.approx(520, abs=45)
    await answering
    await stream.hang_up()


@in_virtual_time
async def test_a_line_that_speaks_over_the_caller_is_early() -> None:
    stream, end = await started()

    async def answer() -> None:
        await asyncio.sleep(0.5)
        end.say(**media(stream, 2.0))

    answering = asyncio.create_task(answer())
    reply = await stream.speak(SAID)
    assert reply.was_early
    assert reply.first_frame_ms == 0
    await answering
    await stream.hang_up()


@in_virtual_time
async def test_a_mark_is_echoed_when_the_sound_before_it_was_played() -> None:
    stream, end = await started()
    before = asyncio.get_running_loop().time()
    end.say(**media(stream, 1.0))
    end.say(event="mark", streamSid=sid(stream), mark={"name": "line1#1"})
    await asyncio.sleep(2.0)
    assert end.of(event="mark")[0]["mark"] == {"name": "line1#1"}
    assert end.times_of(event="mark")[0] - before == pytest.approx(1.0, abs=0.041)
    await stream.hang_up()


@in_virtual_time
async def test_clear_returns_the_marks_at_once() -> None:
    stream, end = await started()
    end.say(**media(stream, 5.0))
    end.say(event="mark", streamSid=sid(stream), mark={"name": "line1#1"})
    await asyncio.sleep(0.5)
    end.say(event="clear", streamSid=sid(stream))
    await asyncio.sleep(0.1)
    assert len(end.of(event="mark")) == 1
    assert not stream.playback.is_sounding(asyncio.get_running_loop().time())
    await stream.hang_up()


@in_virtual_time
async def test_listening_ends_when_the_line_has_been_quiet() -> None:
    stream, end = await started()
    end.say(**media(stream, 3.0))
    before = asyncio.get_running_loop().time()
    await stream.listen()
    assert asyncio.get_running_loop().time() - before == pytest.approx(3.8, abs=0.1)
    await stream.hang_up()


@in_virtual_time
async def test_a_caller_who_has_heard_enough_does_not_wait_for_the_end() -> None:
    end = LineEnd()
    stream = MediaStream(end, "AC1", "CA1", {}, tempo=Tempo(enough_s=2.0))
    await stream.start()

    async def answer() -> None:
        await asyncio.sleep(1.5)
        end.say(**media(stream, 60.0))

    answering = asyncio.create_task(answer())
    reply = await stream.speak(SAID)
    heard_s = asyncio.get_running_loop().time() - reply.first_heard_at
    assert heard_s == pytest.approx(2.0, abs=0.05)
    await answering
    await stream.hang_up()


@in_virtual_time
async def test_patience_with_a_line_that_says_nothing_has_an_end() -> None:
    stream, _ = await started()
    before = asyncio.get_running_loop().time()
    reply = await stream.speak(SAID)
    assert reply.first_frame_ms is None
    assert asyncio.get_running_loop().time() - before == pytest.approx(11.0, abs=0.2)
    await stream.hang_up()


@in_virtual_time
async def test_lost_frames_leave_holes_in_the_streams_time() -> None:
    stream, end = await started(Network(Impairment(loss=0.2)))
    await asyncio.sleep(4.0)
    media = [message["media"] for message in end.of(event="media")]
    steps = np.diff([int(m["timestamp"]) for m in media])
    assert set(steps) > {20, 40}
    assert np.diff([int(m["chunk"]) for m in media]).tolist() == [1] * (len(media) - 1)
    await stream.hang_up()


@in_virtual_time
async def test_late_frames_come_in_bunches_and_in_order() -> None:
    stream, end = await started(Network(Impairment(jitter_s=0.1)))
    await asyncio.sleep(4.0)
    times = [int(message["media"]["timestamp"]) for message in end.of(event="media")]
    assert times == sorted(times)
    gaps = np.diff(end.times_of(event="media"))
    assert gaps.min() < 0.001
    assert gaps.max() > 0.03
    await stream.hang_up()


@in_virtual_time
async def test_keys_are_sent() -> None:
    stream, end = await started()
    pressing = asyncio.create_task(stream.press("5"))
    await asyncio.sleep(0.1)
    assert end.of(event="dtmf")[0]["dtmf"]["digit"] == "5"
    end.say(**media(stream, 0.1))
    await pressing
    await stream.hang_up()


@in_virtual_time
async def test_hanging_up_stops_the_stream_and_closes_the_socket() -> None:
    stream, end = await started()
    await asyncio.sleep(0.1)
    await stream.hang_up()
    assert end.sent[-1][1]["event"] == "stop"
    assert end.is_closed


@in_virtual_time
async def test_a_line_that_leaves_is_noticed_in_the_middle_of_a_sentence() -> None:
    stream, end = await started()

    async def leave() -> None:
        await asyncio.sleep(0.4)
        end.leave()

    leaving = asyncio.create_task(leave())
    assert await stream.speak(SAID) is None
    assert stream.is_over
    await leaving
    await stream.close()


@in_virtual_time
async def test_what_twilio_would_refuse_is_noted_and_the_call_goes_on() -> None:
    stream, end = await started()
    end.say(event="media", streamSid="another", media={"payload": "AAAA"})
    end.say(event="hello", streamSid=sid(stream))
    await asyncio.sleep(0.1)
    assert len(stream.faults) == 2
    assert not stream.is_over
    await stream.hang_up()


@pytest.mark.parametrize("said", [mere_words("help"), Utterance("none.wav", (), -1)])
def test_words_without_sound_are_not_waited_for(said: Utterance) -> None:
    async def speak() -> None:
        stream, _ = await started()
        assert await stream.speak(said) is None
        assert "no sound" in stream.faults[0]
        await stream.hang_up()

    virtually(speak())

"""Callers whose telephone is on a socket of this machine: the console hears them and speaks."""

from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.speech.codec import mulaw_decode
from tests.console_operator import CALLER, is_loud, operating, tone
from tests.telephones import telephones, text, until
from tests.whole_line import WrittenSpeech

FIRE = "there is a fire in zone b"
HUMAN = "I want to speak to a person"
STREAM = {"AURORA_LINE": "stream", "GATHER_TIMEOUT": "60"}
RELAY = {"AURORA_LINE": "relay", "GATHER_TIMEOUT": "60"}


def stream_of(caller: TwilioCaller) -> MediaStream:
    assert isinstance(caller.session, MediaStream)
    return caller.session


def hears_the_operator(caller: TwilioCaller, since: float) -> bool:
    pieces = [piece for piece in stream_of(caller).playback.pieces if piece.came_at > since]
    return any(is_loud(mulaw_decode(piece.sound)) for piece in pieces)


async def test_an_operator_speaks_with_a_telephone_caller_through_their_browser(
    monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, STREAM, WrittenSpeech(FIRE)) as line:
        caller = await line.call()
        call = await line.state(caller)
        async with operating(line.url, call.id) as operator:
            await caller.say(FIRE)
            await operator.until(lambda: is_loud(operator.sound_of(CALLER)))
            taken = await operator.takes_over()
            stream = stream_of(caller)
            await until(lambda: stream.playback.ends_at() < stream._clock())
            since = stream._clock()
            operator.voice = tone()
            await until(lambda: hears_the_operator(caller, since))
            operator.socket.transport.abort()
            await until(lambda: is_dropped_back(line, caller))
        await caller.hang_up()

    assert taken.status_code == 200


def is_dropped_back(line, caller) -> bool:
    live = line.parts.switchboard._live.here(caller.call_sid)
    return live.call.hand_off.stage == "dropped_back"


async def test_a_stream_that_is_moved_to_a_person_is_no_caller_who_hung_up(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, STREAM, WrittenSpeech(HUMAN)) as line:
        caller = await line.call()
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "2")
        told, call = text(line.last_heard()), await line.state(caller)
        line.phones.hang_up(heard.call)
        await line.network.settle()
        back = text(line.last_heard())
        after = await line.state(caller)
        is_listened_to = caller._gather is not None

    assert told.startswith("Joining you now: the control room.")
    assert call.ended_at is None
    assert "I am with you again." in back
    assert after.ended_at is None
    assert is_listened_to


async def test_the_relay_says_what_an_operator_types_and_hands_over_warm(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, RELAY) as line:
        caller = await line.call()
        await caller.say("There is a fire in zone B")
        answer = await line.act(caller, "say", words="Close the door, Ana.")
        heard_words = await caller.stay_silent()
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "2")
        told, call = text(line.last_heard()), await line.state(caller)

    assert answer.json()["is_said_now"]
    assert "The operator says: Close the door, Ana." in text(heard_words)
    assert told.startswith("Joining you now: the control room.")
    assert call.hand_off.stage == "joined"

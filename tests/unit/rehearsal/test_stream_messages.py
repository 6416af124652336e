"""Media Streams' messages as Twilio writes them, and those that it would not take."""

import base64
import json

import pytest

from aurora.rehearsal.stream_messages import (
    Clear,
    Mark,
    Media,
    MessageRefused,
    StreamMessages,
    read_message,
)

SID = "MZ1"


def sent() -> list[dict]:
    messages = StreamMessages(SID, "AC1", "CA1")
    written = [
        messages.connected(),
        messages.start({"token": "abc"}),
        messages.media(b"\xff" * 160, 0),
        messages.media(b"\xff" * 160, 40),
        messages.dtmf("5"),
        messages.mark("line1"),
        messages.stop(),
    ]
    return [json.loads(text) for text in written]


def test_the_first_message_has_neither_stream_nor_number() -> None:
    assert sent()[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}


def test_everything_after_it_has_both_and_numbers_are_strings() -> None:
    numbered = sent()[1:]
    assert [message["sequenceNumber"] for message in numbered] == list("123456")
    assert {message["streamSid"] for message in numbered} == {SID}


def test_start_says_whose_stream_it_is_and_what_twiml_gave_along() -> None:
    start = sent()[1]["start"]
    assert (start["callSid"], start["accountSid"], start["streamSid"]) == ("CA1", "AC1", SID)
    assert start["customParameters"] == {"token": "abc"}
    assert start["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


def test_media_counts_frames_and_tells_the_streams_own_time() -> None:
    media = [message["media"] for message in sent()[2:4]]
    assert [(m["chunk"], m["timestamp"], m["track"]) for m in media] == [
        ("1", "0", "inbound"),
        ("2", "40", "inbound"),
    ]
    assert base64.b64decode(media[0]["payload"]) == b"\xff" * 160


def test_a_key_comes_on_a_track_of_its_own_name() -> None:
    assert sent()[4]["dtmf"] == {"track": "inbound_track", "digit": "5"}


def test_stop_names_account_and_call() -> None:
    assert sent()[-1]["stop"] == {"accountSid": "AC1", "callSid": "CA1"}


def line(**fields: object) -> str:
    return json.dumps({"streamSid": SID, **fields})


def test_the_lines_messages_are_read() -> None:
    payload = base64.b64encode(b"\x01\x02\x03").decode()
    assert read_message(line(event="media", media={"payload": payload}), SID) == Media(b"\1\2\3")
    assert read_message(line(event="mark", mark={"name": "m"}), SID) == Mark("m")
    assert read_message(line(event="clear"), SID) == Clear()


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[]",
        line(event="stop"),
        line(event="media"),
        line(event="media", media={"payload": ""}),
        line(event="media", media={"payload": "===="}),
        line(event="media", media={"payload": base64.b64encode(b"RIFF....WAVE").decode()}),
        line(event="mark", mark={}),
        line(event="mark", mark={"name": "n" * 300}),
        json.dumps({"event": "clear"}),
        json.dumps({"event": "clear", "streamSid": "another"}),
    ],
)
def test_what_twilio_would_not_take_is_refused(text: str) -> None:
    with pytest.raises(MessageRefused):
        read_message(text, SID)

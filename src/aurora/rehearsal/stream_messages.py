"""The messages of Twilio Media Streams: those it sends, numbered, and those it takes, checked."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from aurora.speech.codec import LINE_HZ

MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": LINE_HZ, "channels": 1}
MAX_NAME_CHARS = 256


class MessageRefused(ValueError):
    """Twilio would not understand this message of the line; the text says why."""


@dataclass(frozen=True, slots=True)
class Media:
    """Sound to be played after everything sent before; mu-law of any length."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Forget what was not played yet."""


FromLine = Media | Mark | Clear


class StreamMessages:
    """What one stream sends. Numbers within a message are strings, as Twilio has them."""

    def __init__(self, stream_sid: str, account_sid: str, call_sid: str) -> None:
        self.stream_sid = stream_sid
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._sequence = 0
        self._chunk = 0

    @staticmethod
    def connected() -> str:
        """The first message: without stream and number."""
        return _json({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        start = {
            "accountSid": self._account_sid,
            "streamSid": self.stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": MEDIA_FORMAT,
            "customParameters": dict(parameters),
        }
        return self._numbered("start", {"start": start})

    def media(self, frame: bytes, at_ms: int) -> str:
        """at_ms: where the frame lies in the stream; a lost frame leaves a gap there."""
        self._chunk += 1
        media = {
            "track": "inbound",
            "chunk": str(self._chunk),
            "timestamp": str(at_ms),
            "payload": base64.b64encode(frame).decode(),
        }
        return self._numbered("media", {"media": media})

    def dtmf(self, digit: str) -> str:
        return self._numbered("dtmf", {"dtmf": {"track": "inbound_track", "digit": digit}})

    def mark(self, name: str) -> str:
        return self._numbered("mark", {"mark": {"name": name}})

    def stop(self) -> str:
        stop = {"accountSid": self._account_sid, "callSid": self._call_sid}
        return self._numbered("stop", {"stop": stop})

    def _numbered(self, event: str, body: Mapping[str, Any]) -> str:
        self._sequence += 1
        head = {"event": event, "sequenceNumber": str(self._sequence)}
        return _json({**head, **body, "streamSid": self.stream_sid})


def read_message(text: str | bytes, stream_sid: str) -> FromLine:
    """Return a message of the line; raises MessageRefused for one Twilio would not take."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MessageRefused("not JSON") from error
    if not isinstance(message, dict):
        raise MessageRefused("not a JSON object")
    event = message.get("event")
    if message.get("streamSid") != stream_sid:
        raise MessageRefused(f"{event!r} names another stream: {message.get('streamSid')!r}")
    match event:
        case "media":
            return Media(_payload(message.get("media")))
        case "mark":
            return Mark(_name(message.get("mark")))
        case "clear":
            return Clear()
    raise MessageRefused(f"event {event!r} is none that Twilio takes")


def _payload(media: Any) -> bytes:
    payload = media.get("payload") if isinstance(media, dict) else None
    if not isinstance(payload, str) or not payload:
        raise MessageRefused("media without a payload")
    try:
        sound = base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise MessageRefused("media whose payload is not base64") from error
    if sound[:4] == b"RIFF":
        raise MessageRefused("media with a WAV header in it: the caller would hear a click")
    return sound


def _name(mark: Any) -> str:
    name = mark.get("name") if isinstance(mark, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARS:
        raise MessageRefused("mark without a name")
    return name


def _json(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()

"""Twilio Media Streams' messages, read with doubt and written as Twilio takes them."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from aurora.lines.twilio_messages import Key, key_in, parameters_in, read_object, text_in

MOST_PAYLOAD = 8_000
"""Bytes of sound in a message: a second. Twilio sends 160."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream's first message that says whose it is."""

    stream_sid: str
    call_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sound:
    """Mu-law from the caller."""

    mulaw: bytes
    at_ms: int | None
    """Of its first sample since the stream began, where Twilio says so."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Everything sent before this mark was played, or cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The caller hung up."""


Incoming = Started | Sound | Key | Echo | Stopped


def read(text: str | bytes) -> Incoming | None:
    """Return a message; None for one that is unknown or makes no sense."""
    message = read_object(text)
    event = message.get("event")
    body = message.get(event) if isinstance(event, str) else None
    body = body if isinstance(body, dict) else {}
    match event:
        case "media":
            return _sound(body)
        case "start":
            return _started(body, message)
        case "dtmf":
            return key_in(body)
        case "mark":
            name = text_in(body, "name")
            return None if name is None else Echo(name)
        case "stop":
            return Stopped()
    return None


def _sound(body: dict[str, Any]) -> Sound | None:
    payload = body.get("payload")
    if body.get("track", "inbound") != "inbound" or not isinstance(payload, str):
        return None
    try:
        mulaw = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not 0 < len(mulaw) <= MOST_PAYLOAD:
        return None
    at = body.get("timestamp")
    is_number = isinstance(at, int) or (isinstance(at, str) and at.isdecimal() and len(at) < 16)
    return Sound(mulaw, int(at) if at is not None and is_number else None)


def _started(body: dict[str, Any], message: dict[str, Any]) -> Started | None:
    stream_sid = body.get("streamSid") or message.get("streamSid")
    call_sid = body.get("callSid")
    if not (isinstance(stream_sid, str) and isinstance(call_sid, str) and stream_sid and call_sid):
        return None
    return Started(stream_sid, call_sid, parameters_in(body))


def media(stream_sid: str, mulaw: bytes) -> str:
    """Return the message that plays sound."""
    payload = base64.b64encode(mulaw).decode()
    return _written("media", stream_sid, media={"payload": payload})


def mark(stream_sid: str, name: str) -> str:
    """Return the message whose name comes back once everything before it was played."""
    return _written("mark", stream_sid, mark={"name": name})


def clear(stream_sid: str) -> str:
    """Return the message that drops what was sent and not played."""
    return _written("clear", stream_sid)


def _written(event: str, stream_sid: str, **body: Any) -> str:
    return orjson.dumps({"event": event, "streamSid": stream_sid, **body}).decode()

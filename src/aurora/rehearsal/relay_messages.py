"""The messages of Twilio ConversationRelay: those it sends, and those it takes, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from aurora.rehearsal.stream_messages import MessageRefused


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be spoken behind what was sent before; `last` closes the talk cycle."""

    token: str
    last: bool = False
    lang: str | None = None
    interruptible: bool | None = None
    preemptible: bool = False
    """Whether a later message may cut this one off."""


@dataclass(frozen=True, slots=True)
class Play:
    source: str


@dataclass(frozen=True, slots=True)
class SendDigits:
    digits: str


@dataclass(frozen=True, slots=True)
class Language:
    """From now on spoken, and listened to, in these."""

    tts: str | None
    transcription: str | None


@dataclass(frozen=True, slots=True)
class End:
    handoff_data: str | None


FromLine = Text | Play | SendDigits | Language | End


def setup(**fields: Any) -> str:
    """The first message: sessionId, callSid, from, to, customParameters and the rest."""
    return _json({"type": "setup", **fields})


def prompt(words: str, locale: str, *, last: bool) -> str:
    return _json({"type": "prompt", "voicePrompt": words, "lang": locale, "last": last})


def dtmf(digit: str) -> str:
    return _json({"type": "dtmf", "digit": digit})


def interrupt(heard: str, after_ms: int) -> str:
    return _json(
        {
            "type": "interrupt",
            "utteranceUntilInterrupt": heard,
            "durationUntilInterruptMs": after_ms,
        }
    )


def info(name: str, value: str) -> str:
    return _json({"type": "info", "name": name, "value": value})


def error(refused: MessageRefused, message: str) -> str:
    why = f"Invalid message received, code: 64107, {refused}: {message[:200]}"
    return _json({"type": "error", "description": why})


def read_message(text: str) -> FromLine:
    """Return a message of the line; raises MessageRefused for one Twilio would not take."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise MessageRefused("not JSON") from problem
    if not isinstance(message, dict):
        raise MessageRefused("not a JSON object")
    match message.get("type"):
        case "text":
            return Text(
                _field(message, "token", str),
                last=_optional(message, "last", bool) or False,
                lang=_optional(message, "lang", str),
                interruptible=_optional(message, "interruptible", bool),
                preemptible=_optional(message, "preemptible", bool) or False,
            )
        case "play":
            return Play(_field(message, "source", str))
        case "sendDigits":
            return SendDigits(_digits(message))
        case "language":
            tts = _optional(message, "ttsLanguage", str)
            transcription = _optional(message, "transcriptionLanguage", str)
            if not (tts or transcription):
                raise MessageRefused("language without a language")
            return Language(tts, transcription)
        case "end":
            return End(_optional(message, "handoffData", str))
    raise MessageRefused(f"type {message.get('type')!r} is none that Twilio takes")


def _digits(message: Mapping[str, Any]) -> str:
    digits: str = _field(message, "digits", str)
    if not digits or set(digits) - set("0123456789w#*"):
        raise MessageRefused(f"sendDigits {digits!r}")
    return digits


def _field(message: Mapping[str, Any], name: str, kind: type) -> Any:
    value = message.get(name)
    if not isinstance(value, kind):
        raise MessageRefused(f"{message.get('type')} without a {name} that is {kind.__name__}")
    return value


def _optional(message: Mapping[str, Any], name: str, kind: type) -> Any:
    return None if message.get(name) is None else _field(message, name, kind)


def _json(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()

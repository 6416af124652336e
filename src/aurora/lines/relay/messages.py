"""Twilio ConversationRelay's messages, read with doubt and written as Twilio takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from aurora.lines.twilio_messages import Key, key_in, parameters_in, read_object, text_in


@dataclass(frozen=True, slots=True)
class Setup:
    """The session's first message."""

    call_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the caller says: the whole turn so far, every time."""

    words: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The caller spoke over the voice; everything behind these words was dropped."""

    heard: str
    after_ms: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Twilio could not do what it was asked to."""

    description: str


@dataclass(frozen=True, slots=True)
class Played:
    """These words have been spoken."""

    words: str


@dataclass(frozen=True, slots=True)
class Speaking:
    """The caller, or the voice, begins or ends."""

    is_caller: bool
    is_on: bool


Incoming = Setup | Prompt | Key | Interrupted | Fault | Played | Speaking


def read(text: str | bytes) -> Incoming | None:
    """Return a message; None for one that is unknown or makes no sense."""
    message = read_object(text)
    match message.get("type"):
        case "prompt":
            words = text_in(message, "voicePrompt")
            # Without partial prompts every prompt is a whole turn, and may not say so.
            return None if words is None else Prompt(words, message.get("last") is not False)
        case "dtmf":
            return key_in(message)
        case "interrupt":
            return _interrupted(message)
        case "info":
            return _info(message)
        case "setup":
            return _setup(message)
        case "error":
            return Fault(text_in(message, "description") or "")
    return None


def _setup(message: dict[str, Any]) -> Setup | None:
    sid = text_in(message, "callSid")
    return Setup(sid, parameters_in(message)) if sid else None


def _interrupted(message: dict[str, Any]) -> Interrupted:
    after_ms = message.get("durationUntilInterruptMs")
    heard = text_in(message, "utteranceUntilInterrupt") or ""
    return Interrupted(heard, after_ms if isinstance(after_ms, int) else None)


def _info(message: dict[str, Any]) -> Played | Speaking | None:
    value = text_in(message, "value")
    match message.get("name"):
        case "tokensPlayed" if value:
            return Played(value)
        case "clientSpeaking" | "agentSpeaking" as name if value in ("on", "off"):
            return Speaking(is_caller=name == "clientSpeaking", is_on=value == "on")
    return None


def text(
    token: str,
    *,
    last: bool,
    locale: str | None = None,
    is_interruptible: bool = True,
    is_preemptible: bool = False,
) -> str:
    """Return the message that has words spoken behind what was sent before.

    is_preemptible: whether the next words may cut these off.
    """
    message: dict[str, Any] = {"type": "text", "token": token, "last": last}
    if locale:
        message["lang"] = locale
    if not is_interruptible:
        message["interruptible"] = False
    if is_preemptible:
        message["preemptible"] = True
    return _written(message)


def language(locale: str) -> str:
    """Return the message that has the caller listened to, and spoken to, in a language."""
    return _written({"type": "language", "ttsLanguage": locale, "transcriptionLanguage": locale})


def end(handoff: Mapping[str, str]) -> str:
    """Return the message that ends the session, not the call; the data goes to Connect's action."""
    return _written({"type": "end", "handoffData": orjson.dumps(handoff).decode()})


def _written(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()

"""What Twilio's messages over a WebSocket have in common, read with doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the caller pressed."""

    digit: str


def read_object(text: str | bytes) -> dict[str, Any]:
    """Return a message's fields; none of one that makes no sense."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return message if isinstance(message, dict) else {}


def text_in(message: Mapping[str, Any], name: str) -> str | None:
    value = message.get(name)
    return value if isinstance(value, str) else None


def key_in(message: Mapping[str, Any]) -> Key | None:
    """Return the one key of a message's `digit`."""
    digit = text_in(message, "digit")
    return Key(digit) if digit is not None and len(digit) == 1 else None


def parameters_in(message: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that our TwiML gave along."""
    given = message.get("customParameters")
    known = given if isinstance(given, dict) else {}
    return {str(name): value for name, value in known.items() if isinstance(value, str)}

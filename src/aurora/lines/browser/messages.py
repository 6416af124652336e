"""What a calling page may say, checked; and what it is told, in words of the call's language."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from aurora.conversation.call import Call
from aurora.guidance.spoken import Spoken
from aurora.site.model import Language, Site, spoken

MAX_WORDS_CHARS = 1_000
HAND_OFFS = frozenset({"control_room_is", "hand_off"})
"""Phrases after which the page holds the control room's number out."""

CallName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,64}$")]
"""Chosen by the page, and known to it alone: who has it is on that call."""
Key = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Of what the page sends again until it is told that it is kept."""
Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS_CHARS)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


class Hello(_Message):
    """The first message of every connection; the same call again when a connection was lost."""

    type: Literal["hello"]
    call: CallName
    code: str | None = Field(None, max_length=200)
    language: Language | None = None


class LanguageChosen(_Message):
    type: Literal["language"]
    language: Language


class TypedWords(_Message):
    type: Literal["words"]
    words: Words
    id: Id | None = None


class KeyPressed(_Message):
    type: Literal["key"]
    key: Key
    id: Id | None = None


class MarkHeard(_Message):
    """The loudspeaker has played everything up to this mark."""

    type: Literal["mark"]
    name: str = Field(max_length=200)


class Muted(_Message):
    type: Literal["mute"]
    is_muted: bool


class Ended(_Message):
    """The caller ends the call, which a lost connection does not."""

    type: Literal["end"]


Control = LanguageChosen | TypedWords | KeyPressed | MarkHeard | Muted | Ended

CONTROL: TypeAdapter[Control] = TypeAdapter(Annotated[Control, Field(discriminator="type")])


class Typed(_Message):
    """Words or a key over HTTP, for a page whose socket is gone."""

    call: CallName
    language: Language | None = None
    words: Words | None = None
    key: Key | None = None
    id: Id | None = None


def situation_of(call: Call, site: Site, standing: Sequence[str] = ()) -> dict[str, Any]:
    """Return what is known of a call, its names as spoken in its language.

    standing: what a caller who asks is told of those alerted, as sentences.
    """
    zone = site.zone(call.place.zone_id)
    return {
        "type": "situation",
        "urgency": call.urgency.value,
        "hazard": call.hazard.value,
        "zone": spoken(zone.name, call.language) if zone else None,
        "language": call.language,
        "alerted": [
            spoken(site.roles.get(role, role), call.language) for role in call.roles_alerted
        ],
        "standing": list(standing),
    }


def request_key(call_name: str, request_id: str | None) -> str | None:
    """Return what makes a request of a page the same request, by whichever way it comes."""
    return f"{call_name}:{request_id}" if request_id is not None else None


def as_messages(
    heard_words: str | None, situation: Mapping[str, Any], spoken: Sequence[Spoken]
) -> str:
    """Return a whole turn as what a page shows of it, in order, as JSON.

    spoken: the turn's sentences, and what a connection that was lost had still to say.
    """
    messages = [heard(heard_words)] if heard_words is not None else []
    messages.append(dict(situation))
    messages += [saying(sentence, situation["language"]) for sentence in spoken]
    return orjson.dumps({"messages": messages}).decode()


def kept(key: str) -> dict[str, Any]:
    """What was sent under this key is on the record, and need not be sent again."""
    return {"type": "kept", "id": key.rpartition(":")[2]}


def partly_heard(words: str) -> dict[str, Any]:
    """The caller's words so far, which may still change."""
    return {"type": "partial", "text": words}


def heard(words: str) -> dict[str, Any]:
    """The caller's own words, whole."""
    return {"type": "heard", "text": words}


def saying(sentence: Spoken, language: str) -> dict[str, Any]:
    """A sentence that is being spoken."""
    is_hand_off = sentence.name in HAND_OFFS
    return {
        "type": "saying",
        "text": sentence.text,
        "language": language,
        "is_hand_off": is_hand_off,
    }

"""What a call leaves behind, and where it is kept: the conversation's side of the records room."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from aurora.conversation.call import Call
from aurora.triage.assessment import Assessment

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One party's words in one turn, as heard or as spoken."""

    role: Role
    content: str
    at: datetime
    """When it was heard (end of the caller's words received) or handed to the line to speak."""
    urgency: str
    """The call's urgency after these words."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """JSON-safe. Heard: the assessment. Spoken: sources, refusals, model fault, stage times."""


HANDBOOK_READ = "(A passage of the handbook was read out.)"


def as_told(content: str, sources: Sequence[str]) -> str:
    """Return Aurora's words as a model may see them: a document's are never put in a prompt."""
    names = (source.rpartition(":")[2] for source in sources)
    is_quoted = any(source.startswith("handbook.") for source in sources)
    is_quoted = is_quoted or any(name.startswith("handbook_") for name in names)
    return HANDBOOK_READ if is_quoted else content


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a call besides words: an alert, a rise in urgency, an end."""

    kind: str
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to a request, kept so that a repeat of it gets the same answer."""

    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One atomic addition to the record: state, words, events and answer together, or nothing."""

    call: Call
    messages: Sequence[Message] = ()
    events: Sequence[Event] = ()
    answer: StoredAnswer | None = None


class Records(Protocol):
    """Durable memory of calls. Every method raises RecordsError when it cannot be done."""

    async def append(self, entry: Entry) -> StoredAnswer | None:
        """Keep an entry; return once it would survive a power cut.

        The call is snapshotted before the first await. Message numbers (1, 2, ... per call) are
        given here in order. If `entry.answer.key` was stored before, nothing is written and the
        answer of that time is returned; otherwise None.
        """

    async def note(self, call: Call, events: Sequence[Event]) -> None:
        """Add what happened beside a call's turns; it leaves the call and its revision as they are.

        So it is never stale, and may be written while a turn of the call is. Nobody finds the call
        by it. The call itself must be on the record.
        """

    async def answer_to(self, key: str) -> str | None:
        """Return the body answered under this key, or None."""

    async def find(self, call_id: str) -> Call | None:
        """Return a call by its id, its provider id or another name of it, or None."""

    async def name_call(self, call_id: str, name: str) -> None:
        """Let a call be found by one more name, such as the id of a call-back."""

    async def find_open(self, *, line: str, from_number: str) -> Call | None:
        """Return the newest unended call of this number on this line, or None."""

    async def open_calls(self) -> list[Call]:
        """Return every call that has not ended, oldest first."""

    async def messages(self, call_id: str) -> list[Message]:
        """Return a call's messages in order; empty for an unknown call."""

    async def events(self, call_id: str) -> list[Event]:
        """Return a call's events in order; empty for an unknown call."""


def as_rated(assessment: Assessment) -> dict[str, object]:
    """Return how a caller's words were rated, as their message keeps it."""
    place = assessment.place
    return {
        "urgency": assessment.urgency.value,
        "hazard": assessment.hazard.value,
        "procedure": assessment.procedure,
        "intent": assessment.intent.value,
        "language": assessment.language,
        "confidence": round(assessment.confidence, 3),
        "facts": dict(assessment.facts),
        "place": asdict(place) if place else None,
        "reasons": list(assessment.reasons),
    }

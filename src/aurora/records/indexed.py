"""What of an entry calls are found and counted by; pure, and it never fails for odd words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from aurora.conversation.call import Call
from aurora.conversation.notes import SPOKEN_OVER
from aurora.conversation.record import Entry, Event
from aurora.conversation.timing import TIMED
from aurora.escalation.incident import Answer
from aurora.records.findings import findings_of
from aurora.records.search_words import words_of

Row = dict[str, Any]

MOST_WORDS = 16_000
"""Of one call; later ones are on the record but not found. PostgreSQL holds a megabyte."""
_WORDLESS = {TIMED, SPOKEN_OVER}
"""Written beside the turns; what was spoken over is found by the turn that said it."""


class AnswerState(StrEnum):
    """Whether anybody answered for a call."""

    NOT_ASKED = "not_asked"
    """No alert was asked for."""
    WAITING = "waiting"
    """Nobody accepted."""
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Indexed:
    """An entry's part of the index."""

    row: Row
    """Of `call_index`, as the call stands after the entry; without what adds up."""
    names: list[str]
    """Words of the caller's names and numbers: for a call's first entry."""
    words: list[str]
    findings: list[Row]
    alerted_after_s: float | None
    accepted_after_s: float | None


def indexed(entry: Entry) -> Indexed:
    call = entry.call
    return Indexed(
        row={
            "call_id": call.id,
            "started_s": int(call.started_at.timestamp()),
            "urgency": call.urgency.value,
            "hazard": call.hazard.value,
            "zone_id": call.place.zone_id,
            "line": call.line,
            "language": call.language,
            "is_drill": int(call.is_drill),
            "answer": (AnswerState.WAITING if call.roles_alerted else AnswerState.NOT_ASKED).value,
        },
        names=_names(call),
        words=[
            word
            for text in (*(message.content for message in entry.messages), *_said_in(entry.events))
            for word in words_of(text)
        ],
        findings=list(findings_of(entry)),
        alerted_after_s=_after_s(call, entry.events, _is_sent),
        accepted_after_s=_after_s(call, entry.events, _is_acceptance),
    )


def _names(call: Call) -> list[str]:
    names = (call.worker_name, call.from_number, call.worker_id, call.id, call.provider_id)
    return [word for name in names if name for word in words_of(name)]


def _said_in(events: Sequence[Event]) -> Iterator[str]:
    """Notes, reasons, names, summaries: every text that an event holds."""
    for event in events:
        if event.kind not in _WORDLESS:
            yield from _texts(event.details)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _after_s(call: Call, events: Sequence[Event], is_it: Any) -> float | None:
    at: datetime | None = min((event.at for event in events if is_it(event)), default=None)
    return None if at is None else max(0.0, (at - call.started_at).total_seconds())


def _is_sent(event: Event) -> bool:
    return event.kind == "alerted" and bool(event.details.get("sent"))


def _is_acceptance(event: Event) -> bool:
    return event.kind == "alert_answered" and event.details.get("answer") == Answer.ACCEPT

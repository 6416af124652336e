"""Turn an entry into table rows and rows back into calls, messages and events; no database here."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from aurora.conversation.call import Call
from aurora.conversation.record import Entry, Event, Message, StoredAnswer
from aurora.errors import RecordsError, StaleCall
from aurora.records.indexed import Indexed, indexed

Row = dict[str, Any]

_CALL = TypeAdapter(Call)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry as rows, its call snapshotted; message and event numbers are given when written."""

    call_id: str
    revision: int
    """Of the call as its owner knew it; stored as this plus one."""
    call: Row
    messages: tuple[Row, ...]
    events: tuple[Row, ...]
    answer: Row | None
    """What was answered; for an entry without an answer an empty one, so that it has a key too."""
    index: Indexed


@dataclass(frozen=True, slots=True)
class PreparedNote:
    """What happened beside a call's turns, as rows; fields as of Prepared."""

    call_id: str
    events: tuple[Row, ...]
    answer: Row


def prepare(entry: Entry) -> Prepared:
    """Return the rows of an entry; RecordsError when something in it cannot be stored."""
    call_id = scrubbed(entry.call.id)
    try:
        messages = tuple(_message_row(call_id, message) for message in entry.messages)
        events = tuple(_event_row(call_id, event) for event in entry.events)
        added = messages + events
        answer = entry.answer or (_nothing_answered(entry.call, added) if added else None)
        return Prepared(
            call_id=call_id,
            revision=entry.call.revision,
            call=_call_row(entry.call),
            messages=messages,
            events=events,
            answer=_answer_row(entry.call, answer) if answer else None,
            index=_index(entry),
        )
    except (TypeError, ValueError, PydanticSerializationError) as error:
        raise RecordsError(f"call {call_id}: an entry cannot be stored: {error}") from error


def prepare_note(call: Call, events: Sequence[Event]) -> PreparedNote:
    """Return the rows of what happened beside a call's turns; RecordsError as for an entry."""
    call_id = scrubbed(call.id)
    try:
        rows = tuple(_event_row(call_id, event) for event in events)
        return PreparedNote(call_id, rows, _answer_row(call, _nothing_answered(call, rows)))
    except (TypeError, ValueError) as error:
        raise RecordsError(f"call {call_id}: a note cannot be stored: {error}") from error


def unknown(call_id: str) -> RecordsError:
    """The error for a note on a call of which there is no record yet."""
    return RecordsError(f"call {call_id} is not on the record: nothing can be added to it")


def stale(call_id: str, revision: int) -> StaleCall:
    """The error for an entry built on an older state of its call than the stored one."""
    return StaleCall(
        f"call {call_id} was changed elsewhere after revision {revision}: load it again"
    )


def call_from(snapshot: str | bytes, revision: int) -> Call:
    """Return the call a snapshot was taken of."""
    try:
        call = _CALL.validate_json(snapshot)
    except ValidationError as error:
        raise RecordsError(f"a stored call cannot be read: {error}") from error
    call.revision = revision
    return call


def snapshot_of(call: Call) -> str:
    """Return a call as JSON, with the revision it will have once stored."""
    try:
        text = _CALL.dump_json(call).decode()
    except (PydanticSerializationError, UnicodeError):
        text = orjson.dumps(_plain(_CALL.dump_python(call))).decode()
    return scrubbed(text)


def message_from(row: Mapping[str, Any]) -> Message:
    return Message(
        role=row["role"],
        content=row["content"],
        at=row["at"],
        urgency=row["urgency"],
        details=orjson.loads(row["details"]),
    )


def event_from(row: Mapping[str, Any]) -> Event:
    return Event(kind=row["kind"], at=row["at"], details=orjson.loads(row["details"]))


def scrubbed(text: str) -> str:
    """Replace what PostgreSQL or UTF-8 cannot hold (NUL, lone surrogates) with a visible mark."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def cause_of(error: Exception) -> str:
    """Return what a database said, without the statement and its personal data."""
    if isinstance(error, TimeoutError):
        return "the database did not answer in time"
    cause = getattr(error, "orig", None) or error
    return str(cause) or type(cause).__name__


def _call_row(call: Call) -> Row:
    return {
        "id": scrubbed(call.id),
        "provider_id": _scrubbed_or_none(call.provider_id),
        "line": call.line,
        "from_number": _scrubbed_or_none(call.from_number),
        "worker_id": scrubbed(call.worker_id),
        "urgency": call.urgency.value,
        "hazard": call.hazard.value,
        "zone_id": _scrubbed_or_none(call.place.zone_id),
        "status": call.status.value,
        "started_at": _utc(call.started_at),
        "last_message_at": _utc_or_none(call.last_message_at),
        "ended_at": _utc_or_none(call.ended_at),
        "end_reason": call.end_reason.value if call.end_reason else None,
        "revision": call.revision + 1,
        "snapshot": snapshot_of(call),
    }


def _index(entry: Entry) -> Indexed:
    index = indexed(entry)
    return replace(
        index,
        row={name: _scrubbed_value(value) for name, value in index.row.items()},
        findings=[
            {name: _scrubbed_value(value) for name, value in row.items()} for row in index.findings
        ],
    )


def _message_row(call_id: str, message: Message) -> Row:
    return {
        "call_id": call_id,
        "role": message.role,
        "content": scrubbed(message.content),
        "at": _utc(message.at),
        "urgency": str(message.urgency),
        "total_ms": _total_ms(message.details),
        "details": _json(message.details),
    }


def _event_row(call_id: str, event: Event) -> Row:
    return {
        "call_id": call_id,
        "kind": scrubbed(event.kind),
        "at": _utc(event.at),
        "details": _json(event.details),
    }


def _answer_row(call: Call, answer: StoredAnswer) -> Row:
    return {
        "key": scrubbed(answer.key),
        "call_id": scrubbed(call.id),
        "body": scrubbed(answer.body),
        "at": _utc(call.last_message_at or call.started_at),
    }


def _nothing_answered(call: Call, added: Sequence[Row]) -> StoredAnswer:
    """Return an empty answer whose key is what is added, with its times to the microsecond.

    A write can be given up and succeed; tried again, the store has to know it.
    """
    # The call's own id may change when two machines took it in; these rows hold it.
    said = repr(
        [{name: value for name, value in row.items() if name != "call_id"} for row in added]
    )
    whose = call.provider_id or call.id
    digest = hashlib.sha256(f"{whose}\x1f{said}".encode("utf-8", "replace")).hexdigest()[:32]
    return StoredAnswer(f"entry:{digest}", "")


def _total_ms(details: Mapping[str, Any]) -> float | None:
    """Return how long the whole turn took: `total_ms`, or `total` among the stage times `ms`."""
    stages = details.get("ms")
    total = details.get("total_ms", stages.get("total") if isinstance(stages, Mapping) else None)
    return float(total) if isinstance(total, int | float) else None


def _json(details: Mapping[str, Any]) -> str:
    try:
        return orjson.dumps(details, default=_mapping).decode()
    except TypeError:
        return orjson.dumps(_plain(details)).decode()


def _mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _plain(value: object) -> object:
    """Return JSON-like data with every text scrubbed."""
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, Mapping):
        return {scrubbed(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _scrubbed_value(value: Any) -> Any:
    return scrubbed(value) if isinstance(value, str) else value


def _scrubbed_or_none(text: str | None) -> str | None:
    return None if text is None else scrubbed(text)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"the time {at} has no zone")
    return at.astimezone(UTC)


def _utc_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else _utc(at)

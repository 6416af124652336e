"""One call's whole record as a document that can be checked: what it holds, its hash and seal.

Two hashes: `record_sha256` of what was recorded, the same whenever it is exported, and `sha256` of
the whole file, with who made it and from what. Both are SHA-256 of JSON with sorted keys, no spaces
and UTF-8, so that any program can recompute them.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter

from aurora.conversation.call import Call
from aurora.conversation.record import Event, Message
from aurora.errors import RecordsError
from aurora.escalation.incident import Incident
from aurora.escalation.ledger import AlertNote

FORMAT = "aurora-call-record/1"
AUDIO = {"is_kept": False, "why": "Aurora keeps the words of a call and no sound."}
MOST_BYTES = 64 * 1024 * 1024
_NOT_PROCEDURES = ("phrases.", "handbook.")
_CALL = TypeAdapter(Call)
_UNTOLD = {"revision"}
"""Raised by a store; says nothing of the call."""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident that a call belongs to, with every alert sent for it."""

    incident: Incident
    alerts: Sequence[AlertNote]


@dataclass(frozen=True, slots=True)
class WholeCall:
    """Everything on record about one call."""

    call: Call
    messages: Sequence[Message]
    events: Sequence[Event]
    incidents: Sequence[IncidentRecord] = ()

    @property
    def sources(self) -> list[str]:
        """What Aurora's sentences came from, each once, in the order they were first spoken."""
        spoken = (
            str(source)
            for message in self.messages
            for source in message.details.get("sources", ())
        )
        return list(dict.fromkeys(spoken))

    @property
    def procedures(self) -> list[str]:
        """References of the procedures that spoke or ran: "fire.en@1"."""
        started = [
            str(event.details.get("procedure"))
            for event in self.events
            if event.kind == "procedure_started"
        ]
        spoke = [
            source.partition(":")[0]
            for source in self.sources
            if "@" in source and not source.startswith(_NOT_PROCEDURES)
        ]
        return list(dict.fromkeys(started + spoke))


@dataclass(frozen=True, slots=True)
class Made:
    """How a record was exported."""

    at: datetime
    by: str
    software_version: str
    site: Mapping[str, Any]
    procedures: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a record file is found to be."""

    call_id: str
    sha256: str
    problems: Sequence[str]
    """Empty when not a letter was changed."""
    is_sealed_here: bool | None
    """Whether this installation made it; None without its key."""


def content_of(whole: WholeCall) -> dict[str, Any]:
    """Return what was recorded, JSON-safe; the same record gives the same content."""
    call = _CALL.dump_python(whole.call, mode="json")
    return {
        "call": {name: value for name, value in call.items() if name not in _UNTOLD},
        "messages": [
            {
                "number": number,
                "role": message.role,
                "content": message.content,
                "at": _utc(message.at),
                "urgency": message.urgency,
                "details": message.details,
            }
            for number, message in enumerate(whole.messages, 1)
        ],
        "events": [
            {
                "number": number,
                "kind": event.kind,
                "at": _utc(event.at),
                "details": event.details,
            }
            for number, event in enumerate(whole.events, 1)
        ],
        "procedures": whole.procedures,
        "sources": whole.sources,
        "incidents": [_incident(one) for one in whole.incidents],
        "audio": AUDIO,
    }


def document_of(whole: WholeCall, made: Made, key: bytes) -> dict[str, Any]:
    """Return the record as a document with its hashes, sealed with this installation's key."""
    content = content_of(whole)
    document = {
        "format": FORMAT,
        "record": content,
        "record_sha256": digest(content),
        "made": {
            "at": _utc(made.at),
            "by": made.by,
            "software": {"name": "Aurora", "version": made.software_version},
            "site": dict(made.site),
            "procedures": [dict(one) for one in made.procedures],
        },
    }
    sha256 = digest(document)
    return document | {"sha256": sha256, "seal": _seal(sha256, key)}


def check_document(file: bytes, key: bytes | None) -> Checked:
    """Recompute a record file's hashes; raises RecordsError for what is no record."""
    if len(file) > MOST_BYTES:
        raise RecordsError(f"larger than {MOST_BYTES} bytes; that is no record of a call")
    try:
        document = orjson.loads(file)
    except orjson.JSONDecodeError as error:
        raise RecordsError(f"not JSON: {error}; give the file that the console wrote") from error
    _refuse_names_twice(file)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RecordsError(f'its "format" is not {FORMAT}; give the JSON record of one call')
    body = {name: value for name, value in document.items() if name not in ("sha256", "seal")}
    record = document.get("record")
    problems = []
    try:
        record_sha256, sha256 = digest(record), digest(body)
    except orjson.JSONEncodeError as error:
        raise RecordsError(f"no record that a console wrote: {error}") from error
    if record_sha256 != document.get("record_sha256"):
        problems.append("the record was changed: record_sha256 is not its hash")
    if sha256 != document.get("sha256"):
        problems.append("the file was changed: sha256 is not its hash")
    call = record.get("call") if isinstance(record, dict) else None
    call_id = str(call.get("id")) if isinstance(call, dict) else "unknown"
    is_ours = None if key is None else _is_seal(document.get("seal"), sha256, key)
    return Checked(call_id, sha256, problems, is_ours)


def _refuse_names_twice(file: bytes) -> None:
    """Raise RecordsError where a name stands twice in one object: the hashes are of the last, and
    a reader may see the first."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                raise RecordsError(f"{name[:80]!r} stands twice in it; no console wrote that")
            found[name] = value
        return found

    try:
        json.loads(file, object_pairs_hook=once, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise RecordsError(f"no record that a console wrote: {error}") from error


def digest(value: object) -> str:
    """Return the SHA-256 of a JSON value in its one spelling."""
    return hashlib.sha256(orjson.dumps(value, _mapping, orjson.OPT_SORT_KEYS)).hexdigest()


def digest_of_model(model: BaseModel) -> str:
    """Return the SHA-256 of a procedure's or site's content, however its file is laid out."""
    return digest(model.model_dump(mode="json"))


def _seal(sha256: str, key: bytes) -> str:
    return hmac.new(key, f"{FORMAT}:{sha256}".encode(), hashlib.sha256).hexdigest()


def _is_seal(seal: object, sha256: str, key: bytes) -> bool:
    return isinstance(seal, str) and hmac.compare_digest(seal.encode(), _seal(sha256, key).encode())


def _incident(one: IncidentRecord) -> dict[str, Any]:
    incident = one.incident
    return {
        "id": incident.id,
        "code": incident.code,
        "state": incident.state.value,
        "merged_into": incident.merged_into,
        "urgency": incident.urgency.value,
        "opened_at": _utc(incident.opened_at),
        "calls": list(incident.calls),
        "responders": [
            {"contact": who.contact_id, "name": who.name, "roles": list(who.roles)}
            for who in incident.responders.values()
        ],
        "answers": [
            {
                "contact": given.contact_id,
                "answer": given.answer.value,
                "source": given.source.value,
                "at": _utc(given.at),
            }
            for given in incident.acknowledgements
        ],
        "alerts": [
            {
                "id": note.id,
                "contact": note.contact_id,
                "channel": note.channel,
                "kind": note.kind,
                "state": note.state.value,
                "progress": note.progress.value if note.progress else None,
                "detail": note.detail,
                "text": note.text,
                "at": _utc(note.at),
            }
            for note in one.alerts
        ],
    }


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")

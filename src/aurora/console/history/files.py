"""What the history is exported as: CSV that holds no formulas, and the original's JSON."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

import orjson

from aurora.conversation.record import Event
from aurora.records.history import Transcript
from aurora.records.search import ExportedCall
from aurora.records.views import call_log

_FORMULA = re.compile(r"(?:^|[;\t\r\n])\s*(?=[=+\-@＝＋－＠])")
"""Where a spreadsheet may take what follows for a cell of its own: one that splits at semicolons
knows nothing of quotes in the middle of its cells."""
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it Excel takes UTF-8 for something else."""
COLUMNS = (
    *("call_id", "started_at", "ended_at", "line", "language", "urgency", "hazard", "zone"),
    *("place_said", "caller_name", "caller_number", "worker_id", "is_drill", "exchanges"),
    *("procedure", "roles_alerted", "answer", "alerted_after_s", "accepted_after_s"),
    *("end_reason", "refused_sentences"),
)


def csv_text(rows: Iterable[Sequence[object]], *, is_first: bool = False) -> str:
    """Return rows as CSV (RFC 4180); is_first: it begins a file."""
    out = StringIO()
    csv.writer(out).writerows([cell(value) for value in row] for row in rows)
    return (_BOM if is_first else "") + out.getvalue()


def cell(value: object) -> str:
    """Return a cell that is text to every spreadsheet: a caller's words may begin with "="."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    plain = _FORMULA.sub(_as_words, str(value))
    return f"'{plain}" if plain[:1] in ("\t", "\r", "\n") else plain


def _as_words(formula: re.Match[str]) -> str:
    """Put the mark of text before what begins a formula, behind the separator before it."""
    start, whole = formula.start(), formula.group()
    return f"{whole[0]}'{whole[1:]}" if start or whole[:1] == ";" else f"'{whole}"


def csv_rows(calls: Iterable[ExportedCall]) -> Iterator[Sequence[object]]:
    """Yield a row a call, in the order of COLUMNS; times are UTC."""
    for one in calls:
        call = one.call
        yield (
            *(call.id, call.started_at.isoformat(timespec="seconds")),
            call.ended_at.isoformat(timespec="seconds") if call.ended_at else None,
            *(call.line, call.language, call.urgency.value, call.hazard.value),
            *(call.place.zone_id, call.place.said, call.worker_name, call.from_number),
            *(call.worker_id, call.is_drill, call.exchanges, call.guidance.procedure),
            " ".join(call.roles_alerted),
            *(one.answer.value, one.alerted_after_s, one.accepted_after_s),
            call.end_reason.value if call.end_reason else None,
            call.refusals,
        )


def json_logs(
    transcripts: Sequence[Transcript],
    events: Mapping[str, Sequence[Event]],
    time_zone: str,
    *,
    is_first: bool,
) -> bytes:
    """Return calls in the original's shape, as a part of one JSON array."""
    logs: list[Any] = [
        call_log(item.call, item.messages, events[item.call.id], time_zone) for item in transcripts
    ]
    written = b",\n".join(orjson.dumps(log) for log in logs)
    return written if is_first or not written else b",\n" + written


def file_name(call_id: str, ending: str) -> str:
    """Return a name that is safe on every disk and in a header."""
    return f"aurora_{re.sub('[^A-Za-z0-9_-]', '_', call_id)[:100]}.{ending}"

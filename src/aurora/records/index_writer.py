"""Keep the index of calls as their record is written, in the same transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aurora.conversation.record import Entry
from aurora.records import day_figures, full_text
from aurora.records.attempts import execute_alike
from aurora.records.full_text import CallWords
from aurora.records.index_tables import call_index, findings
from aurora.records.indexed import MOST_WORDS, AnswerState, Indexed
from aurora.records.rows import Row, call_from, event_from, message_from, prepare
from aurora.records.tables import calls, events, messages

STANDING = (
    *(call_index.c.number, call_index.c.word_count),
    *(column for column in call_index.c if column.name not in ("number", "word_count", "call_id")),
)
"""The columns of a call's row that a change of it starts from."""
_NAMES = tuple(column.name for column in STANDING)
_FIXED = frozenset({"call_id", "started_s", "line"})
_CHANGE = update(call_index).where(call_index.c.number == bindparam("its_number"))
_ADD = insert(call_index).returning(call_index.c.call_id, call_index.c.number)
_FIND = insert(findings)
_FACETS = {
    **{name: name for name in ("urgency", "hazard", "line", "language", "answer")},
    "zone": "zone_id",
    "drill": "is_drill",
}
_CALLS_AT_ONCE = 500


@dataclass(slots=True)
class _Change:
    """What a batch adds to one call."""

    row: Row
    names: list[str]
    words: list[str] = field(default_factory=list)
    alerted_after_s: float | None = None
    accepted_after_s: float | None = None


@dataclass(slots=True)
class IndexChanges:
    """What a batch of entries changes in the index."""

    calls: dict[str, _Change] = field(default_factory=dict)
    findings: list[Row] = field(default_factory=list)

    def add(self, call_id: str, index: Indexed, *, messages_before: int) -> None:
        """Take an entry in; messages_before: how many the call has without it."""
        change = self.calls.setdefault(call_id, _Change({}, index.names))
        change.row = index.row | {"call_id": call_id}
        change.words += index.words
        change.alerted_after_s = _first(change.alerted_after_s, index.alerted_after_s)
        change.accepted_after_s = _first(change.accepted_after_s, index.accepted_after_s)
        for finding in index.findings:
            number = messages_before + finding["offset"] + 1
            row = {name: value for name, value in finding.items() if name != "offset"}
            self.findings.append(row | {"call_id": call_id, "message_number": number})

    def write(self, connection: Connection, known: Mapping[str, Sequence[Any]]) -> None:
        """Write it; the calls themselves are written already.

        known: the `STANDING` of those that are in the index.
        """
        new = {call_id: one for call_id, one in self.calls.items() if call_id not in known}
        old = {call_id: one for call_id, one in self.calls.items() if call_id in known}
        full_text.write(
            connection, self._add(connection, new), self._change(connection, old, known)
        )
        if self.findings:
            connection.execute(_FIND, self.findings)

    def _add(self, connection: Connection, new: Mapping[str, _Change]) -> list[CallWords]:
        if not new:
            return []
        words = {call_id: (one.names + one.words)[:MOST_WORDS] for call_id, one in new.items()}
        rows = [_row(one, {}) | {"word_count": len(words[call_id])} for call_id, one in new.items()]
        numbers = connection.execute(_ADD, rows)
        return [
            CallWords(number, words[call_id], _facets(_row(new[call_id], {})))
            for call_id, number in numbers
        ]

    def _change(
        self,
        connection: Connection,
        old: Mapping[str, _Change],
        known: Mapping[str, Sequence[Any]],
    ) -> list[CallWords]:
        extended, rows = [], []
        for call_id, one in old.items():
            before = dict(zip(_NAMES, known[call_id], strict=True))
            number, count = before.pop("number"), before.pop("word_count")
            row = _row(one, before)
            words = one.words[: max(0, MOST_WORDS - count)]
            count += len(words)
            # Of most turns only the words are news; five indexes need not be written for them.
            is_news = row != before | {"call_id": call_id}
            if not (is_news or words):
                continue
            changed = {name: row[name] for name in row if is_news and name not in _FIXED}
            rows.append(changed | {"word_count": count, "its_number": number})
            extended.append(CallWords(number, words, _facets(row)))
        execute_alike(connection, _CHANGE, rows)
        return extended


def reindex(connection: Connection) -> int:
    """Make the whole index anew from the record; return how many calls are in it."""
    full_text.drop(connection)
    for table in (findings, call_index):
        connection.execute(delete(table))
    full_text.create(connection)
    count = index_everything(connection)
    day_figures.mark(connection, day_figures.all_days(connection))
    return count


def index_everything(connection: Connection) -> int:
    """Index every call on record, in the order they began: once, in a migration."""
    ordered = connection.execute(select(calls.c.id).order_by(calls.c.started_at, calls.c.id))
    all_ids = ordered.scalars().all()
    ids = iter(all_ids)
    while some := list(islice(ids, _CALLS_AT_ONCE)):
        changes = IndexChanges()
        for entry in _entries(connection, some):
            changes.add(entry.call.id, prepare(entry).index, messages_before=0)
        changes.write(connection, {})
    return len(all_ids)


def _entries(connection: Connection, ids: Sequence[str]) -> Iterator[Entry]:
    """Whole calls as one entry each."""
    said: dict[str, list[Any]] = {call_id: [] for call_id in ids}
    happened: dict[str, list[Any]] = {call_id: [] for call_id in ids}
    for table, rows in ((messages, said), (events, happened)):
        query = select(table).where(table.c.call_id.in_(ids)).order_by(table.c.number)
        for row in connection.execute(query).mappings():
            rows[row["call_id"]].append(row)
    chosen = select(calls.c.id, calls.c.snapshot, calls.c.revision).where(calls.c.id.in_(ids))
    by_id = {row.id: row for row in connection.execute(chosen)}
    for call_id in ids:
        call = call_from(by_id[call_id].snapshot, by_id[call_id].revision)
        yield Entry(
            call,
            [message_from(row) for row in said[call_id]],
            [event_from(row) for row in happened[call_id]],
        )


def _row(change: _Change, before: Mapping[str, Any]) -> Row:
    row = dict(change.row)
    for name in ("alerted_after_s", "accepted_after_s"):
        row[name] = _first(before.get(name), getattr(change, name))
    if row["accepted_after_s"] is not None:
        row["answer"] = AnswerState.ACCEPTED.value
    return row


def _facets(row: Row) -> dict[str, str | None]:
    facets = {facet: row[name] for facet, name in _FACETS.items()}
    return {name: None if value is None else str(value) for name, value in facets.items()}


def _first(*moments_s: float | None) -> float | None:
    return min((moment for moment in moments_s if moment is not None), default=None)

"""Write a batch of prepared entries in one transaction; committing it is left to the caller."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from aurora.conversation.record import StoredAnswer
from aurora.errors import RecordsError
from aurora.records import day_figures, index_writer
from aurora.records.attempts import execute_alike
from aurora.records.index_tables import call_index
from aurora.records.index_writer import IndexChanges
from aurora.records.rows import Prepared, PreparedNote, Row, cause_of, stale, unknown
from aurora.records.tables import answers, calls, events, messages

Item = Prepared | PreparedNote
Outcome = StoredAnswer | RecordsError | None
"""What an append comes to: an earlier answer, an error of this entry alone, or written."""

_RECORDED = (
    select(
        *(calls.c.id, calls.c.revision, calls.c.message_count, calls.c.event_count),
        calls.c.ended_at,
    )
    .order_by(calls.c.id)
    # Locks in one order, so that two machines cannot wait for each other. SQLite ignores it:
    # its transaction holds the whole file.
    .with_for_update(of=calls)
)
_INDEXED = _RECORDED.add_columns(*index_writer.STANDING).outerjoin(
    call_index, call_index.c.call_id == calls.c.id
)
_RAISE = update(calls).where(calls.c.id == bindparam("call_id"))
_FIXED = frozenset({"id", "provider_id", "line", "from_number", "started_at"})
"""What a call has for good; not written again, nor `ended_at` while it has none: the disk has an
index of most."""
_BEGIN, _SAY, _HAPPEN, _ANSWER = (insert(table) for table in (calls, messages, events, answers))


class _Lookup:
    """A query for the rows of which a column has some value.

    Most batches ask for one: an IN is put together anew each time it is asked.
    """

    def __init__(self, query: Select[Any], column: Column[str]) -> None:
        self._one = query.where(column == bindparam("wanted"))
        self._some = query.where(column.in_(bindparam("wanted", expanding=True)))

    def rows(self, connection: Connection, wanted: Iterable[str]) -> Iterable[Sequence[Any]]:
        values = sorted(wanted)
        if len(values) == 1:
            return connection.execute(self._one, {"wanted": values[0]})
        return connection.execute(self._some, {"wanted": _padded(values)}) if values else ()


_RECORDED_CALLS = _Lookup(_RECORDED, calls.c.id)
_INDEXED_CALLS = _Lookup(_INDEXED, calls.c.id)
_ANSWERED = _Lookup(select(answers.c.key, answers.c.body), answers.c.key)


OF_ANOTHER = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's codes for what another transaction holds or changed: a deadlock, a lock not given in
time. It passes, and says nothing of the index."""


class IndexFault(Exception):
    """The index could not be kept up, so that nothing of the batch is written.

    Written without it, the calls are on the record and found again after `aurora record reindex`.
    """

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(cause_of(error))


@dataclass(slots=True)
class _Standing:
    """How far a call's stored record goes, and its row of the index."""

    revision: int = 0
    messages: int = 0
    events: int = 0
    ended_at: datetime | None = None
    index: tuple[Any, ...] = ()


@dataclass(slots=True)
class _Writes:
    """Rows to be written, in the order the constraints need them."""

    new_calls: dict[str, Row] = field(default_factory=dict)
    changed_calls: dict[str, Row] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    answers: dict[str, Row] = field(default_factory=dict)
    index: IndexChanges = field(default_factory=IndexChanges)


def write_batch(
    connection: Connection, items: Sequence[Item], today: int, *, is_indexed: bool = True
) -> list[Outcome]:
    """Write all entries that can be; return what each came to, in order.

    today: the day it is, as `day_figures.day_of` has it; earlier ones are to be counted anew.

    A unique key that another machine took meanwhile raises IntegrityError: the writer then
    writes each entry alone, and the loser sees the winner's row. So does a row that another machine
    holds, a DBAPIError. Raises IndexFault, unless it is not `is_indexed`.
    """
    standings = _standings(connection, items, is_indexed=is_indexed)
    answered = _answered(connection, items)
    writes = _Writes()
    outcomes = [_plan(item, standings, answered, writes) for item in items]
    _write(connection, writes)
    if is_indexed:
        with _index_at_fault():
            known = {name: one.index for name, one in standings.items() if one.index}
            writes.index.write(connection, known)
    entries = (item for item in items if isinstance(item, Prepared))
    day_figures.mark(connection, day_figures.late_days(list(entries), today))
    return outcomes


def _standings(
    connection: Connection, items: Sequence[Item], *, is_indexed: bool
) -> dict[str, _Standing]:
    ids = {item.call_id for item in items}
    if not is_indexed:
        rows = _RECORDED_CALLS.rows(connection, ids)
        return {call_id: _Standing(*counted) for call_id, *counted in rows}
    with _index_at_fault():
        rows = _INDEXED_CALLS.rows(connection, ids)
    return {
        call_id: _Standing(revision, said, happened, ended_at, () if one[0] is None else tuple(one))
        for call_id, revision, said, happened, ended_at, *one in rows
    }


def _answered(connection: Connection, items: Sequence[Item]) -> dict[str, str]:
    keys = {item.answer["key"] for item in items if item.answer}
    return {row[0]: row[1] for row in _ANSWERED.rows(connection, keys)}


def _plan(
    item: Item, standings: dict[str, _Standing], answered: dict[str, str], writes: _Writes
) -> Outcome:
    answer = item.answer
    if answer and answer["key"] in answered:
        return StoredAnswer(answer["key"], answered[answer["key"]])
    outcome = (
        _plan_entry(item, standings, writes)
        if isinstance(item, Prepared)
        else _plan_note(item, standings, writes)
    )
    if outcome is None and answer:
        answered[answer["key"]] = answer["body"]
        writes.answers[answer["key"]] = answer
    return outcome


def _plan_note(
    item: PreparedNote, standings: dict[str, _Standing], writes: _Writes
) -> RecordsError | None:
    standing = standings.get(item.call_id)
    if standing is None:
        return unknown(item.call_id)
    writes.events += _numbered(item.events, standing.events)
    standing.events += len(item.events)
    row = writes.new_calls.get(item.call_id)
    row = row or writes.changed_calls.setdefault(item.call_id, {"call_id": item.call_id})
    row["event_count"] = standing.events
    return None


def _plan_entry(
    item: Prepared, standings: dict[str, _Standing], writes: _Writes
) -> RecordsError | None:
    is_new = item.call_id not in standings
    standing = standings.get(item.call_id) or _Standing(revision=item.revision)
    if standing.revision > item.revision:
        return stale(item.call_id, item.revision)
    standings[item.call_id] = standing
    writes.index.add(item.call_id, item.index, messages_before=standing.messages)
    writes.messages += _numbered(item.messages, standing.messages)
    writes.events += _numbered(item.events, standing.events)
    standing.messages += len(item.messages)
    standing.events += len(item.events)
    standing.revision = item.revision + 1
    counts = {"message_count": standing.messages, "event_count": standing.events}
    if is_new or item.call_id in writes.new_calls:
        writes.new_calls[item.call_id] = {**item.call, **counts}
    else:
        changed = {name: value for name, value in item.call.items() if name not in _FIXED}
        if changed["ended_at"] is standing.ended_at is None:
            del changed["ended_at"]
        writes.changed_calls[item.call_id] = {**changed, **counts, "call_id": item.call_id}
    return None


def _numbered(rows: Sequence[Row], count: int) -> list[Row]:
    """Return the rows with numbers that go on from how many the call has."""
    return [{**row, "number": number} for number, row in enumerate(rows, count + 1)]


def _write(connection: Connection, writes: _Writes) -> None:
    for statement, rows in (
        (_BEGIN, _in_order(writes.new_calls)),
        (_RAISE, _in_order(writes.changed_calls)),
        (_SAY, writes.messages),
        (_HAPPEN, writes.events),
        (_ANSWER, _in_order(writes.answers)),
    ):
        execute_alike(connection, statement, rows)


@contextmanager
def _index_at_fault() -> Iterator[None]:
    """Tell what broke in the index from what broke in the record."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in OF_ANOTHER:
            raise
        raise IndexFault(error) from error


def _in_order(rows: dict[str, Row]) -> list[Row]:
    return [rows[key] for key in sorted(rows)]


def _padded(values: list[str]) -> list[str]:
    """Return the values, the last repeated up to a power of two: few statements to prepare."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))

"""Write a batch of prepared entries in one transaction; committing it is left to the caller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from aurora.conversation.record import StoredAnswer
from aurora.errors import RecordsError
from aurora.records import day_figures
from aurora.records.index_writer import IndexChanges
from aurora.records.rows import Prepared, PreparedNote, Row, cause_of, stale, unknown
from aurora.records.tables import answers, calls, events, messages

log = structlog.get_logger(__name__)

Item = Prepared | PreparedNote
Outcome = StoredAnswer | RecordsError | None
"""What an append comes to: an earlier answer, an error of this entry alone, or written."""

_STANDING = (
    select(calls.c.id, calls.c.revision, calls.c.message_count, calls.c.event_count)
    .where(calls.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(calls.c.id)
    # Locks in one order, so that two machines cannot wait for each other. SQLite ignores it:
    # its transaction holds the whole file.
    .with_for_update()
)
_ANSWERED = select(answers.c.key, answers.c.body).where(
    answers.c.key.in_(bindparam("keys", expanding=True))
)
_RAISE = update(calls).where(calls.c.id == bindparam("call_id"))
_BEGIN, _SAY, _HAPPEN, _ANSWER = (insert(table) for table in (calls, messages, events, answers))


@dataclass(slots=True)
class _Standing:
    """How far a call's stored record goes."""

    revision: int = 0
    messages: int = 0
    events: int = 0


@dataclass(slots=True)
class _Writes:
    """Rows to be written, in the order the constraints need them."""

    new_calls: dict[str, Row] = field(default_factory=dict)
    changed_calls: dict[str, Row] = field(default_factory=dict)
    noted_calls: dict[str, Row] = field(default_factory=dict)
    """Of which only the count of events changes."""
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    answers: dict[str, Row] = field(default_factory=dict)
    index: IndexChanges = field(default_factory=IndexChanges)


def write_batch(connection: Connection, items: Sequence[Item], today: int) -> list[Outcome]:
    """Write all entries that can be; return what each came to, in order.

    today: the day it is, as `day_figures.day_of` has it; earlier ones are to be counted anew.

    A unique key that another machine took meanwhile raises IntegrityError: the writer then
    writes each entry alone, and the loser sees the winner's row.
    """
    standings = _standings(connection, items)
    answered = _answered(connection, items)
    writes = _Writes()
    outcomes = [_plan(item, standings, answered, writes) for item in items]
    _write(connection, writes)
    entries = (item for item in items if isinstance(item, Prepared))
    day_figures.mark(connection, day_figures.late_days(list(entries), today))
    return outcomes


def _standings(connection: Connection, items: Sequence[Item]) -> dict[str, _Standing]:
    ids = _padded({item.call_id for item in items})
    rows = connection.execute(_STANDING, {"ids": ids})
    return {call_id: _Standing(*counts) for call_id, *counts in rows}


def _answered(connection: Connection, items: Sequence[Item]) -> dict[str, str]:
    keys = _padded({item.answer["key"] for item in items if item.answer})
    if not keys:
        return {}
    return {row.key: row.body for row in connection.execute(_ANSWERED, {"keys": keys})}


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
    # Where an entry of this batch writes the call, it writes how many events there are as well.
    row = writes.new_calls.get(item.call_id) or writes.changed_calls.get(item.call_id)
    row = row or writes.noted_calls.setdefault(item.call_id, {"call_id": item.call_id})
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
        changed = {**item.call, **counts, "call_id": item.call_id}
        del changed["id"]
        writes.changed_calls[item.call_id] = changed
        writes.noted_calls.pop(item.call_id, None)
    return None


def _numbered(rows: Sequence[Row], count: int) -> list[Row]:
    """Return the rows with numbers that go on from how many the call has."""
    return [{**row, "number": number} for number, row in enumerate(rows, count + 1)]


def _write(connection: Connection, writes: _Writes) -> None:
    for statement, rows in (
        (_BEGIN, _in_order(writes.new_calls)),
        (_RAISE, _in_order(writes.changed_calls)),
        (_RAISE, _in_order(writes.noted_calls)),
        (_SAY, writes.messages),
        (_HAPPEN, writes.events),
        (_ANSWER, _in_order(writes.answers)),
    ):
        if rows:
            connection.execute(statement, rows)
    _index(connection, writes.index)


def _index(connection: Connection, index: IndexChanges) -> None:
    """Keep the index up; words that cannot be found must not cost their being on record."""
    try:
        with connection.begin_nested():
            index.write(connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        # Found again after `aurora record reindex`.
        log.error("calls_not_indexed", calls=list(index.calls), error=cause_of(error))


def _in_order(rows: dict[str, Row]) -> list[Row]:
    return [rows[key] for key in sorted(rows)]


def _padded(values: Iterable[str]) -> list[str]:
    """Return the values, the last repeated up to a power of two: few statements to prepare."""
    padded = sorted(values)
    if padded:
        padded += padded[-1:] * ((1 << (len(padded) - 1).bit_length()) - len(padded))
    return padded

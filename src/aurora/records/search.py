"""Find calls by words and filters, a page at a time, newest first; what is shown is the console's.

Pages are turned by a call's number, never by counting rows over: the last page of a hundred
thousand calls takes as long as the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select, table, text

from aurora.conversation.call import Call
from aurora.conversation.record import Message
from aurora.records import full_text
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.index_tables import call_index
from aurora.records.indexed import AnswerState
from aurora.records.rows import call_from, message_from
from aurora.records.search_words import Wanted
from aurora.records.tables import calls, messages

WITHIN_S = 5.0
UNREADABLE = "the history cannot be read"
COUNTED = 1_000
"""More are "more than": counting them all takes longer than finding them."""
_MOST_MESSAGES = 60
"""Of a call, looked through for what to show of it in a list."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What calls have to be like; None leaves it open."""

    wanted: Sequence[Wanted] = ()
    since: datetime | None = None
    """Began then or later."""
    until: datetime | None = None
    """Began before then."""
    urgency: str | None = None
    hazard: str | None = None
    zone: str | None = None
    language: str | None = None
    line: str | None = None
    is_drill: bool | None = None
    answer: AnswerState | None = None

    @property
    def facets(self) -> dict[str, str]:
        """The filters that a call has words for in the index, by facet."""
        chosen = {
            "urgency": self.urgency,
            "hazard": self.hazard,
            "zone": self.zone,
            "language": self.language,
            "line": self.line,
            "drill": None if self.is_drill is None else str(int(self.is_drill)),
            "answer": self.answer,
        }
        return {name: value for name, value in chosen.items() if value is not None}


@dataclass(frozen=True, slots=True)
class FoundCall:
    number: int
    call: Call
    answer: AnswerState
    messages: Sequence[Message]
    """The first of them, for an excerpt."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Calls in the order they came, newest first."""

    calls: Sequence[FoundCall] = ()
    has_older: bool = False
    has_newer: bool = False


@dataclass(frozen=True, slots=True)
class ExportedCall:
    """A call as it stands, with what only the index knows."""

    number: int
    call: Call
    answer: AnswerState
    alerted_after_s: float | None
    accepted_after_s: float | None


_COLUMNS = {
    "urgency": call_index.c.urgency,
    "hazard": call_index.c.hazard,
    "zone": call_index.c.zone_id,
    "language": call_index.c.language,
    "line": call_index.c.line,
    "answer": call_index.c.answer,
}
_INDEXED = (
    call_index.c.number,
    call_index.c.answer,
    call_index.c.alerted_after_s,
    call_index.c.accepted_after_s,
)


class CallSearch:
    """The history of calls in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        filters: Filters,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
    ) -> FoundPage:
        """Return the newest calls older than the number `before`, or the next newer than `after`.

        Raises RecordsError.
        """
        reading = self._database.read(
            partial(_page, filters=filters, limit=limit, before=before, after=after)
        )
        return await attempted(reading, WITHIN_S, UNREADABLE)

    async def count(self, filters: Filters) -> int:
        """Return how many there are, up to COUNTED + 1; raises RecordsError."""
        return await attempted(
            self._database.read(partial(_count, filters=filters)), WITHIN_S, UNREADABLE
        )

    async def export(self, filters: Filters, *, limit: int, after: int) -> list[ExportedCall]:
        """Return calls newer than the number, oldest first; raises RecordsError."""
        reading = self._database.read(partial(_exported, filters=filters, limit=limit, after=after))
        return await attempted(reading, WITHIN_S, UNREADABLE)


def _page(
    connection: Connection, filters: Filters, limit: int, before: int | None, after: int | None
) -> FoundPage:
    is_oldest_first = after is not None
    found = _numbers(connection, filters, limit + 1, before, after, is_oldest_first=is_oldest_first)
    has_more, found = len(found) > limit, found[:limit]
    if is_oldest_first:
        found.reverse()
        return FoundPage(_whole(connection, found), has_older=True, has_newer=has_more)
    return FoundPage(_whole(connection, found), has_older=has_more, has_newer=before is not None)


def _numbers(
    connection: Connection,
    filters: Filters,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    *,
    is_oldest_first: bool = False,
) -> list[tuple[int, str]]:
    query, number = _found(connection, filters)
    query = query.add_columns(number.label("number"), call_index.c.call_id)
    if before is not None:
        query = query.where(number < before)
    if after is not None:
        query = query.where(number > after)
    ordered = query.order_by(number if is_oldest_first else number.desc()).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(ordered)]


def _exported(
    connection: Connection, filters: Filters, limit: int, after: int
) -> list[ExportedCall]:
    found = _numbers(connection, filters, limit, after=after, is_oldest_first=True)
    chosen = (
        select(calls.c.snapshot, calls.c.revision, *_INDEXED)
        .join(call_index, call_index.c.call_id == calls.c.id)
        .where(call_index.c.number.in_([number for number, _ in found]))
        .order_by(call_index.c.number)
    )
    return [
        ExportedCall(
            row.number,
            call_from(row.snapshot, row.revision),
            AnswerState(row.answer),
            row.alerted_after_s,
            row.accepted_after_s,
        )
        for row in connection.execute(chosen)
    ]


def _count(connection: Connection, filters: Filters) -> int:
    query, number = _found(connection, filters)
    some = query.add_columns(number).limit(COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _found(connection: Connection, filters: Filters) -> tuple[Select[Any], ColumnElement[int]]:
    """Return a query of the calls that are like this, and the number that orders them."""
    engine = connection.dialect.name
    number: ColumnElement[int] = call_index.c.number
    facets = filters.facets
    query = select().select_from(call_index)
    if filters.wanted or (facets and engine == "sqlite"):
        name, column = full_text.source(engine)
        # As raw SQL: SQLAlchemy knows neither engine's full-text tables.
        number = literal_column(f"{name}.{column}")
        query = select().select_from(table(name).join(call_index, call_index.c.number == number))
        query = query.where(full_text.matches(engine, filters.wanted, facets))
    if engine != "sqlite":
        query = query.where(*_of_columns(facets))
    return query.where(*_in_time(connection, filters, number)), number


def _of_columns(facets: Mapping[str, str]) -> list[ColumnElement[bool]]:
    conditions = [column == facets[name] for name, column in _COLUMNS.items() if name in facets]
    if "drill" in facets:
        conditions.append(call_index.c.is_drill == int(facets["drill"]))
    return conditions


def _in_time(
    connection: Connection, filters: Filters, number: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    at = call_index.c.started_s
    conditions = []
    if filters.since is not None:
        conditions.append(at >= int(filters.since.timestamp()))
    if filters.until is not None:
        conditions.append(at < int(filters.until.timestamp()))
    if not conditions:
        return []
    # The walk by number has to begin and end there: times alone would walk every call.
    ends = select(func.min(call_index.c.number), func.max(call_index.c.number)).where(*conditions)
    first, last = connection.execute(ends).one()
    if first is None:
        return [text("1 = 0")]  # type: ignore[list-item]
    return [*conditions, number >= first, number <= last]


def _whole(connection: Connection, found: Sequence[tuple[int, str]]) -> list[FoundCall]:
    ids = [call_id for _, call_id in found]
    chosen = (
        select(calls.c.id, calls.c.snapshot, calls.c.revision, call_index.c.answer)
        .join(call_index, call_index.c.call_id == calls.c.id)
        .where(calls.c.id.in_(ids))
    )
    rows = {row.id: row for row in connection.execute(chosen)}
    words: dict[str, list[Message]] = {call_id: [] for call_id in ids}
    first = select(messages).where(messages.c.call_id.in_(ids), messages.c.number <= _MOST_MESSAGES)
    for row in connection.execute(first.order_by(messages.c.number)).mappings():
        words[row["call_id"]].append(message_from(dict(row)))
    return [
        FoundCall(
            number,
            call_from(rows[call_id].snapshot, rows[call_id].revision),
            AnswerState(rows[call_id].answer),
            words[call_id],
        )
        for number, call_id in found
        if call_id in rows
    ]

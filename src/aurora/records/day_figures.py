"""Figures of whole UTC days, kept beside the index of calls, and which of them still hold.

A day is kept when it has been over for an hour. Whoever writes something of a day that is over adds
a mark of it in the same transaction; figures hold while the day has as many marks and calls as when
they were counted. So no writer waits for anybody, and nothing that is forgotten here is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from aurora.records.attempts import insert_into
from aurora.records.gathered import Gathered
from aurora.records.index_tables import call_index, day_figures, day_marks
from aurora.records.rows import Prepared

DAY_S = 86_400
OVER_FOR_S = 3_600
"""Longer than a transaction takes and than machines' clocks are apart."""


@dataclass(frozen=True, slots=True)
class KeptDay:
    """The figures of a day as they are kept."""

    day: int
    """Since 1970."""
    calls: int
    marks: int
    """How many the day had before its figures were counted."""
    kinds: str
    details: str


def day_of(at: datetime) -> int:
    """Return the UTC day, counted since 1970."""
    return int(at.timestamp()) // DAY_S


def kept(day: int, marks: int, calls: int, found: Gathered) -> KeptDay:
    return KeptDay(day, calls, marks, found.kinds.as_json(), found.details_as_json())


def late_days(items: Iterable[Prepared], today: int) -> set[int]:
    """Return the days before today that entries say something of."""
    days = {item.index.row["started_s"] // DAY_S for item in items}
    days |= {day_of(message["at"]) for item in items for message in item.messages}
    return {day for day in days if day < today}


def mark(connection: Connection, days: Iterable[int]) -> None:
    """Have these days counted anew: something of them is written, or taken away, here."""
    if rows := [{"day": day} for day in sorted(days)]:
        connection.execute(insert(day_marks), rows)


def all_days(connection: Connection) -> range:
    """Return every day from the first call's to the day after the last one's."""
    began = call_index.c.started_s
    first_s, last_s = connection.execute(select(func.min(began), func.max(began))).one()
    return range(first_s // DAY_S, last_s // DAY_S + 2) if first_s is not None else range(0)


def holding(
    connection: Connection, first: int, end: int, *, with_details: bool = True
) -> list[KeptDay]:
    """Return the kept days from `first` to before `end` that still hold, in order."""
    table = day_figures.c
    columns = [table.day, table.calls, table.marks, table.kinds]
    columns += [table.details] if with_details else []
    chosen = select(*columns).where(table.day >= first, table.day < end).order_by(table.day)
    calls, marks = calls_by_day(connection, first, end), marks_by_day(connection, first, end)
    return [
        KeptDay(row.day, row.calls, row.marks, row.kinds, row.details if with_details else "")
        for row in connection.execute(chosen)
        if calls.get(row.day, 0) == row.calls and marks.get(row.day, 0) == row.marks
    ]


def calls_by_day(connection: Connection, first: int, end: int) -> dict[int, int]:
    """Return how many calls of each day are in the index."""
    began = call_index.c.started_s
    is_within = (began >= first * DAY_S) & (began < end * DAY_S)
    day = (began // DAY_S).label("day")
    counted = select(day, func.count()).where(is_within).group_by(day)
    return {row[0]: row[1] for row in connection.execute(counted)}


def marks_by_day(connection: Connection, first: int, end: int) -> dict[int, int]:
    """Return how many marks each day has."""
    is_within = (day_marks.c.day >= first) & (day_marks.c.day < end)
    counted = select(day_marks.c.day, func.count()).where(is_within).group_by(day_marks.c.day)
    return {row[0]: row[1] for row in connection.execute(counted)}


def keep(connection: Connection, days: Sequence[KeptDay]) -> None:
    """Keep figures, in place of what was kept of these days."""
    rows: list[Mapping[str, object]] = [
        {name: getattr(day, name) for name in KeptDay.__slots__} for day in days
    ]
    statement = insert_into(connection, day_figures)
    changed = {name: statement.excluded[name] for name in KeptDay.__slots__ if name != "day"}
    connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=changed), rows)


def missing(connection: Connection, first: int, end: int) -> list[int]:
    """Return the days from `first` to before `end` that are to be counted, newest first."""
    there = {day.day for day in holding(connection, first, end, with_details=False)}
    return [day for day in range(end - 1, first - 1, -1) if day not in there]

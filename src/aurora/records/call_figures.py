"""Gather what many calls come to over a stretch of time; what is made of it is the console's.

Whole days are taken as they are kept; what is left of the stretch is counted, some days at a time.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from aurora.records import day_figures
from aurora.records.attempts import attempted
from aurora.records.day_figures import DAY_S, OVER_FOR_S, KeptDay
from aurora.records.engines import Database
from aurora.records.gathered import KINDS, Gathered, Kinds, sum_of
from aurora.records.index_tables import call_index, findings
from aurora.records.tables import messages

WITHIN_S = 8.0
FAILURE = "the figures cannot be read"
MOST_TEXTS = 2_000
"""Different questions looked at, the most asked first."""
DAYS_AT_ONCE = 14
"""Counted in one piece: more would keep callers waiting where rows are read on their loop."""
KEPT_AT_ONCE = 30
KEPT_DAYS = 2 * 366 + 1
"""A year, and the year before that it is compared with."""
REST_S = 0.02
"""Between two days that are counted to be kept: nobody waits for them."""

Stretch = tuple[int, int]
"""Seconds since 1970, the end not included."""


@dataclass(frozen=True, slots=True)
class Before:
    """Calls of the weeks before, to tell what is unusual by."""

    began: Mapping[str, Sequence[int]]
    """Quarters of an hour since 1970 in which calls began that were no drill; by hazard."""
    first_s: int | None
    """When the first call on record began, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a stretch is counted from."""

    calls: Sequence[Mapping[str, Any]]
    turns: Sequence[tuple[str, float]]
    findings: Sequence[tuple[str, str, int]]


class CallFigures:
    """Counts over the index of calls in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def gather(self, since: datetime, until: datetime) -> Gathered:
        """Return what is counted from `since` to `until`, whole seconds; raises RecordsError."""
        return await attempted(self._gather(_stretch(since, until)), WITHIN_S, FAILURE)

    async def kinds(self, since: datetime, until: datetime) -> Kinds:
        """Return only `Gathered.kinds`, for what stood before; raises RecordsError."""
        return await attempted(self._kinds(_stretch(since, until)), WITHIN_S, FAILURE)

    async def before(self, since: datetime, until: datetime) -> Before:
        """Return when calls began from `since` to `until`; raises RecordsError."""
        return await attempted(self._before(_stretch(since, until)), WITHIN_S, FAILURE)

    async def keep_up(self, now: datetime) -> int:
        """Keep the figures of days that are over and are not kept yet, or no longer hold.

        Return how many were counted; raises RecordsError.
        """
        end = (int(now.timestamp()) - OVER_FOR_S) // DAY_S
        reading = self._database.read(partial(_missing, end=end))
        days = await attempted(reading, WITHIN_S, FAILURE)
        for first in range(0, len(days), KEPT_AT_ONCE):
            counted = [await self._counted(day) for day in days[first : first + KEPT_AT_ONCE]]
            writing = self._database.write(partial(day_figures.keep, days=counted))
            await attempted(writing, WITHIN_S, "the figures cannot be kept")
        return len(days)

    async def _gather(self, stretch: Stretch) -> Gathered:
        kept, rest = await self._kept(stretch)
        found = await asyncio.to_thread(_sum_of_kept, kept)
        for piece in rest:
            found.add(await self._count(piece))
        found.unanswered = await self._database.read(partial(_unanswered, stretch=stretch))
        return found

    async def _kinds(self, stretch: Stretch) -> Kinds:
        kept, rest = await self._kept(stretch, with_details=False)
        found = Kinds()
        for day in kept:
            found.add(Kinds.from_json(day.kinds))
        for piece in rest:
            for row in await self._database.read(partial(_calls, stretch=piece)):
                found.count(row)
        return found

    async def _before(self, stretch: Stretch) -> Before:
        kept, rest = await self._kept(stretch)
        found = await asyncio.to_thread(_sum_of_kept, kept)
        for piece in rest:
            for row in await self._database.read(partial(_calls, stretch=piece)):
                found.count_call(row)
        began: dict[str, list[int]] = {}
        for hazards in found.began.values():
            for hazard, quarters in hazards.items():
                began.setdefault(hazard, []).extend(quarters)
        return Before(began, await self._database.read(_first_s))

    async def _kept(
        self, stretch: Stretch, *, with_details: bool = True
    ) -> tuple[list[KeptDay], list[Stretch]]:
        """Return the whole days that are kept, and what is left to be counted."""
        first, end = -(-stretch[0] // DAY_S), stretch[1] // DAY_S
        reading = partial(day_figures.holding, first=first, end=end, with_details=with_details)
        kept = await self._database.read(reading)
        return kept, list(_rest(stretch, [day.day for day in kept]))

    async def _counted(self, day: int) -> KeptDay:
        await asyncio.sleep(REST_S)
        # The marks first: whatever is written from here on makes these figures hold no longer.
        looking = self._database.read(partial(day_figures.marks_by_day, first=day, end=day + 1))
        marks = await attempted(looking, WITHIN_S, FAILURE)
        reading = self._database.read(partial(_rows, stretch=(day * DAY_S, (day + 1) * DAY_S)))
        rows = await attempted(reading, WITHIN_S, FAILURE)
        counted = await asyncio.to_thread(_gathered, rows)
        return day_figures.kept(day, marks.get(day, 0), len(rows.calls), counted)

    async def _count(self, stretch: Stretch) -> Gathered:
        rows = await self._database.read(partial(_rows, stretch=stretch))
        return await asyncio.to_thread(_gathered, rows)


def _stretch(since: datetime, until: datetime) -> Stretch:
    return int(since.timestamp()), int(until.timestamp())


def _rest(stretch: Stretch, days: Sequence[int]) -> Iterator[Stretch]:
    """Yield what the days leave of a stretch, in pieces."""
    at = stretch[0]
    for begin, end in [*((day * DAY_S, (day + 1) * DAY_S) for day in days), (stretch[1],) * 2]:
        while at < begin:
            last = min(begin, at + DAYS_AT_ONCE * DAY_S)
            yield at, last
            at = last
        at = end


def _sum_of_kept(days: Iterable[KeptDay]) -> Gathered:
    return sum_of(Gathered.from_json(day.kinds, day.details) for day in days)


def _gathered(rows: _Rows) -> Gathered:
    found = Gathered()
    for call in rows.calls:
        found.count_call(call)
    for urgency, total_ms in rows.turns:
        found.count_turn(urgency, total_ms)
    for kind, subject, times in rows.findings:
        found.count_finding(kind, subject, times)
    return found


def _rows(connection: Connection, stretch: Stretch) -> _Rows:
    since, until = (datetime.fromtimestamp(at_s, UTC) for at_s in stretch)
    at = messages.c.at
    turns = select(messages.c.urgency, messages.c.total_ms).where(
        at >= since, at < until, messages.c.total_ms.is_not(None)
    )
    found = (
        select(findings.c.kind, findings.c.subject, func.count())
        .where(*_found_in(stretch))
        .group_by(findings.c.kind, findings.c.subject)
    )
    return _Rows(
        _calls(connection, stretch),
        [(row[0], row[1]) for row in connection.execute(turns)],
        [(row[0], row[1], row[2]) for row in connection.execute(found)],
    )


_COUNTED = [
    call_index.c[name]
    for name in ("started_s", *KINDS, "is_drill", "alerted_after_s", "accepted_after_s")
]


def _calls(connection: Connection, stretch: Stretch) -> list[Mapping[str, Any]]:
    began = call_index.c.started_s
    query = select(*_COUNTED).where(began >= stretch[0], began < stretch[1])
    return [dict(row) for row in connection.execute(query).mappings()]


def _unanswered(connection: Connection, stretch: Stretch) -> Counter[str]:
    count, text = func.count(), findings.c.text
    is_found = _found_in(stretch, "unanswered")
    query = select(text, count).where(*is_found).group_by(text).order_by(count.desc(), text)
    return Counter({row[0]: row[1] for row in connection.execute(query.limit(MOST_TEXTS))})


def _found_in(stretch: Stretch, *kinds: str) -> Sequence[Any]:
    # Each kind for itself: the index begins with it.
    is_kind = findings.c.kind.in_(kinds or ("refused", "answered", "unanswered"))
    return is_kind, findings.c.at_s >= stretch[0], findings.c.at_s < stretch[1]


def _first_s(connection: Connection) -> int | None:
    return connection.execute(select(func.min(call_index.c.started_s))).scalar()


def _missing(connection: Connection, end: int) -> list[int]:
    first_s = _first_s(connection)
    if first_s is None:
        return []
    return day_figures.missing(connection, max(first_s // DAY_S, end - KEPT_DAYS), end)

"""Gather what many calls come to over a stretch of time; what is made of it is the console's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, func, select

from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.index_tables import call_index, findings
from aurora.records.tables import messages

WITHIN_S = 8.0
MOST_TEXTS = 2_000
"""Different questions looked at, the most asked first."""
_KINDS = ("urgency", "hazard", "zone_id", "language", "line", "is_drill", "answer")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Calls that began in the stretch, and turns answered in it."""

    kinds: Sequence[Mapping[str, Any]]
    """Calls counted by every mix of urgency, hazard, zone_id, language, line, is_drill, answer."""
    started_s: Sequence[tuple[int, str]]
    """When each call began that was no drill, in seconds since 1970, and its urgency."""
    delays_s: Sequence[tuple[str, float | None, float | None]]
    """Of calls with alerts, no drills: urgency, seconds to the first alert and to acceptance."""
    turn_ms: Sequence[tuple[str, float, int]]
    """Urgency, whole milliseconds from words received to answer ready, and how many turns."""
    findings: Sequence[tuple[str, str, int]]
    """Kind, subject, and how many."""
    unanswered: Sequence[tuple[str, int]]
    """Questions that had no approved answer, and how often each was asked."""


@dataclass(frozen=True, slots=True)
class Before:
    """Calls of the weeks before, to tell what is unusual by."""

    started: Sequence[tuple[int, str]]
    """Seconds since 1970 and hazard, of calls that were no drill."""
    first_s: int | None
    """When the first call on record began."""


class CallFigures:
    """Counts over the index of calls in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def gather(self, since: datetime, until: datetime) -> Gathered:
        """Return what is counted from `since` to `until`; raises RecordsError."""
        reading = self._database.read(partial(_gather, since=since, until=until))
        return await attempted(reading, WITHIN_S, "the figures cannot be read")

    async def kinds(self, since: datetime, until: datetime) -> list[Mapping[str, Any]]:
        """Return only `Gathered.kinds`, for what stood before; raises RecordsError."""
        reading = self._database.read(partial(_kinds, since=since, until=until))
        return await attempted(reading, WITHIN_S, "the figures cannot be read")

    async def before(self, since: datetime, until: datetime) -> Before:
        """Return when calls began from `since` to `until`; raises RecordsError."""
        reading = self._database.read(partial(_before, since=since, until=until))
        return await attempted(reading, WITHIN_S, "the figures cannot be read")


def _gather(connection: Connection, since: datetime, until: datetime) -> Gathered:
    first_s, end_s = int(since.timestamp()), int(until.timestamp())
    began = call_index.c.started_s
    is_real = (began >= first_s) & (began < end_s) & (call_index.c.is_drill == 0)
    delays = select(
        call_index.c.urgency, call_index.c.alerted_after_s, call_index.c.accepted_after_s
    ).where(is_real & (call_index.c.answer != "not_asked"))
    ms = func.round(messages.c.total_ms)
    turns = (
        select(messages.c.urgency, ms, func.count())
        .where(messages.c.at >= since, messages.c.at < until, messages.c.total_ms.is_not(None))
        .group_by(messages.c.urgency, ms)
    )
    is_found = _within(findings, first_s, end_s)
    found = (
        select(findings.c.kind, findings.c.subject, func.count())
        .where(is_found)
        .group_by(findings.c.kind, findings.c.subject)
    )
    count = func.count()
    texts = (
        select(findings.c.text, count)
        .where(is_found & (findings.c.kind == "unanswered"))
        .group_by(findings.c.text)
        .order_by(count.desc(), findings.c.text)
        .limit(MOST_TEXTS)
    )
    run = connection.execute
    return Gathered(
        kinds=_kinds(connection, since, until),
        started_s=[
            (row[0], row[1]) for row in run(select(began, call_index.c.urgency).where(is_real))
        ],
        delays_s=[(row[0], row[1], row[2]) for row in run(delays)],
        turn_ms=[(row[0], float(row[1]), row[2]) for row in run(turns)],
        findings=[(row[0], row[1], row[2]) for row in run(found)],
        unanswered=[(row[0], row[1]) for row in run(texts)],
    )


def _kinds(connection: Connection, since: datetime, until: datetime) -> list[Mapping[str, Any]]:
    began = call_index.c.started_s
    is_within = (began >= int(since.timestamp())) & (began < int(until.timestamp()))
    columns = [call_index.c[name] for name in _KINDS]
    counted = select(*columns, func.count().label("calls")).where(is_within).group_by(*columns)
    return [dict(row) for row in connection.execute(counted).mappings()]


def _before(connection: Connection, since: datetime, until: datetime) -> Before:
    began = call_index.c.started_s
    is_within = (began >= int(since.timestamp())) & (began < int(until.timestamp()))
    query = select(began, call_index.c.hazard).where(is_within, call_index.c.is_drill == 0)
    first = connection.execute(select(func.min(began))).scalar()
    return Before([(row[0], row[1]) for row in connection.execute(query)], first)


def _within(table: Table, first_s: int, end_s: int) -> Any:
    # Each kind for itself: the index begins with it.
    return table.c.kind.in_(["refused", "answered", "unanswered"]) & (
        (table.c.at_s >= first_s) & (table.c.at_s < end_s)
    )

"""The audit trail in the database: it grows, each row carries the hash of the one before."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
import structlog
from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from aurora.accounts.audit import (
    BEGINNING,
    Checked,
    Entry,
    Link,
    Sought,
    chained,
    check,
    details_text,
)
from aurora.accounts.person import Person
from aurora.accounts.secret import new_id
from aurora.errors import RecordsError
from aurora.records.account_tables import audit
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import Row, scrubbed

log = structlog.get_logger()

WITHIN_S = 5.0
FAILURE = "the audit trail cannot be reached"
MOST_WAITING = 10_000
WRITTEN_AT_ONCE = 500
"""A long backlog goes to its end in steps that each end in time."""
CHECKED_AT_ONCE = 2_000
_ANY_CONSTANT = 4_117_120
"""The PostgreSQL advisory lock that lets one machine at a time add to the chain."""

Clock = Callable[[], datetime]


class AuditTrail:
    """One way to note what somebody did."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._writing = asyncio.Lock()

    async def note(
        self,
        person: Person,
        act: str,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Put on the trail that somebody did something; returns when it is stored.

        Never raises: an act that is done is not undone for want of a row. While the database fails
        the row stands in the log, and waits to be stored with the next one.
        """
        entry = Entry(
            id=new_id(),
            at=self._clock(),
            who=scrubbed(person.name),
            account_id=person.id,
            role=person.role.value,
            address=scrubbed(person.address),
            act=act,
            subject=scrubbed(subject),
            details=orjson.loads(scrubbed(details_text(details or {}))),
        )
        self._waiting.append(entry)
        try:
            async with self._writing:
                await self._write_waiting()
        except RecordsError as error:
            log.error(
                "audit_not_written",
                error=str(error),
                at=entry.at.isoformat(),
                who=entry.who,
                act=act,
                subject=subject,
                details=details_text(entry.details),
            )

    async def _write_waiting(self) -> None:
        while entries := list(islice(self._waiting, WRITTEN_AT_ONCE)):
            await self._write(entries)

    async def _write(self, entries: Sequence[Entry]) -> None:
        def write(connection: Connection) -> None:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ANY_CONSTANT})")
            number, previous = _head(connection)
            # A write that was given up may have been done all the same.
            ids = select(audit.c.id).where(audit.c.id.in_([entry.id for entry in entries]))
            there = set(connection.execute(ids).scalars())
            rows = []
            for entry in entries:
                if entry.id in there:
                    continue
                link = chained(entry, number + 1, previous)
                number, previous = link.number, link.hash
                rows.append(_row(link))
            if rows:
                connection.execute(insert(audit), rows)

        await attempted(self._database.write(write), WITHIN_S, FAILURE)
        written = {entry.id for entry in entries}
        left = [entry for entry in self._waiting if entry.id not in written]
        self._waiting = deque(left, MOST_WAITING)

    async def find(self, sought: Sought, *, before: int | None, limit: int) -> list[Link]:
        """Return entries, the newest first, from below a number; raises RecordsError."""
        query = select(audit).where(*_conditions(sought)).order_by(audit.c.number.desc())
        if before is not None:
            query = query.where(audit.c.number < before)

        def read(connection: Connection) -> list[Link]:
            rows = connection.execute(query.limit(limit)).mappings()
            return [_link(dict(row)) for row in rows]

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def acts(self) -> list[str]:
        """Return every act that was ever done; raises RecordsError."""

        def read(connection: Connection) -> list[str]:
            return [*connection.execute(_ACTS).scalars()]

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def head(self) -> tuple[int, str]:
        """Return the number and hash of the newest row; raises RecordsError."""
        return await attempted(self._database.read(_head), WITHIN_S, FAILURE)

    async def end(self, number: int) -> tuple[str | None, int, str]:
        """Return the hash of the row with this number, and the newest row's number and hash.

        For number 0 it is what stands before the first row; None: no such row. Raises RecordsError.
        """

        def read(connection: Connection) -> tuple[str | None, int, str]:
            one = select(audit.c.hash).where(audit.c.number == number)
            there = connection.execute(one).scalar() if number else BEGINNING
            return there, *_head(connection)

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def check(self, known: str = BEGINNING) -> Checked:
        """Walk along the whole chain; known: a hash that has to be in it. Raises RecordsError."""

        def read(connection: Connection) -> Checked:
            return check(_links(connection), known)

        return await self._database.read(read)


def _each_act() -> Select[tuple[str]]:
    """Return a query that leaps from one act to the next along their index.

    DISTINCT would walk all rows of the trail for a dozen acts.
    """
    first = select(func.min(audit.c.act).label("act")).cte("acts", recursive=True)
    after = select(func.min(audit.c.act)).where(audit.c.act > first.c.act)
    following = select(after.scalar_subquery()).where(first.c.act.is_not(None))
    acts = first.union_all(following)
    return select(acts.c.act).where(acts.c.act.is_not(None)).order_by(acts.c.act)


_ACTS = _each_act()


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    table = audit.c
    found: list[ColumnElement[bool]] = []
    if sought.who:
        found.append(table.who.icontains(sought.who, autoescape=True))
    if sought.without:
        found.append(table.act != sought.without)
    if sought.act:
        found.append(table.act.startswith(sought.act, autoescape=True))
    if sought.subject:
        found.append(table.subject == sought.subject)
    if sought.since:
        found.append(table.at >= sought.since)
    if sought.until:
        found.append(table.at < sought.until)
    return found


def _head(connection: Connection) -> tuple[int, str]:
    newest = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return (row[0], row[1]) if row else (0, BEGINNING)


def _links(connection: Connection) -> Iterator[Link]:
    after = 0
    while True:
        rows = _page(connection, after)
        if not rows:
            return
        yield from map(_link, rows)
        after = rows[-1]["number"]


def _page(connection: Connection, after: int) -> Sequence[Row]:
    query = select(audit).where(audit.c.number > after).order_by(audit.c.number)
    return [dict(row) for row in connection.execute(query.limit(CHECKED_AT_ONCE)).mappings()]


def _row(link: Link) -> Row:
    entry = link.entry
    return {
        "number": link.number,
        "id": entry.id,
        "at": entry.at,
        "who": entry.who,
        "account_id": entry.account_id,
        "role": entry.role,
        "address": entry.address,
        "act": entry.act,
        "subject": entry.subject,
        "details": details_text(entry.details),
        "previous": link.previous,
        "hash": link.hash,
    }


def _link(row: Row) -> Link:
    details = orjson.loads(row["details"])
    columns = ("id", "at", "who", "account_id", "role", "address", "act", "subject")
    entry = Entry(**{name: row[name] for name in columns}, details=details)
    return Link(row["number"], entry, row["previous"], row["hash"])

"""Seal what is on record of calls, on the audit trail, and say what is not as it was sealed.

A seal is the hash of a call's first messages and events, which nothing changes once they are kept.
The trail's chain holds the seals together, and a note beside the database holds its end: whoever
changes, swaps or takes away rows has to make all three anew, and the note needs the line's key.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, or_, select

from aurora.accounts.audit import BEGINNING
from aurora.accounts.person import Person, Role
from aurora.records.account_tables import audit
from aurora.records.attempts import attempted
from aurora.records.audit import FAILURE, WITHIN_S, AuditTrail
from aurora.records.engines import Database
from aurora.records.head_note import HeadNote
from aurora.records.tables import calls, events, messages

ACT = "record.sealed"
CHANGES_FOR = timedelta(hours=48)
"""After its end; later additions stand on the record without a seal."""
AT_ONCE = 50
"""Calls a row of the trail."""
LINE = Person("", "Aurora", Role.VIEWER)

Counts = tuple[int, int]
"""How many messages and events a call has."""
Parts = tuple[tuple[Table, Sequence[Column[Any]]], ...]
_PARTS: Parts = (
    (messages, (messages.c.role, messages.c.content, messages.c.at, messages.c.urgency)),
    (events, (events.c.kind, events.c.at)),
)


@dataclass(frozen=True, slots=True)
class Seal:
    """Of the first messages and events of a call."""

    messages: int
    events: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at every seal found."""

    sealed: int
    """Calls."""
    problems: Sequence[str]
    """Empty where the record is as it was sealed."""
    is_end_known: bool
    """Whether this machine noted the trail's end: without, rows taken from there do not show."""


class Seals:
    """Every method may raise RecordsError."""

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        note: HeadNote,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._trail = trail
        self._note = note
        self._clock = clock
        self._sealed: dict[str, Counts] | None = None
        self._since: datetime | None = None

    async def seal_new(self) -> int:
        """Seal what came in since; return of how many calls."""
        if self._sealed is None:
            self._sealed, sealed_at = await self._read(_sealed)
            # Everything, where nothing was ever sealed.
            self._since = sealed_at - CHANGES_FOR if sealed_at else None
        standing = await self._read(partial(_standing, since=self._since))
        changed = [name for name, counts in standing.items() if self._sealed.get(name) != counts]
        for start in range(0, len(changed), AT_ONCE):
            await self._seal({name: standing[name] for name in changed[start : start + AT_ONCE]})
        self._sealed, self._since = standing, self._clock() - CHANGES_FOR
        number, newest = await self._trail.head()
        await asyncio.to_thread(self._note.write, number, newest, self._clock())
        return len(changed)

    async def check(self) -> Checked:
        """Look at the trail's chain, at its end, and at every call that was sealed."""
        head = self._note.read()
        chain = await self._trail.check(head.hash if head else BEGINNING)
        problems = []
        if chain.broken_at is not None:
            problems.append(f"row {chain.broken_at} of the audit trail is not as it was written")
        elif head is not None and not chain.has_known:
            problems.append(
                f"the audit trail ends with row {chain.count}; row {head.number}, which this "
                f"machine noted at {head.at.isoformat(timespec='seconds')}, is gone"
            )
        seals = await self._database.read(_seals)
        for name, seal in seals.items():
            found = await self._database.read(partial(_found, name=name, seal=seal))
            if found is None:
                problems.append(f"call {name} is gone")
            elif found != seal.sha256:
                what = f"{seal.messages} messages and {seal.events} events"
                problems.append(f"call {name}: its first {what} are not as they were sealed")
        return Checked(len(seals), problems, head is not None)

    async def _seal(self, some: Mapping[str, Counts]) -> None:
        def hashes(connection: Connection) -> dict[str, tuple[int, int, str]]:
            return {
                name: (*counts, _sha256(connection, name, counts)) for name, counts in some.items()
            }

        await self._trail.note(LINE, ACT, "", {"calls": await self._read(hashes)})

    async def _read(self, work: Callable[[Connection], Any]) -> Any:
        return await attempted(self._database.read(work), WITHIN_S, FAILURE)


def _standing(connection: Connection, since: datetime | None) -> dict[str, Counts]:
    query = select(calls.c.id, calls.c.message_count, calls.c.event_count)
    if since is not None:
        query = query.where(or_(calls.c.ended_at.is_(None), calls.c.ended_at > since))
    return {name: (said, happened) for name, said, happened in connection.execute(query)}


def _seals(connection: Connection) -> dict[str, Seal]:
    """Return the last seal of every call."""
    query = select(audit.c.details).where(audit.c.act == ACT).order_by(audit.c.number)
    return {
        name: Seal(*seal)
        for details in connection.execute(query).scalars()
        for name, seal in orjson.loads(details)["calls"].items()
    }


def _sealed(connection: Connection) -> tuple[dict[str, Counts], datetime | None]:
    """Return what is sealed of each call, and when something was last."""
    newest = select(audit.c.at).where(audit.c.act == ACT).order_by(audit.c.number.desc()).limit(1)
    counts = {name: (seal.messages, seal.events) for name, seal in _seals(connection).items()}
    return counts, connection.execute(newest).scalar()


def _found(connection: Connection, name: str, seal: Seal) -> str | None:
    """Return the hash of what a seal is of as it is now; None where the call is gone."""
    if connection.execute(select(calls.c.id).where(calls.c.id == name)).first() is None:
        return None
    return _sha256(connection, name, (seal.messages, seal.events))


def _sha256(connection: Connection, name: str, counts: Counts) -> str:
    hashed = hashlib.sha256()
    for line in _lines(connection, name, counts):
        hashed.update(orjson.dumps(line) + b"\n")
    return hashed.hexdigest()


def _lines(connection: Connection, name: str, counts: Counts) -> Iterator[Sequence[object]]:
    for (table, columns), count in zip(_PARTS, counts, strict=True):
        query = (
            select(table.c.number, *columns, table.c.details)
            .where(table.c.call_id == name, table.c.number <= count)
            .order_by(table.c.number)
        )
        yield [table.name, count]
        for row in connection.execute(query):
            yield [
                one.isoformat(timespec="microseconds") if isinstance(one, datetime) else one
                for one in row
            ]

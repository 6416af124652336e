"""Seal what is on record of calls, on the audit trail, and say what is not as it was sealed.

A seal is the hash of a call's first messages and events, which nothing changes once they are kept:
every seal that was ever made of a call has to hold, so that a later one hides nothing. The trail's
chain holds the seals together, and a note beside the database holds its end: whoever changes, swaps
or takes away rows has to make all three anew, and the note needs the line's key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, or_, select

from aurora.accounts.audit import Sought
from aurora.records.account_tables import audit
from aurora.records.attempts import attempted
from aurora.records.audit import FAILURE, WITHIN_S, AuditTrail
from aurora.records.engines import Database
from aurora.records.head_note import HeadNote
from aurora.records.seal import Counts, Seal, lines_of, sha256_of
from aurora.records.tables import calls
from aurora.records.trail_end import ACCEPTED, LINE, WITHOUT_NOTE, Missing, TrailEnd

log = structlog.get_logger()

ACT = "record.sealed"
CHANGES_FOR = timedelta(hours=48)
"""After its end; later additions stand on the record without a seal."""
AT_ONCE = 50
"""Calls a row of the trail."""
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at every seal found."""

    sealed: int
    """Calls."""
    problems: Sequence[str]
    """Empty where the record is as it was sealed."""
    is_end_known: bool
    """Whether this machine noted the trail's end: without, rows taken from there do not show."""
    told: Sequence[str] = ()
    """What the trail itself says of its breaks: who accepted one, which machine had no note."""


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
        self._clock = clock
        self._sealed: Mapping[str, Counts] | None = None
        self._since: datetime | None = None
        self._is_sealed_before = False
        self._missing: Missing | None = None
        self.end = TrailEnd(trail, note, clock)

    async def seal_new(self) -> int:
        """Seal what came in since; return of how many calls."""
        missing = await self.end.told_missing()
        if missing is not None and missing != self._missing:
            # What lost its seal with the trail's end is sealed anew, after the row that says so.
            self._sealed = None
        self._missing = missing
        if self._sealed is None:
            self._sealed, sealed_at = await self._read(_sealed)
            self._is_sealed_before = sealed_at is not None
            # Everything, where nothing was ever sealed.
            self._since = sealed_at - CHANGES_FOR if sealed_at else None
        standing = await self._read(partial(_standing, since=self._since))
        changed = [name for name, counts in standing.items() if self._has_more(name, counts)]
        for start in range(0, len(changed), AT_ONCE):
            await self._seal({name: standing[name] for name in changed[start : start + AT_ONCE]})
        self._sealed, self._since = standing, self._clock() - CHANGES_FOR
        if missing is None:
            await self.end.keep(is_sealed_before=self._is_sealed_before)
            self._is_sealed_before = False
        return len(changed)

    async def check(self) -> Checked:
        """Look at the trail's chain, at its end, and at every seal that was made of every call."""
        problems = []
        chain, missing = await self._trail.check(), await self.end.missing()
        if chain.broken_at is not None:
            problems.append(f"row {chain.broken_at} of the audit trail is not as it was written")
        if missing is not None:
            problems.append(missing.words)
        seals = await self._database.read(_seals)
        for name, of_call in seals.items():
            read = partial(_problem, name=name, seals=of_call)
            if problem := await self._database.read(read):
                problems.append(f"call {name}{problem}")
        if missing is not None and missing.noted_at is not None:
            before = await self.end.told_at()
            unsealed = partial(_unsealed, began_before=missing.noted_at, row=before)
            problems += [
                f"call {name}: what it was sealed with is gone from the audit trail"
                for name in await self._database.read(unsealed)
            ]
        is_end_known = await self.end.is_noted()
        return Checked(len(seals), problems, is_end_known, await self._told())

    def _has_more(self, name: str, counts: Counts) -> bool:
        """Whether a call has more than is sealed; a call never has less than it had."""
        sealed = (self._sealed or {}).get(name)
        if sealed is None:
            return True
        if counts[0] < sealed[0] or counts[1] < sealed[1]:
            log.error("call_has_less_than_was_sealed", call_id=name, has=counts, sealed=sealed)
        return counts != sealed

    async def _told(self) -> list[str]:
        """Return what stands on the trail about its own breaks, the oldest first."""
        told = []
        for act in (ACCEPTED, WITHOUT_NOTE):
            for link in await self._trail.find(Sought(act=act), before=None, limit=MOST_TOLD):
                entry = link.entry
                at = entry.at.isoformat(timespec="seconds")
                what = (
                    f"accepted by {entry.who} ({entry.details.get('reason')}): "
                    f"{entry.details.get('missing')}"
                    if act == ACCEPTED
                    else f"a machine that had no note of the trail's end began with row "
                    f"{entry.details.get('number')}"
                )
                told.append((link.number, f"row {link.number}, {at}: {what}"))
        return [words for _, words in sorted(told)]

    async def _seal(self, some: Mapping[str, Counts]) -> None:
        def hashes(connection: Connection) -> dict[str, tuple[int, int, str]]:
            return {
                name: (*counts, sha256_of(lines_of(connection, name, counts), counts))
                for name, counts in some.items()
            }

        await self._trail.note(LINE, ACT, "", {"calls": await self._read(hashes)})

    async def _read(self, work: Callable[[Connection], Any]) -> Any:
        return await attempted(self._database.read(work), WITHIN_S, FAILURE)


def _standing(connection: Connection, since: datetime | None) -> dict[str, Counts]:
    query = select(calls.c.id, calls.c.message_count, calls.c.event_count)
    if since is not None:
        query = query.where(or_(calls.c.ended_at.is_(None), calls.c.ended_at > since))
    return {name: (said, happened) for name, said, happened in connection.execute(query)}


def _seals(connection: Connection) -> dict[str, list[Seal]]:
    """Return every seal of every call, in the order they were made."""
    query = select(audit.c.details).where(audit.c.act == ACT).order_by(audit.c.number)
    seals: dict[str, list[Seal]] = {}
    for details in connection.execute(query).scalars():
        for name, seal in orjson.loads(details)["calls"].items():
            seals.setdefault(name, []).append(Seal(*seal))
    return seals


def _sealed(connection: Connection) -> tuple[dict[str, Counts], datetime | None]:
    """Return what is sealed of each call, and when something was last."""
    newest = select(audit.c.at).where(audit.c.act == ACT).order_by(audit.c.number.desc()).limit(1)
    counts = {name: seals[-1].counts for name, seals in _seals(connection).items()}
    return counts, connection.execute(newest).scalar()


def _problem(connection: Connection, name: str, seals: Sequence[Seal]) -> str | None:
    """Say what is not as it was sealed of a call; None where every seal holds."""
    standing = select(calls.c.message_count, calls.c.event_count).where(calls.c.id == name)
    counts = connection.execute(standing).first()
    if counts is None:
        return " is gone"
    # Two machines may seal one call at once, and the one that looked first may write last.
    most = max(seal.messages for seal in seals), max(seal.events for seal in seals)
    lines = lines_of(connection, name, most)
    for seal in sorted(set(seals), key=lambda seal: seal.counts):
        if sha256_of(lines, seal.counts) != seal.sha256:
            what = f"{seal.messages} messages and {seal.events} events"
            return f": its first {what} are not as they were sealed"
    if counts[0] < most[0] or counts[1] < most[1]:
        return (
            f": by its own count it has {counts[0]} messages and {counts[1]} events, "
            f"and {most[0]} and {most[1]} were sealed"
        )
    return None


def _unsealed(connection: Connection, began_before: datetime, row: int | None) -> list[str]:
    """Return calls from before a moment that no row of the trail, up to one, has a seal of."""
    sealed = select(audit.c.details).where(audit.c.act == ACT)
    if row is not None:
        sealed = sealed.where(audit.c.number < row)
    names = {
        name
        for details in connection.execute(sealed).scalars()
        for name in orjson.loads(details)["calls"]
    }
    began = select(calls.c.id).where(calls.c.started_at < began_before).order_by(calls.c.id)
    return [name for name in connection.execute(began).scalars() if name not in names]

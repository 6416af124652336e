"""Whether the audit trail still holds the end that this machine noted, and who takes it as it is.

A trail that lost its end never gets a new note by itself: the old one stands, and with it what
`aurora record check` and /health say, until a named person accepts the break on the trail.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from aurora.accounts.audit import Link, Sought
from aurora.accounts.person import Person, Role
from aurora.errors import ForeignNote, RecordsError
from aurora.records.audit import AuditTrail
from aurora.records.head_note import Head, HeadNote

log = structlog.get_logger()

BROKEN = "trail.end_missing"
ACCEPTED = "trail.break_accepted"
WITHOUT_NOTE = "trail.without_note"
"""A machine began to note the end of a trail that calls were sealed on before."""
LINE = Person("", "Aurora", Role.VIEWER)
MEND = "aurora audit accept-break --by NAME --reason WHY"


@dataclass(frozen=True, slots=True)
class Missing:
    """What this machine noted and the trail does not hold."""

    words: str
    """The same for as long as it is missing."""
    noted_at: datetime | None
    """None where it is the note that cannot be trusted."""


class TrailEnd:
    """Every method may raise RecordsError."""

    def __init__(self, trail: AuditTrail, note: HeadNote, clock: Callable[[], datetime]) -> None:
        self._trail = trail
        self._note = note
        self._clock = clock
        self._seen: Head | None = None
        self._told: Missing | None = None

    async def is_noted(self) -> bool:
        """Whether this machine noted an end, be it one that another key signed."""
        try:
            return await self._noted() is not None
        except ForeignNote:
            return True

    async def missing(self) -> Missing | None:
        """Return what of the trail is gone; None where it holds all that this machine noted."""
        return (await self._look())[0]

    async def told_missing(self) -> Missing | None:
        """The same, said in the log and on the trail once for each break."""
        missing = await self.missing()
        if missing is not None and missing != self._told:
            log.error("audit_trail_end_missing", detail=missing.words, mend=MEND)
            newest = await self._newest(BROKEN)
            if newest is None or newest.entry.details.get("missing") != missing.words:
                await self._trail.note(LINE, BROKEN, "", {"missing": missing.words})
        self._told = missing
        return missing

    async def told_at(self) -> int | None:
        """Return the number of the row that says of the newest break; None where none does."""
        newest = await self._newest(BROKEN)
        return newest.number if newest else None

    async def keep(self, *, is_sealed_before: bool) -> None:
        """Note the trail's end as it is now; where what was noted is gone, that note stays.

        is_sealed_before: whether calls were sealed on the trail before this process began.
        """
        missing, head, is_first = await self._look()
        if missing is not None:
            return
        if is_first and is_sealed_before:
            await self._trail.note(LINE, WITHOUT_NOTE, "", {"number": head.number})
        await asyncio.to_thread(self._note.write, head)
        self._seen = head

    async def accept(self, by: Person, reason: str) -> Missing | None:
        """Put on the trail who takes it as it is, then note its end; None where nothing is gone."""
        missing, head, _ = await self._look()
        if missing is None:
            return None
        await self._trail.note(by, ACCEPTED, "", {"missing": missing.words, "reason": reason})
        newest = await self._newest(ACCEPTED)
        if newest is None or newest.number <= head.number:
            raise RecordsError("the audit trail could not take it; nothing was accepted: try again")
        end = Head(newest.number, newest.hash, self._clock())
        await asyncio.to_thread(self._note.replace, end)
        return missing

    async def _noted(self) -> Head | None:
        head = await asyncio.to_thread(self._note.read)
        if head is None and self._seen is not None:
            log.error("note_of_the_trails_end_taken_away", number=self._seen.number)
            await asyncio.to_thread(self._note.write, self._seen)
        return head or self._seen

    async def _look(self) -> tuple[Missing | None, Head, bool]:
        """Return what is missing, the end as it is now, and whether none was noted."""
        try:
            noted = await self._noted()
        except ForeignNote as error:
            return Missing(str(error), None), Head(*await self._trail.head(), self._clock()), False
        there, number, newest = await self._trail.end(noted.number if noted else 0)
        head = Head(number, newest, self._clock())
        if noted is None or there == noted.hash:
            return None, head, noted is None
        words = (
            f"row {noted.number} of the audit trail, which this machine noted at "
            f"{noted.at.isoformat(timespec='seconds')}, is gone, or another stands in its place"
        )
        return Missing(words, noted.at), head, False

    async def _newest(self, act: str) -> Link | None:
        found = await self._trail.find(Sought(act=act), before=None, limit=1)
        return found[0] if found else None

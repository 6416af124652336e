"""Hand records out of the console, each export on the audit trail: one call, or many by date."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aurora import __version__
from aurora.accounts.person import Person
from aurora.console.history.files import COLUMNS, csv_rows, csv_text, json_logs
from aurora.console.history.pdf import Reader, draw
from aurora.console.history.record_view import record_view
from aurora.console.times import Times
from aurora.console.trail import Trail
from aurora.console.words import words_in
from aurora.guidance.library import Library
from aurora.records.call_record import Made, WholeCall, digest_of_model, document_of
from aurora.records.search import Filters
from aurora.records.sql import SqlRecords
from aurora.site.model import Language, Site

CALLS_AT_ONCE = 200
"""In a table: a row each."""
WHOLE_CALLS_AT_ONCE = 40
"""With all their words: more would keep callers waiting while they are read."""


class Exports:
    """What leaves the console as files."""

    def __init__(
        self,
        site: Site,
        library: Library,
        records: SqlRecords,
        trail: Trail,
        key: Callable[[], bytes],
        clock: Callable[[], datetime],
    ) -> None:
        """key: gives this installation's key, which records are sealed with."""
        self._site = site
        self._library = library
        self._records = records
        self._trail = trail
        self._key = key
        self._clock = clock
        # One at a time: drawing takes the interpreter from callers, a little at a time.
        self._drawing = asyncio.Lock()

    async def document(self, whole: WholeCall, person: Person) -> dict[str, object]:
        """Return a call's sealed record."""
        key = await asyncio.to_thread(self._key)
        document = document_of(whole, self._made(whole, person), key)
        details = {"format": "json", "sha256": document["sha256"]}
        await self._trail.note(person, "record.exported", whole.call.id, details)
        return document

    async def pdf(self, whole: WholeCall, person: Person, language: Language) -> bytes:
        """Return a call's record as PDF in the reader's language."""
        view = record_view(whole, self._site, self._library, language)
        reader = Reader(
            words_in(language).gettext,
            Times(language, self._site.timezone),
            self._site.name,
            self._site.timezone,
            person.name,
            self._clock(),
            __version__,
        )
        async with self._drawing:
            drawn = await asyncio.to_thread(draw, view, reader)
        details = {"format": "pdf", "record_sha256": view.sha256}
        await self._trail.note(person, "record.exported", whole.call.id, details)
        return drawn

    async def note_many(self, person: Person, how: str, asked: dict[str, object]) -> None:
        """Put on the trail that calls are about to be handed out."""
        await self._trail.note(person, "calls.exported", how, {"filters": asked})

    async def csv(self, filters: Filters) -> AsyncIterator[bytes]:
        """Yield a file with a row a call, oldest first; raises RecordsError."""
        yield csv_text([COLUMNS], is_first=True).encode()
        after = 0
        while some := await self._records.search.export(filters, limit=CALLS_AT_ONCE, after=after):
            after = some[-1].number
            yield csv_text(csv_rows(some)).encode()

    async def json(self, filters: Filters) -> AsyncIterator[bytes]:
        """Yield the calls as one array in the original's shape, oldest first."""
        yield b"["
        after, is_first = 0, True
        while some := await self._records.search.export(
            filters, limit=WHOLE_CALLS_AT_ONCE, after=after
        ):
            after = some[-1].number
            ids = [one.call.id for one in some]
            transcripts = await self._records.transcripts(ids)
            events = await self._records.events_of(ids)
            zone = self._site.timezone
            yield await asyncio.to_thread(json_logs, transcripts, events, zone, is_first=is_first)
            is_first = False
        yield b"]\n"

    def _made(self, whole: WholeCall, person: Person) -> Made:
        site = self._site
        library = self._library
        known = {one.reference: one for one in library.procedures.values()}
        known = {**library.earlier, **known}
        return Made(
            at=self._clock(),
            by=person.name,
            software_version=__version__,
            site={
                "id": site.id,
                "name": site.name,
                "time_zone": site.timezone,
                "sha256": digest_of_model(site),
            },
            procedures=[
                {
                    "reference": name,
                    # Of the text, as people approved it or as its file is.
                    "sha256": library.digests.get(name),
                    "approval": known[name].approval.state if name in known else None,
                }
                for name in whole.procedures
            ],
        )

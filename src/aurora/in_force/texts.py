"""What people approved at the console, in force on this machine: between turns, without a restart.

The files of the site are the base; approved texts lie over them. A call goes on with the texts of
the procedures that it began.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from aurora.errors import AuroraError, SiteError
from aurora.guidance.library import Library
from aurora.guidance.load import Text, amended, digest_of, text_of
from aurora.guidance.procedure import Approval, Procedure
from aurora.in_force.site import SiteInForce
from aurora.records.absences import Absences
from aurora.review.store import Versions
from aurora.review.versions import (
    Kind,
    Step,
    Version,
    approval_of,
    in_force,
    of_version,
    were_in_force,
)
from aurora.site.load import SitePaths
from aurora.site.model import Site
from aurora.site.yaml_file import read_text

log = structlog.get_logger()

REFRESH_S = 2.0
"""How long after an approval at one machine another may still begin the text before."""
_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z]{2}")
_VERSION = re.compile(r"^version:[^\n]*$", re.MULTILINE)

Check = Callable[
    [Kind, Mapping[str, str], Iterable[Text], str | None], Awaitable[Mapping[str, Any]]
]
"""Checks and rehearses texts by key apart from the line: (kind, texts, texts and site in force)."""

MakeReady = Callable[[Iterable[tuple[str, str]]], Awaitable[None]]


class TextsInForce:
    """The texts of one site on one machine."""

    def __init__(
        self,
        paths: SitePaths,
        site: SiteInForce,
        library: Library,
        versions: Versions,
        absences: Absences,
        check: Check,
        read_site: Callable[[str], Site],
        clock: Callable[[], datetime],
        make_ready: MakeReady | None = None,
    ) -> None:
        """library: the one that calls are guided by; what is approved is put in force in it.

        make_ready: is given the first lines that are new.
        read_site: returns a text of the site's file as a site; raises SiteError.
        """
        self._paths = paths
        self._site = site
        self._absences = absences
        self._read_site = read_site
        self._clock = clock
        self._make_ready = make_ready
        self._library = library
        self._base = replace(library)
        self._versions = versions
        self._check = check
        self._known: dict[str, Version] = {}
        self._read: dict[Text, Procedure] = {}
        self._seen = 0
        self._refreshing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.problems: tuple[str, ...] = ()
        """Approved texts that do not fit the files of this version of Aurora."""

    async def start(self) -> None:
        """Put in force what was approved, and go on looking; raises RecordsError."""
        await self.refresh()
        self._task = asyncio.create_task(self._keep_refreshing(), name="texts-in-force")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._library.put_in_force(self._base)
        self._site.close()

    def file(self, kind: Kind, key: str) -> str | None:
        if kind is Kind.SITE:
            return read_text(self._paths.site) if key == "site" else None
        if not _KEY.fullmatch(key):
            return None
        procedure, language = key.split(".")
        found = self._paths.files(f"procedures/{language}/{procedure}.yaml")
        return read_text(found[0]) if found else None

    def file_number(self, kind: Kind, key: str) -> int:
        found = re.search(r"^version: *(\d+)", self.file(kind, key) or "", re.MULTILINE)
        return int(found[1]) if found and kind is Kind.PROCEDURE else 0

    def digest(self, text: str) -> str:
        return digest_of(text)

    def numbered(self, kind: Kind, text: str, number: int) -> str:
        text = text.replace("\r\n", "\n").rstrip() + "\n"
        if kind is not Kind.PROCEDURE:
            return text
        if not _VERSION.search(text):
            return f"version: {number}\n{text}"
        return _VERSION.sub(f"version: {number}", text, count=1)

    async def check(self, kind: Kind, drafts: Mapping[str, str]) -> Mapping[str, Any]:
        steps = await self._versions.steps()
        texts, site = await self._texts(steps), await site_text(self._versions, steps)
        return await self._check(kind, drafts, texts, site)

    async def misfits(self, kind: Kind, texts: Mapping[str, str]) -> Sequence[str]:
        held = await self._texts(await self._versions.steps())
        return await asyncio.to_thread(self._misfits, kind, texts, held)

    def _misfits(self, kind: Kind, texts: Mapping[str, str], held: list[Text]) -> list[str]:
        site = self._site.approved
        try:
            if kind is Kind.SITE:
                site = self._read_site(texts["site"])
            else:
                new = [text_of(key, content) for key, content in texts.items()]
                keys = {one.key for one in new}
                held = [one for one in held if one.key not in keys or not one.is_in_force] + new
            amended(self._base, held, site)
        except SiteError as error:
            return str(error).splitlines()
        return []

    async def refresh(self) -> None:
        """Put in force what is new since the last time; raises RecordsError."""
        async with self._refreshing:
            self._site.follow(await self._absences.since(self._clock()))
            newest = await self._versions.newest()
            if newest == self._seen:
                return
            steps = await self._versions.steps()
            of_site = await self._approve_site(steps)
            texts = await self._texts(steps)
            # Reading takes a tenth of a second, and callers come first.
            library, of_texts = await asyncio.to_thread(self._laid_over, texts)
            self.problems = (*of_site, *of_texts)
            new = _new_first_lines(self._library, library)
            self._library.put_in_force(library)
            self._seen = newest
            if self._make_ready is not None and new:
                await self._make_ready(new)
            log.info("texts_in_force", step=newest, texts=sum(text.is_in_force for text in texts))

    async def follow(self) -> None:
        """The same for whoever is done already: what fails is logged, and the next look follows."""
        try:
            await self.refresh()
        except AuroraError as error:
            log.error("texts_not_read", error=str(error))
        # The edge of a round: whatever broke in it, the next one has to come.
        except Exception:
            log.exception("texts_not_read")

    async def _approve_site(self, steps: list[Step]) -> list[str]:
        """Put the site in force; return why it cannot be, and the one before stays."""
        approved = await site_text(self._versions, steps)
        try:
            text = read_text(self._paths.site) if approved is None else approved
            self._site.approve(await asyncio.to_thread(self._read_site, text))
        except SiteError as error:
            log.error("approved_site_does_not_fit", error=str(error))
            return str(error).splitlines()
        return []

    def _laid_over(self, texts: list[Text]) -> tuple[Library, tuple[str, ...]]:
        """Return the library with these texts, and why some or all of them are not in it."""
        try:
            return amended(self._base, texts, self._site.site, self._read), ()
        except SiteError as error:
            log.error("approved_texts_do_not_fit", error=str(error))
        # Files changed under an approved text, as with a new version of Aurora: every other one
        # stays in force, and the file speaks for this one.
        kept: list[Text] = []
        problems: list[str] = []
        for procedure in sorted({text.procedure for text in texts}):
            own = [text for text in texts if text.procedure == procedure]
            try:
                amended(self._base, [*kept, *own], self._site.site, self._read)
            except SiteError as error:
                problems += str(error).splitlines()
            else:
                kept += own
        try:
            return amended(self._base, kept, self._site.site, self._read), tuple(problems)
        except SiteError as error:
            # Each fits alone and they do not fit together: what speaks now goes on speaking.
            log.error("approved_texts_do_not_fit_together", error=str(error))
            return self._library, (*problems, *str(error).splitlines())

    async def _texts(self, steps: list[Step]) -> list[Text]:
        steps = [step for step in steps if step.kind is Kind.PROCEDURE]
        held = {one.version_id for one in in_force(steps).values() if one.version_id}
        ids = were_in_force(steps)
        missing = [one for one in ids if one not in self._known]
        for version in await self._versions.versions(missing) if missing else []:
            self._known[version.id] = version
        return [
            _text(self._known[one], steps, is_in_force=one in held)
            for one in sorted(ids)
            if one in self._known
        ]

    async def _keep_refreshing(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            await self.follow()


def _new_first_lines(before: Library, after: Library) -> list[tuple[str, str]]:
    return [
        (one.first_line, one.language)
        for key, one in after.procedures.items()
        if key not in before.procedures or before.procedures[key].first_line != one.first_line
    ]


async def site_text(versions: Versions, steps: Sequence[Step]) -> str | None:
    """Return the site's text that was put in force; None for its file. Raises RecordsError."""
    held = in_force(steps).get((Kind.SITE, "site"))
    version = await versions.version(held.version_id) if held and held.version_id else None
    return version.content if version else None


def _text(version: Version, steps: list[Step], *, is_in_force: bool) -> Text:
    procedure, language = version.key.split(".")
    approval = approval_of(of_version(steps, version.id))
    approved = (
        Approval(
            state="approved",
            by=approval.by,
            role=approval.role,
            on=approval.at.date().isoformat(),
        )
        if approval
        else None
    )
    return Text(procedure, language, version.content, approved, is_in_force)

"""Keep the documents on this machine's disk and on those of the line's other machines the same.

The disk is what a line starts with, and answers from while the database fails; in the database the
machines meet.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import structlog
from pydantic import ValidationError

from aurora.guidance.handbook.passage import Document
from aurora.guidance.handbook.shelf import Shelf, Signature
from aurora.records.kept_files import KeptFile, SqlKeptFiles, digest_of

log = structlog.get_logger(__name__)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.json")


GONE = ""


class Turn(StrEnum):
    """What makes one file the same here and elsewhere."""

    GIVE = "give"
    TAKE = "take"
    NONE = "none"


def turn_of(here: str | None, met: str | None, there: KeptFile | None) -> Turn:
    """Return whose file counts: what was added, changed or removed since the machines last met,
    here; else, and where both were, what the others have.

    here: SHA-256 of the file on this disk. met: of what it was when it last was the same
    everywhere: GONE for a file that was removed, None where that never was.
    """
    if there is None:
        return Turn.GIVE if here else Turn.NONE
    if here == there.sha256:
        return Turn.NONE
    if met is not None:
        return Turn.GIVE if (met or None) == there.sha256 else Turn.TAKE
    is_new_here = here is not None and here not in there.known
    return Turn.GIVE if is_new_here and there.sha256 is None else Turn.TAKE


class SharedShelf:
    """One machine's shelf among those of the line."""

    def __init__(self, files: SqlKeptFiles, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        self._files = files
        self._shelf = shelf
        self._clock = clock
        self._as_of: tuple[int, Signature] | None = None

    async def meet(self) -> bool:
        """Give what was added or removed here, take what was elsewhere; return whether anything.

        Raises RecordsError and OSError; what was not done then is done at the next meeting.
        """
        as_of = await self._files.newest(), await asyncio.to_thread(self._shelf.signature)
        if as_of == self._as_of:
            return False
        there = await self._files.files()
        contents = await asyncio.to_thread(self._shelf.contents)
        met = await asyncio.to_thread(self._shelf.met)
        same = dict(met)
        has_changed = False
        for name in sorted({*contents, *there, *met}):
            content = contents.get(name)
            here = digest_of(content) if content is not None else None
            turn = _turn(name, here, content, met.get(name), there.get(name))
            if turn is Turn.GIVE and await self._give(name, content, there.get(name)):
                same[name], has_changed = here or GONE, True
            elif turn is Turn.TAKE:
                same[name], has_changed = await self._take(there[name]) or GONE, True
            elif turn is Turn.NONE:
                same[name] = here or GONE
        await asyncio.to_thread(self._shelf.note_met, same)
        self._as_of = None if has_changed else as_of
        return has_changed

    async def _give(self, name: str, content: bytes | None, there: KeptFile | None) -> bool:
        by = Document.model_validate_json(content).added_by if content else None
        seen = there.number if there else 0
        is_given = await self._files.put({name: content}, by or "", self._clock(), seen=seen)
        log.info("document_given", file=name, is_removal=content is None, is_first=is_given)
        return is_given

    async def _take(self, there: KeptFile) -> str | None:
        content = await self._files.content(there.sha256) if there.sha256 else None
        await asyncio.to_thread(self._shelf.put, there.name, content)
        log.info("document_taken", file=there.name, is_removal=content is None)
        return there.sha256


def _turn(
    name: str, here: str | None, content: bytes | None, met: str | None, there: KeptFile | None
) -> Turn:
    if not _NAME.fullmatch(name):
        return Turn.NONE
    turn = turn_of(here, met, there)
    if turn is Turn.GIVE and content is not None and not _is_document(content):
        # Damaged here: what the others have mends it, and /health says it where there is none.
        return Turn.TAKE if there and there.sha256 else Turn.NONE
    return turn


def _is_document(content: bytes) -> bool:
    try:
        Document.model_validate_json(content)
    except ValidationError:
        return False
    return True

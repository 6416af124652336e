"""Edited maps and the plan under them, the same on every machine of the line."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from pydantic import ValidationError

from aurora.console.map.drawing import SavedDrawing
from aurora.console.map.picture import Picture, PictureRefused, checked
from aurora.errors import AuroraError, RecordsError
from aurora.records.kept_files import KeptFile, SqlKeptFiles

log = structlog.get_logger(__name__)

_PICTURES = {"image/png": "plan.png", "image/svg+xml": "plan.svg"}
_OF_THE_DISK = "the data directory"


class MapChanged(AuroraError):
    """Somebody saved the map meanwhile."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} has saved the map meanwhile")
        self.by = by


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """The picture under the map, and a name for this very content of it."""

    picture: Picture
    version: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept as of one act."""

    number: int = 0
    drawing: SavedDrawing | None = None
    picture: PlanPicture | None = None
    next_version: int = 1
    """Which nobody has saved yet, whichever can be read."""


class MapShelf:
    """The maps of one site; read anew only when somebody changed them. Raises RecordsError."""

    def __init__(self, files: SqlKeptFiles, directory: Path, site_id: str) -> None:
        """directory: where maps lay before they were kept in the database; taken in once."""
        self._files = files
        self._directory = directory
        self._site_id = site_id
        self._kept = Kept()
        self._is_taken_in = False
        self._reading = asyncio.Lock()

    async def kept(self) -> Kept:
        """Return the newest map of this site that can be read, and the plan under it."""
        newest = await self._files.newest()
        if newest == self._kept.number and (newest or self._is_taken_in):
            return self._kept
        async with self._reading:
            if not newest and not self._is_taken_in:
                await self._take_in()
                newest = await self._files.newest()
            self._is_taken_in = True
            if newest != self._kept.number:
                self._kept = await self._read(newest)
        return self._kept

    async def save(self, saved: SavedDrawing) -> None:
        """Keep a map; raises MapChanged when its version is taken: whoever saves first wins."""
        content = saved.model_dump_json(indent=1).encode()
        name = _name(saved.version)
        if not await self._files.put({name: content}, saved.saved_by, saved.saved_at, seen=0):
            newest = (await self.kept()).drawing
            raise MapChanged(newest.saved_by if newest else "somebody")

    async def keep_picture(self, picture: Picture, by: str, at: datetime) -> None:
        """Put a picture in the place of the one before."""
        name = _PICTURES[picture.media_type]
        others = dict.fromkeys(set(_PICTURES.values()) - {name})
        await self._files.put({name: picture.content, **others}, by, at)

    async def drop_picture(self, by: str, at: datetime) -> None:
        await self._files.put(dict.fromkeys(_PICTURES.values()), by, at)

    async def _read(self, newest: int) -> Kept:
        files = {name: one for name, one in (await self._files.files()).items() if one.sha256}
        versions = sorted(name for name in files if name.startswith("map-"))
        drawing = None
        for name in reversed(versions):
            drawing = await self._drawing(files[name])
            if drawing is not None:
                break
        after = int(versions[-1].removeprefix("map-").removesuffix(".json")) + 1 if versions else 1
        return Kept(newest, drawing, await self._picture(files), after)

    async def _drawing(self, file: KeptFile) -> SavedDrawing | None:
        try:
            content = await self._files.content(file.sha256 or "")
            saved = await asyncio.to_thread(SavedDrawing.model_validate_json, content)
        except (ValidationError, RecordsError) as error:
            log.error("map_not_read", file=file.name, error=type(error).__name__)
            return None
        return saved if saved.site == self._site_id else None

    async def _picture(self, files: dict[str, KeptFile]) -> PlanPicture | None:
        """The plan under the map; one that was damaged or swapped is left out."""
        for media_type, name in _PICTURES.items():
            sha256 = files[name].sha256 if name in files else None
            if sha256 is None:
                continue
            try:
                content = await self._files.content(sha256)
                picture = await asyncio.to_thread(checked, content, media_type)
            except (PictureRefused, RecordsError) as refused:
                log.error("plan_not_shown", file=name, reason=str(refused))
                return None
            return PlanPicture(picture, sha256[:16])
        return None

    async def _take_in(self) -> None:
        """Keep for all machines what this one kept by itself, unless another was first."""
        for path, content, at in await asyncio.to_thread(lambda: list(_on_disk(self._directory))):
            if await self._files.put({path.name: content}, _OF_THE_DISK, at, seen=0):
                log.info("map_taken_in", file=path.name)


def _on_disk(directory: Path) -> Iterator[tuple[Path, bytes, datetime]]:
    names = ["map-[0-9][0-9][0-9][0-9][0-9][0-9].json", *_PICTURES.values()]
    for path in sorted(path for name in names for path in directory.glob(name)):
        try:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield path, path.read_bytes(), at
        except OSError as error:
            log.error("map_not_taken_in", file=path.name, error=str(error))


def _name(version: int) -> str:
    return f"map-{version:06}.json"

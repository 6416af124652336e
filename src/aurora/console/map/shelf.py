"""Keep edited maps and the plan under them in the data directory, each with its author."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import ValidationError

from aurora.console.map.drawing import SavedDrawing
from aurora.console.map.picture import Picture, PictureRefused, checked
from aurora.errors import AuroraError
from aurora.records.private import make_private_directory, open_private

log = structlog.get_logger(__name__)

KEPT = 50
"""Older versions are let go."""
_PICTURES = {"image/png": "plan.png", "image/svg+xml": "plan.svg"}


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


class MapShelf:
    """The maps of one data directory; plain file work, to be done in a thread. Raises OSError."""

    def __init__(self, directory: Path, site_id: str) -> None:
        self._directory = directory
        self._site_id = site_id

    def latest(self) -> SavedDrawing | None:
        """Return the newest map of this site that can be read."""
        for path in reversed(self._versions()):
            try:
                saved = SavedDrawing.model_validate_json(path.read_bytes())
            except (ValidationError, ValueError) as error:
                log.error("map_not_read", file=path.name, error=type(error).__name__)
                continue
            if saved.site == self._site_id:
                return saved
        return None

    def save(self, saved: SavedDrawing) -> None:
        """Keep a map; raises MapChanged when its version is taken: whoever saves first wins."""
        make_private_directory(self._directory)
        path = self._directory / f"map-{saved.version:06}.json"
        draft = path.with_suffix(".draft")
        _write(draft, saved.model_dump_json(indent=1).encode())
        try:
            os.link(draft, path)  # never over one that is there
        except FileExistsError:
            newest = self.latest()
            raise MapChanged(newest.saved_by if newest else "somebody") from None
        finally:
            draft.unlink()
        for old in self._versions()[:-KEPT]:
            old.unlink(missing_ok=True)

    def next_version(self) -> int:
        """Return the version that nobody has saved yet, whichever can be read."""
        versions = self._versions()
        return int(versions[-1].stem.partition("-")[2]) + 1 if versions else 1

    def picture(self) -> PlanPicture | None:
        """Return the plan under the map; one that was damaged or swapped is left out."""
        for media_type, name in _PICTURES.items():
            path = self._directory / name
            if not path.exists():
                continue
            content = path.read_bytes()
            try:
                picture = checked(content, media_type)
            except PictureRefused as refused:
                log.error("plan_not_shown", file=name, reason=str(refused))
                return None
            return PlanPicture(picture, hashlib.sha256(content).hexdigest()[:16])
        return None

    def keep_picture(self, picture: Picture) -> None:
        """Put a picture in the place of the one before."""
        make_private_directory(self._directory)
        name = _PICTURES[picture.media_type]
        draft = self._directory / f".{name}.draft"
        _write(draft, picture.content)
        draft.replace(self._directory / name)
        for other in _PICTURES.values():
            if other != name:
                (self._directory / other).unlink(missing_ok=True)

    def drop_picture(self) -> None:
        for name in _PICTURES.values():
            (self._directory / name).unlink(missing_ok=True)

    def _versions(self) -> list[Path]:
        return sorted(self._directory.glob("map-[0-9][0-9][0-9][0-9][0-9][0-9].json"))


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_TRUNC), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

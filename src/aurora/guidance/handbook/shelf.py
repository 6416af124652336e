"""Uploaded documents on disk, a JSON file each; what is there is never lost to what is not."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aurora.errors import HandbookError
from aurora.guidance.handbook.passage import Document
from aurora.private_files import put_in_place

MET = ".met"
"""No document: its name has another ending."""
_MET = TypeAdapter(dict[str, str])

Signature = tuple[tuple[str, int, int], ...]


class Shelf:
    """The folder of uploaded documents; it need not exist before the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def signature(self) -> Signature:
        """Return what changes whenever a document is added, removed or written anew."""
        return tuple((path.name, *_changed(path)) for path in self._files())

    def read(self) -> tuple[list[Document], list[str]]:
        """Return every document that can be read, and what is wrong with the others."""
        documents, problems = [], []
        for path in self._files():
            try:
                documents.append(Document.model_validate_json(path.read_bytes()))
            except FileNotFoundError:
                continue  # removed meanwhile
            except (OSError, ValidationError):
                problems.append(f"{path}: not a stored document; remove it and add its file again")
        return documents, problems

    def add(self, document: Document, others: Iterable[Document] = ()) -> None:
        """Keep a document; raises HandbookError when these very bytes are there already."""
        for known in [*others, *self.read()[0]]:
            if (known.sha256, known.language) == (document.sha256, document.language):
                raise HandbookError(
                    f"{document.name}: already in the handbook as {known.id}; "
                    "remove that first to add it with another title"
                )
        content = document.model_dump_json(indent=1).encode()
        try:
            put_in_place(self.folder / f"{document.id}.json", content)
        except OSError as error:
            raise HandbookError(f"{self.folder}: cannot be written ({error.strerror})") from error

    def remove(self, document_id: str) -> None:
        """Let go of a document; raises HandbookError when there is none of this id."""
        for path in self._files():
            if path.stem == document_id:
                path.unlink(missing_ok=True)
                return
        raise HandbookError(f"{document_id}: no uploaded document has this id; see `handbook list`")

    def contents(self) -> dict[str, bytes]:
        """Return every file as it lies there, by name; raises OSError."""
        found = {}
        for path in self._files():
            with suppress(FileNotFoundError):  # removed meanwhile
                found[path.name] = path.read_bytes()
        return found

    def put(self, name: str, content: bytes | None) -> None:
        """Put a file as another machine has it; None removes it. Raises OSError."""
        if content is None:
            (self.folder / name).unlink(missing_ok=True)
            return
        put_in_place(self.folder / name, content)

    def met(self) -> dict[str, str]:
        """Return what each file was when it last was the same on every machine, by name."""
        try:
            return _MET.validate_json((self.folder / MET).read_bytes())
        except (FileNotFoundError, ValidationError):
            return {}

    def note_met(self, digests: Mapping[str, str]) -> None:
        """Keep what `met` is to return; raises OSError."""
        if digests != self.met():
            self.put(MET, _MET.dump_json(dict(digests)))

    def _files(self) -> Iterator[Path]:
        try:
            names = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return
        yield from (self.folder / name for name in names if name.endswith(".json"))


def shelf_in(data_dir: Path) -> Shelf:
    """Return the shelf of a line's data directory."""
    return Shelf(data_dir / "handbook")


def _changed(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_size

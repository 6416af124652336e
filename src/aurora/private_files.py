"""Make files and directories that this account alone may read, each file whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def make_private_directory(path: Path) -> None:
    """Make the directory and those above it, as far as they are missing; raises OSError."""
    for missing in [*(parent for parent in reversed(path.parents) if not parent.exists()), path]:
        missing.mkdir(mode=0o700, exist_ok=True)


def open_private(path: Path, flags: int) -> int:
    """Open a file, made if it is missing; return its descriptor."""
    return os.open(path, flags | os.O_CREAT, 0o600)


def put_in_place(path: Path, content: bytes, *, keeps_first: bool = False) -> None:
    """Put content in place of a file at once: a reader sees the old or the new, whole.

    Of several that write at the same time each writes a draft of its own. keeps_first: a file that
    is there stays. Raises OSError; then the file is as it was, and no draft is left.
    """
    make_private_directory(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        if keeps_first:
            with suppress(FileExistsError):
                os.link(name, path)
        else:
            os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)

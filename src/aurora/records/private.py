"""Make files and directories that this account alone may read: they hold callers' words."""

import os
from pathlib import Path


def make_private_directory(path: Path) -> None:
    """Make the directory and those above it, as far as they are missing; raises OSError."""
    for missing in [*(parent for parent in reversed(path.parents) if not parent.exists()), path]:
        missing.mkdir(mode=0o700, exist_ok=True)


def open_private(path: Path, flags: int) -> int:
    """Open a file, made if it is missing; return its descriptor."""
    return os.open(path, flags | os.O_CREAT, 0o600)

"""The key that signs this line's links, made once and kept where only this account can read it."""

import os
import secrets
from pathlib import Path

from aurora.errors import RecordsError
from aurora.records.private import make_private_directory, open_private

FILE = "signing.key"
KEY_BYTES = 32


def signing_key(data_dir: Path) -> bytes:
    """Return the key, made if there is none; two that start at once get the same.

    Raises RecordsError.
    """
    path = data_dir / FILE
    try:
        make_private_directory(data_dir)
        if not path.exists():
            _make(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise RecordsError(f"{path}: {error}; mend it, or set AURORA_SIGNING_KEY") from error
    if len(key) != KEY_BYTES:
        raise RecordsError(f"{path}: not a key of {KEY_BYTES} bytes; remove it to have one made")
    return key


def _make(path: Path) -> None:
    """Write a key beside the file, then link it there: whoever is first wins, whole."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(open_private(draft, os.O_WRONLY | os.O_EXCL), "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(KEY_BYTES)}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

"""The key that signs this line's links, made once and kept where only this account can read it."""

import secrets
from pathlib import Path

from aurora.errors import RecordsError
from aurora.private_files import put_in_place

FILE = "signing.key"
KEY_BYTES = 32


def signing_key(data_dir: Path) -> bytes:
    """Return the key, made if there is none; two that start at once get the same.

    Raises RecordsError.
    """
    path = data_dir / FILE
    try:
        if not path.exists():
            # Whoever is first wins, whole.
            content = f"{secrets.token_hex(KEY_BYTES)}\n".encode("ascii")
            put_in_place(path, content, keeps_first=True)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise RecordsError(f"{path}: {error}; mend it, or set AURORA_SIGNING_KEY") from error
    if len(key) != KEY_BYTES:
        raise RecordsError(f"{path}: not a key of {KEY_BYTES} bytes; remove it to have one made")
    return key

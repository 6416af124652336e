"""This machine's own name, made once, so that after a restart it takes up what it had begun."""

import os
import secrets
from pathlib import Path

from aurora.errors import RecordsError
from aurora.records.private import make_private_directory, open_private

FILE, KIOSK_FILE = "machine.id", "kiosk.id"


def machine_id(data_dir: Path, *, is_kiosk: bool = False) -> str:
    """Return the name kept in the data directory, made if there is none; raises RecordsError.

    is_kiosk: a kiosk beside a line must not take up the plans that the line is carrying out.
    """
    path = data_dir / (KIOSK_FILE if is_kiosk else FILE)
    try:
        make_private_directory(data_dir)
        if not path.exists():
            with os.fdopen(open_private(path, os.O_WRONLY), "w", encoding="ascii") as file:
                file.write(f"machine-{secrets.token_hex(8)}\n")
        name = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise RecordsError(f"{path}: {error}; remove it to have one made") from error
    if not name:
        raise RecordsError(f"{path}: empty; remove it to have one made")
    return name

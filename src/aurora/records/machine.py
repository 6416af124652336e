"""This machine's own name, made once, so that after a restart it takes up what it had begun."""

import secrets
from pathlib import Path

from aurora.errors import RecordsError
from aurora.private_files import put_in_place

FILE, KIOSK_FILE = "machine.id", "kiosk.id"


def machine_id(data_dir: Path, *, is_kiosk: bool = False) -> str:
    """Return the name kept in the data directory, made if there is none; raises RecordsError.

    is_kiosk: a kiosk beside a line must not take up the plans that the line is carrying out.
    """
    path = data_dir / (KIOSK_FILE if is_kiosk else FILE)
    try:
        if not path.exists():
            put_in_place(path, _new_name(), keeps_first=True)
        name = path.read_text(encoding="ascii").strip()
        if not name:
            # Lost in a power cut. A line that does not start alerts nobody; others take up the
            # plans of the name that is gone.
            put_in_place(path, _new_name())
            name = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise RecordsError(f"{path}: {error}; remove it to have one made") from error
    return name


def _new_name() -> bytes:
    return f"machine-{secrets.token_hex(8)}\n".encode("ascii")

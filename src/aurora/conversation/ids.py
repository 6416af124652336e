"""Names of calls and workers, in the shape the original's data has."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime


def call_id_for(number: str | None, at: datetime, is_free: Callable[[str], bool]) -> str:
    """Return call_<digits>_<YYYYmmdd_HHMMSS> (UTC); unknown<hex> stands for a missing number.

    is_free: whether no call has this id. A flood from one number must not make ids without end.
    """
    digits = _digits(number) or f"unknown{secrets.token_hex(4)}"
    call_id = f"call_{digits}_{at.astimezone(UTC):%Y%m%d_%H%M%S}"
    if is_free(call_id):
        return call_id
    second = f"{call_id}b"
    return second if is_free(second) else f"{call_id}_{secrets.token_hex(6)}"


def worker_id_for(number: str | None) -> str:
    """Return worker_<digits>, or worker_unknown."""
    return f"worker_{_digits(number) or 'unknown'}"


def _digits(number: str | None) -> str:
    return re.sub(r"\D", "", number or "")

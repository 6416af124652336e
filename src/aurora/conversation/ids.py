"""Names of calls and workers, in the shape the original's data has."""

import re
import secrets
from datetime import UTC, datetime


def call_id_for(number: str | None, at: datetime) -> str:
    """Return call_<digits>_<YYYYmmdd_HHMMSS> (UTC); unknown<hex> stands for a missing number."""
    digits = _digits(number) or f"unknown{secrets.token_hex(4)}"
    return f"call_{digits}_{at.astimezone(UTC):%Y%m%d_%H%M%S}"


def worker_id_for(number: str | None) -> str:
    """Return worker_<digits>, or worker_unknown."""
    return f"worker_{_digits(number) or 'unknown'}"


def _digits(number: str | None) -> str:
    return re.sub(r"\D", "", number or "")

"""One change to the conditions of a site, as it is kept for ever; what holds now is elsewhere."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

WIND_LASTS = timedelta(minutes=60)
BLOCK_LASTS = timedelta(hours=4)


class Kind(StrEnum):
    WIND = "wind"
    EXIT = "exit"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Change:
    """Who said what of which condition; the newest change of a key holds until it expires."""

    kind: Kind
    key: str
    """What of this kind: "b/b_east", a drill's id; empty for the wind."""
    at: datetime
    expires_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    """JSON-safe; always `by`, a person's name or the id of the call it was said in."""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    """Names this change, so that writing it twice keeps it once."""


def wind_change(degrees: float, by: str, now: datetime) -> Change:
    return Change(Kind.WIND, "", now, now + WIND_LASTS, {"degrees": degrees, "by": by})


def exit_change(
    zone_id: str, exit_id: str, *, is_blocked: bool, by: str, reason: str, now: datetime
) -> Change:
    details = {"is_blocked": is_blocked, "by": by, "reason": reason}
    return Change(Kind.EXIT, f"{zone_id}/{exit_id}", now, now + BLOCK_LASTS, details)


def drill_announced(
    by: str, reason: str, starts_at: datetime, ends_at: datetime, zone_id: str | None, now: datetime
) -> Change:
    details = {
        "by": by,
        "reason": reason,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "zone": zone_id,
    }
    return Change(Kind.DRILL, secrets.token_hex(4), now, ends_at, details)


def drill_cancelled(drill_id: str, by: str, ends_at: datetime, now: datetime) -> Change:
    return Change(Kind.DRILL, drill_id, now, ends_at, {"by": by, "is_cancelled": True})

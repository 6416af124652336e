"""What a room of the console leaves on the audit trail; who keeps the trail is wired in."""

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from aurora.accounts.person import Person

log = structlog.get_logger(__name__)


class Trail(Protocol):
    """Notes who did what; it never raises, and returns when the note is stored."""

    async def note(
        self, person: Person, act: str, subject: str, details: Mapping[str, Any]
    ) -> None:
        """act: a stable dotted word. subject: an id. details: plain JSON, no callers' words."""


class LoggedTrail:
    """A trail in the log, where there are no accounts."""

    async def note(
        self, person: Person, act: str, subject: str, details: Mapping[str, Any]
    ) -> None:
        log.info("act", who=person.name, act=act, subject=subject, details=dict(details))

"""What a room of the console leaves on the audit trail; who keeps the trail is wired in."""

from collections.abc import Mapping
from typing import Any, Protocol

from aurora.accounts.person import Person


class Trail(Protocol):
    """Notes who did what; it never raises, and returns when the note is stored."""

    async def note(
        self, person: Person, act: str, subject: str, details: Mapping[str, Any]
    ) -> None:
        """act: a stable dotted word. subject: an id. details: plain JSON, no callers' words."""

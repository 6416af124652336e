"""How far a caller's way to a human is; what moves it is `handing_off`'s work."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

BY_CALLER = "caller"


class Stage(StrEnum):
    """How far it is; each change is an event on the call's record."""

    REQUESTED = "requested"
    """Somebody is wanted, and nobody is being asked just now: it stands in the queue."""
    BRIEFING = "briefing"
    """One person is being rung or reads the brief; nothing is promised of them."""
    JOINED = "joined"
    """A person speaks with the caller, and Aurora is mute."""
    DROPPED_BACK = "dropped_back"
    """The person is gone, and Aurora is with the caller again."""
    ENDED = "ended"


class Way(StrEnum):
    """How a person speaks with the caller."""

    PHONE = "phone"
    CONSOLE = "console"
    """At the console, by its browser."""


@dataclass(slots=True)
class Leg:
    """A telephone call by which somebody comes into a conference."""

    sid: str
    """The provider's id of it."""
    person: str
    contact_id: str | None


WAITING = frozenset({Stage.REQUESTED, Stage.BRIEFING})


@dataclass(slots=True)
class HandOff:
    """The newest hand-off of a call; those before it are on its record."""

    stage: Stage
    asked_by: str
    """BY_CALLER, or the operator's name."""
    asked_at: datetime
    changed_at: datetime
    attempt: int = 0
    """Counts the people asked in this call, over all its hand-offs; what comes late from an earlier
    one changes nothing."""
    person: str | None = None
    """Who is asked, or has joined, by name."""
    contact_id: str | None = None
    """The same as a contact of the site; None for an operator at the console."""
    way: Way | None = None
    leg: str | None = None
    """The provider's id of the telephone call to them."""
    added: list[Leg] = field(default_factory=list)
    """Who is in the conference beside them, and goes on with the caller when they leave."""
    asked: list[str] = field(default_factory=list)
    """Contacts asked so far, in order."""
    wanted: list[str] = field(default_factory=list)
    """Contacts that an operator chose to ask; empty for whoever the site names."""

    @property
    def is_waiting(self) -> bool:
        return self.stage in WAITING

    @property
    def is_open(self) -> bool:
        return self.is_waiting or self.stage is Stage.JOINED

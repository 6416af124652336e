"""What somebody says, or a warden says of them, when people are counted; keeps nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Where somebody is, as far as it matters to those who would search for them."""

    SAFE = "safe"
    AWAY = "away"
    """Not on the site: nobody looks for them."""
    MISSING = "missing"
    """Not heard of; also what a mark is taken back to."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A position by the telephone itself, in degrees (WGS 84)."""

    latitude: float
    longitude: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One word about one person; the newest counts."""

    id: str
    """The same for the same press of a button, however often it is sent."""
    person_key: str
    name: str
    standing: Standing
    at: datetime
    by: str
    """Who said it: the person, or who answers for having seen them."""
    is_own: bool
    """They said it themselves."""
    place: str | None = None
    """`point:` or `zone:` and its id."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Muster:
    """One count of everybody, from its opening to its end."""

    id: str
    reason: str
    is_drill: bool
    incident_id: str | None
    counts_from: datetime
    """Who checked in since then is counted: people leave before anybody opens a muster."""
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def counts(self, at: datetime) -> bool:
        """Whether what was said then counts in it."""
        return self.counts_from <= at and (self.closed_at is None or at <= self.closed_at)

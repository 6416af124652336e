"""What may be said to a caller of those who were alerted, never more than is known; says nothing."""

from dataclasses import dataclass

from aurora.escalation.incident import Incident


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that is true now: the name of a phrase, and the roles it speaks of."""

    phrase: str
    roles: tuple[str, ...] = ()


def statements(incident: Incident, told: list[Statement]) -> list[Statement]:
    """Return what is true now and was not told to this caller yet, in the order to say it."""
    return []

"""What those already alerted must be told of an incident; what is news is decided elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from aurora.triage.assessment import Fact


class NewsKind(StrEnum):
    URGENCY = "urgency"
    LOWERED = "lowered"
    """An operator did."""
    HAPPENING = "happening"
    """Something else as well: a casualty at a fire. `name` is the procedure, else the hazard."""
    ZONE = "zone"
    """Found, or corrected."""
    FACT = "fact"
    LOST = "lost"
    """The caller of a call is missing: `name` is the call's id, the value how."""
    SEARCH = "search"
    """They could not be reached again. `name` is the call's id."""
    FOUND = "found"
    """They were heard again. `name` is the call's id."""
    ROLES = "roles"
    """A role that was not asked for before; it has to be paged, nobody else is told of it."""


ABOUT_CALLERS = frozenset({NewsKind.LOST, NewsKind.SEARCH, NewsKind.FOUND})
TROUBLE = ABOUT_CALLERS | {NewsKind.URGENCY, NewsKind.HAPPENING, NewsKind.ZONE, NewsKind.FACT}
WORTH_TELLING = TROUBLE | {NewsKind.LOWERED}
"""Whoever runs to a false alarm must hear of it as well."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that those already alerted must be told."""

    kind: NewsKind
    name: str
    """Of the fact; else the new value: a level, a zone's id, a procedure or hazard, a role."""
    value: Fact | None = None


@dataclass(frozen=True, slots=True)
class Untold:
    """News of one moment, and those who have to hear it: kept until they were told."""

    key: str
    """The same for the same news, so that nobody hears it twice."""
    news: tuple[News, ...]
    contacts: tuple[str, ...]
    """Who had been paged by then: whoever is paged later hears of it in the page."""

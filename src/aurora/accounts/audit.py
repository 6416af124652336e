"""What stands in the audit trail, and the chain that shows when a row was changed or lost; pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

BEGINNING = "0" * 64
"""Stands where the first row names the one before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody did something."""

    id: str
    """Of its own: written twice by mistake, it stands there once."""
    at: datetime
    who: str
    """Their name; for those who are not signed in, what they called themselves."""
    account_id: str
    """Empty for whoever has none."""
    role: str
    address: str
    act: str
    """A stable word such as sign_in or urgency.lowered."""
    subject: str
    """What it was done to: the id of a call, an incident, an account."""
    details: Mapping[str, Any]
    """Before and after, where it matters."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its place."""

    number: int
    entry: Entry
    previous: str
    hash: str


def chained(entry: Entry, number: int, previous: str) -> Link:
    """Return the entry as the link after `previous`."""
    return Link(number, entry, previous, _hash(entry, number, previous))


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are looked for; what is empty holds for all."""

    who: str = ""
    """A part of the name."""
    act: str = ""
    """The act, or what it begins with: sign_in finds sign_in.refused."""
    without: str = ""
    """An act that is left out."""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a walk along the chain found."""

    count: int
    head: str
    """The last hash: noted elsewhere, it shows later that nothing up to it was taken away."""
    broken_at: int | None
    """The number of the first row that is not as it was written."""
    has_known: bool
    """Whether the hash that was asked for is in the chain."""


def check(links: Iterable[Link], known: str = BEGINNING) -> Checked:
    """Walk along the chain from its beginning."""
    previous, count, has_known = BEGINNING, 0, known == BEGINNING
    for link in links:
        if link != chained(link.entry, count + 1, previous):
            return Checked(count, previous, count + 1, has_known)
        previous, count = link.hash, count + 1
        has_known = has_known or previous == known
    return Checked(count, previous, None, has_known)


def _hash(entry: Entry, number: int, previous: str) -> str:
    """Of everything in the row, in one spelling."""
    content = [
        previous,
        number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        *(entry.id, entry.who, entry.account_id, entry.role, entry.address),
        *(entry.act, entry.subject),
        details_text(entry.details),
    ]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()


def details_text(details: Mapping[str, Any]) -> str:
    """Return details as they are kept."""
    plain = orjson.dumps(dict(details), option=orjson.OPT_NON_STR_KEYS, default=str)
    return plain.decode()

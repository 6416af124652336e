"""What a text of the site went through: drafted, reviewed, in force, taken back; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a text is of."""

    PROCEDURE = "procedure"
    """Its key is the procedure and the language: "fire.en"."""
    SITE = "site"
    """The site's own file; its key is "site"."""


class Act(StrEnum):
    """What a person did with a version."""

    DRAFTED = "drafted"
    SAVED = "saved"
    """Other words in it; what was checked before no longer counts."""
    CHECKED = "checked"
    SUBMITTED = "submitted"
    """Given to a second person."""
    DECLINED = "declined"
    """Back to whoever drafts, with the reason."""
    APPROVED = "approved"
    """From here on in force."""
    WITHDRAWN = "withdrawn"
    PUT_BACK = "put_back"
    """An approved version, or the file, is in force again."""


class State(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One text; its words change only while it is a draft."""

    id: str
    kind: Kind
    key: str
    number: int
    """Counted for each key; the file's own number comes before all of them."""
    content: str
    sha256: str
    based_on: str
    """SHA-256 of the text that was in force when it was drafted."""
    by: str
    """The name of who began it."""
    at: datetime
    change_set: str | None = None
    """What it belongs to; None for a version alone."""

    @property
    def set_id(self) -> str:
        return self.change_set or self.id


@dataclass(frozen=True, slots=True)
class Step:
    """One act of one person on one version; never changed afterwards."""

    act: Act
    kind: Kind
    key: str
    version_id: str | None
    """None for the file that comes with the site."""
    sha256: str
    """Of the words it was done to."""
    by_id: str
    by: str
    role: str
    at: datetime
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    """The order in which they were stored."""


_STATES = {
    Act.DRAFTED: State.DRAFT,
    Act.SAVED: State.DRAFT,
    Act.SUBMITTED: State.IN_REVIEW,
    Act.DECLINED: State.DRAFT,
    Act.APPROVED: State.APPROVED,
    Act.WITHDRAWN: State.WITHDRAWN,
}
PUTS_IN_FORCE = (Act.APPROVED, Act.PUT_BACK)
OPEN = (State.DRAFT, State.IN_REVIEW)


def state_of(steps: Iterable[Step]) -> State:
    """Return how a version stands after its steps, oldest first."""
    state = State.DRAFT
    for step in steps:
        state = _STATES.get(step.act, state)
    return state


def authors_of(steps: Iterable[Step]) -> frozenset[str]:
    """Return the ids of everybody who wrote in a version."""
    return frozenset(step.by_id for step in steps if step.act in (Act.DRAFTED, Act.SAVED))


def check_of(steps: Sequence[Step], sha256: str) -> Step | None:
    """Return the last check of these very words, or None.

    sha256: of all the words that are checked together.
    """
    checks = (step for step in reversed(steps) if step.act is Act.CHECKED)
    return next((one for one in checks if one.details.get("of", one.sha256) == sha256), None)


def approval_of(steps: Iterable[Step]) -> Step | None:
    """Return the step that approved a version, or None."""
    return next((step for step in steps if step.act is Act.APPROVED), None)


@dataclass(frozen=True, slots=True)
class InForce:
    """What is in force for a key since a moment."""

    version_id: str | None
    """None for the file."""
    since: Step


def in_force(steps: Iterable[Step], at: datetime | None = None) -> dict[tuple[Kind, str], InForce]:
    """Return what was put in force up to a moment, or up to now; a key without an entry has its
    file in force."""
    found: dict[tuple[Kind, str], InForce] = {}
    for step in steps:
        if step.act in PUTS_IN_FORCE and (at is None or step.at <= at):
            found[step.kind, step.key] = InForce(step.version_id, step)
    return found


def in_force_between(
    steps: Iterable[Step], kind: Kind, key: str, since: datetime, until: datetime
) -> list[str | None]:
    """Return what was in force for a key at any time of a stretch, oldest first; None for the
    file."""
    held: list[str | None] = [None]
    for step in steps:
        if (step.kind, step.key) != (kind, key) or step.at > until:
            continue
        if step.act in PUTS_IN_FORCE:
            held = [step.version_id] if step.at <= since else [*held, step.version_id]
    return held


def were_in_force(steps: Iterable[Step]) -> frozenset[str]:
    """Return the ids of all versions that ever were in force."""
    return frozenset(s.version_id for s in steps if s.act in PUTS_IN_FORCE and s.version_id)


def of_version(steps: Iterable[Step], version_id: str) -> Iterator[Step]:
    return (step for step in steps if step.version_id == version_id)

"""Which text was in force from when to when; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.review.versions import Act, State, Step, Version, of_version, state_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """A text in force; until is None for the one that is now."""

    version: Version | None
    """None for the file that comes with the site."""
    since: datetime | None
    """None from the beginning."""
    until: datetime | None
    step: Step | None


def stretches(steps: Sequence[Step], versions: Sequence[Version]) -> list[Stretch]:
    """Return what was in force, newest first."""
    known = {version.id: version for version in versions}
    found = [Stretch(None, None, None, None)]
    for step in steps:
        if step.act in (Act.APPROVED, Act.PUT_BACK):
            last = found[-1]
            found[-1] = Stretch(last.version, last.since, step.at, last.step)
            version = known.get(step.version_id or "")
            found.append(Stretch(version, step.at, None, step))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the record, on one or more texts."""

    step: Step
    keys: tuple[str, ...]


def acts_of(steps: Sequence[Step]) -> list[Line]:
    """Return the acts of a change set, each once, oldest first."""
    found: dict[tuple[object, ...], Line] = {}
    for step in steps:
        act = step.act, step.at, step.by_id
        known = found.get(act)
        found[act] = Line(step, (*known.keys, step.key)) if known else Line(step, (step.key,))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in the list of all."""

    version: Version
    state: State
    last: Step


def entries(steps: Sequence[Step], versions: Sequence[Version]) -> list[Entry]:
    """Return every version with how it stands, newest first."""
    found = []
    for version in reversed(versions):
        own = list(of_version(steps, version.id))
        found.append(Entry(version, state_of(own), own[-1]))
    return found

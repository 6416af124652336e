"""Versions that are drafted, reviewed, put in force and taken back as one; pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aurora.review.versions import PUTS_IN_FORCE, Kind, Step, Version


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A text alone, or a procedure in several languages."""

    versions: tuple[Version, ...]
    """At least one, by key."""

    @property
    def id(self) -> str:
        return self.versions[0].set_id

    @property
    def kind(self) -> Kind:
        return self.versions[0].kind

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(version.key for version in self.versions)

    @property
    def sha256(self) -> str:
        """Of every word in it: what a person has seen who has seen this."""
        if len(self.versions) == 1:
            return self.versions[0].sha256
        named = "\n".join(f"{version.key} {version.sha256}" for version in self.versions)
        return hashlib.sha256(named.encode()).hexdigest()

    @property
    def contents(self) -> Mapping[str, str]:
        """The words by key."""
        return {version.key: version.content for version in self.versions}

    def version(self, version_id: str) -> Version:
        return next(one for one in self.versions if one.id == version_id)

    def only(self, version_ids: Collection[str]) -> "ChangeSet":
        """Return it with nothing but these."""
        return ChangeSet(tuple(one for one in self.versions if one.id in version_ids))


def change_set_of(versions: Iterable[Version]) -> ChangeSet:
    return ChangeSet(tuple(sorted(versions, key=lambda one: one.key)))


def what_goes_back(
    steps: Sequence[Step], sets: Mapping[str, str], key: str, version_id: str | None
) -> dict[str, str | None]:
    """Return by key what is in force again with a version, or the file (None): whatever was when
    that version last was, of all keys that were changed together since, or with it.

    Empty where it never was in force, or is now. steps: of one kind. sets: the change set of each
    version that was in force.
    """
    puts = [step for step in steps if step.act in PUTS_IN_FORCE]
    until = _end_of(puts, key, version_id)
    if until is None:
        return {}
    then, now = _held(puts[:until]), _held(puts)
    keys = _together(puts, until, sets, key)
    return {
        one: then.get(one) for one in sorted(keys) if one == key or then.get(one) != now.get(one)
    }


def _end_of(puts: Sequence[Step], key: str, version_id: str | None) -> int | None:
    """Where the act begins that last put another text in this one's place."""
    held, end = None, None
    for at, step in enumerate(puts):
        if step.key == key:
            if held == version_id and step.version_id != version_id:
                end = at
            held = step.version_id
    if end is None or held == version_id:
        return None
    # All steps of one act bear its moment.
    while end and _act_of(puts[end - 1]) == _act_of(puts[end]):
        end -= 1
    return end


def _act_of(step: Step) -> tuple[object, ...]:
    return step.act, step.at, step.by_id


def _together(puts: Sequence[Step], until: int, sets: Mapping[str, str], key: str) -> set[str]:
    """The keys that hang on one by sets: of what was in force then, and of all that came after."""
    in_set: dict[str, set[str]] = {}
    for step in puts:
        if step.version_id is not None and step.version_id in sets:
            in_set.setdefault(sets[step.version_id], set()).add(step.key)
    then = _held(puts[:until])
    keys, before = {key}, set[str]()
    while keys != before:
        before = set(keys)
        held = [then.get(one) for one in before]
        held += [step.version_id for step in puts[until:] if step.key in before]
        for version_id in held:
            if version_id is not None and version_id in sets:
                keys |= in_set[sets[version_id]]
    return keys


def _held(puts: Iterable[Step]) -> dict[str, str | None]:
    return {step.key: step.version_id for step in puts}

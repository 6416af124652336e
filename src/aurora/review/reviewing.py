"""Take texts from draft to force and back, for people at the console; says nothing to callers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from aurora.accounts.person import Person, Role
from aurora.review.change_set import ChangeSet, change_set_of, what_goes_back
from aurora.review.rules import Refusal, Refused, refusal_to
from aurora.review.store import Outcome, Versions
from aurora.review.versions import (
    Act,
    Kind,
    State,
    Step,
    Version,
    approval_of,
    in_force,
    in_force_between,
    of_version,
    state_of,
)


class Texts(Protocol):
    """The texts that come with the site, and what runs of them."""

    def file(self, kind: Kind, key: str) -> str | None:
        """Return the text of the file; None when there is no such key."""

    def file_number(self, kind: Kind, key: str) -> int:
        """Return the version number that the file gives itself."""

    def digest(self, text: str) -> str: ...

    def numbered(self, kind: Kind, text: str, number: int) -> str:
        """Return a text with its version number in it."""

    async def check(self, kind: Kind, drafts: Mapping[str, str]) -> Mapping[str, Any]:
        """Check and rehearse texts by key, together and apart from the line; `is_passed` says
        whether they may be approved. Takes up to a minute and never raises for what is wrong with
        a text."""

    async def misfits(self, kind: Kind, texts: Mapping[str, str]) -> Sequence[str]:
        """Return why texts by key cannot be in force beside the others that are; at once."""

    async def follow(self) -> None:
        """Let what was approved take effect on this machine at once, or with the next look; never
        raises: the act is on record."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with all that it is changed with, and the texts that they would replace."""

    version: Version
    change: ChangeSet
    steps: Sequence[Step]
    """Of all its versions."""
    state: State
    in_force: Mapping[str, str]
    """The texts in force now, by key."""


class Reviewing:
    """The acts of people on texts; each is whole on the record or nothing.

    An act on a version is one on its change set. Where a SHA-256 is asked for, it is that of the
    change set as the person saw it.
    """

    def __init__(self, versions: Versions, texts: Texts, clock: Callable[[], datetime]) -> None:
        self.versions = versions
        self.texts = texts
        self._clock = clock

    async def text_in_force(self, kind: Kind, key: str, at: datetime | None = None) -> str:
        """Return the text that is or was in force; raises LookupError for an unknown key."""
        return (await self.texts_in_force(kind, [key], at))[key]

    async def texts_in_force(
        self, kind: Kind, keys: Iterable[str], at: datetime | None = None
    ) -> dict[str, str]:
        """Return the texts that are or were in force; raises LookupError for an unknown key."""
        held = in_force(await self.versions.puts_in_force(kind), at)
        ids = {key: one.version_id for (_, key), one in held.items()}
        return await self._contents(kind, {key: ids.get(key) for key in keys})

    async def texts_between(
        self, kind: Kind, key: str, since: datetime, until: datetime
    ) -> list[str]:
        """Return every text that was in force at a time of this stretch, oldest first."""
        steps = await self.versions.steps(kind, key)
        held = in_force_between(steps, kind, key, since, until)
        return [(await self._contents(kind, {key: one}))[key] for one in held]

    async def standing(self, version_id: str) -> Standing:
        """Return a version as it stands; raises LookupError."""
        change, steps = await self.versions.change_set(version_id)
        current = await self.texts_in_force(change.kind, change.keys)
        return Standing(change.version(version_id), change, steps, state_of(steps), current)

    async def begin(
        self, kind: Kind, key: str, person: Person, reason: str, others: Sequence[str] = ()
    ) -> Version:
        """Draft a change of the text in force, alone or together with others, and return the
        draft of this one; raises Refused, LookupError."""
        _require_admin(person)
        set_id = uuid4().hex if others else None
        change = await self._drafts(kind, [key, *others], person, set_id)
        steps = _steps(Act.DRAFTED, change, person, change.versions[0].at, reason)
        await self.versions.begin(change, steps)
        return next(one for one in change.versions if one.key == key)

    async def widen(self, version_id: str, person: Person, others: Sequence[str]) -> ChangeSet:
        """Take more texts into a change that is being drafted; raises Refused, LookupError."""
        before, _ = await self.versions.change_set(version_id)
        new = [key for key in others if key not in before.keys]
        drafts = await self._drafts(before.kind, new, person, before.id)

        def decide(change: ChangeSet, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            self._allow(Act.SAVED, change, steps, person, change.sha256)
            drafted = _steps(Act.DRAFTED, drafts, person, self._clock())
            return Outcome(drafted, added=drafts.versions)

        return (await self.versions.change(version_id, decide))[0]

    async def save(self, version_id: str, person: Person, sha256: str, content: str) -> Version:
        """Put other words into one draft; raises Refused when they are not those seen.

        sha256: of this draft alone.
        """

        def decide(change: ChangeSet, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            own = change.only([version_id])
            self._allow(Act.SAVED, own, steps, person, sha256)
            return self._saved(own, person, {own.versions[0].key: content})

        change, _ = await self.versions.change(version_id, decide)
        return change.version(version_id)

    async def save_all(
        self, version_id: str, person: Person, sha256: str, contents: Mapping[str, str]
    ) -> ChangeSet:
        """Put other words into drafts of a change set by key; raises Refused."""

        def decide(change: ChangeSet, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            self._allow(Act.SAVED, change, steps, person, sha256)
            return self._saved(change, person, contents)

        return (await self.versions.change(version_id, decide))[0]

    async def check(self, version_id: str, person: Person) -> Step:
        """Check and rehearse all of a change set, and keep the result with it."""
        _require_admin(person)
        seen, _ = await self.versions.change_set(version_id)
        result = await self.texts.check(seen.kind, seen.contents)
        details = dict(result) if len(seen.versions) == 1 else {**result, "of": seen.sha256}

        def decide(change: ChangeSet, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            first = seen.only([seen.versions[0].id])
            return Outcome(_steps(Act.CHECKED, first, person, self._clock(), details=details))

        return (await self.versions.change(version_id, decide))[1][0]

    async def submit(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        """Give a draft to a second person."""
        if not reason:
            raise Refused(Refusal.NO_REASON)
        return await self._take(Act.SUBMITTED, version_id, person, sha256, reason)

    async def approve(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        """Put all of a reviewed change set in force: here at once, elsewhere within seconds."""
        step = await self._take(Act.APPROVED, version_id, person, sha256, reason)
        await self.texts.follow()
        return step

    async def decline(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        """Give a version back to whoever drafts."""
        if not reason:
            raise Refused(Refusal.NO_REASON)
        return await self._take(Act.DECLINED, version_id, person, sha256, reason)

    async def withdraw(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        return await self._take(Act.WITHDRAWN, version_id, person, sha256, reason)

    async def put_back(
        self, kind: Kind, key: str, version_id: str | None, person: Person, reason: str
    ) -> list[Step]:
        """Put a version that was approved, or the file (None), in force again, at once, with all
        that was changed together with it.

        One person may: two have approved these words already, and what is wrong with the new ones
        must not wait for a second.
        """
        _require_admin(person)
        if not reason:
            raise Refused(Refusal.NO_REASON)
        seen = await self.versions.puts_in_force(kind)
        if version_id and approval_of(of_version(seen, version_id)) is None:
            raise Refused(Refusal.NEVER_APPROVED)
        back = what_goes_back(seen, await self.versions.sets(kind), key, version_id)
        if not back:
            raise Refused(Refusal.IN_FORCE_ALREADY)
        contents = await self._contents(kind, back)
        await self._require_fit(kind, contents)
        now, texts = self._clock(), self.texts

        def decide(stored: Sequence[Step]) -> list[Step]:
            if stored != seen:
                raise Refused(Refusal.CHANGED_MEANWHILE)
            return [
                _step(
                    Act.PUT_BACK, kind, one, held, texts.digest(contents[one]), person, now, reason
                )
                for one, held in back.items()
            ]

        kept = await self.versions.put_back(kind, decide)
        await self.texts.follow()
        return kept

    async def _take(
        self, act: Act, version_id: str, person: Person, sha256: str, reason: str
    ) -> Step:
        standing = await self.standing(version_id)
        kind = standing.change.kind
        seen = await self.versions.puts_in_force(kind)
        digests = {key: self.texts.digest(text) for key, text in standing.in_force.items()}
        if act is Act.APPROVED:
            await self._require_fit(kind, standing.change.contents)

        def decide(change: ChangeSet, steps: Sequence[Step], stored: Sequence[Step]) -> Outcome:
            if any(step.key in change.keys for step in stored[len(seen) :]):
                raise Refused(Refusal.OVERTAKEN)
            self._allow(act, change, steps, person, sha256, digests)
            if act is Act.APPROVED and len(stored) != len(seen):
                # It was tried beside other texts than are in force now.
                raise Refused(Refusal.CHANGED_MEANWHILE)
            return Outcome(_steps(act, change, person, self._clock(), reason))

        return (await self.versions.change(version_id, decide))[1][0]

    async def _drafts(
        self, kind: Kind, keys: Sequence[str], person: Person, set_id: str | None
    ) -> ChangeSet:
        current, now = await self.texts_in_force(kind, keys), self._clock()
        drafts = []
        for key in dict.fromkeys(keys):
            known = [version.number for version in await self.versions.of_key(kind, key)]
            number = max([self.texts.file_number(kind, key), *known]) + 1
            content = self.texts.numbered(kind, current[key], number)
            digest, based_on = self.texts.digest(content), self.texts.digest(current[key])
            name = uuid4().hex
            drafts.append(
                Version(
                    name, kind, key, number, content, digest, based_on, person.name, now, set_id
                )
            )
        return change_set_of(drafts)

    def _saved(self, change: ChangeSet, person: Person, contents: Mapping[str, str]) -> Outcome:
        now, kept = self._clock(), {}
        steps: list[Step] = []
        for version in change.versions:
            given = contents.get(version.key, version.content)
            content = self.texts.numbered(version.kind, given, version.number)
            digest = self.texts.digest(content)
            if digest == version.sha256 and len(change.versions) > 1:
                continue
            kept[version.id] = content, digest
            steps += _steps(Act.SAVED, change.only([version.id]), person, now, sha256=digest)
        return Outcome(steps, kept)

    async def _contents(self, kind: Kind, held: Mapping[str, str | None]) -> dict[str, str]:
        """Return the texts of these versions, or of the file (None); raises LookupError."""
        ids = [one for one in held.values() if one is not None]
        known = {one.id: one.content for one in await self.versions.versions(ids)} if ids else {}
        texts = {}
        for key, version_id in held.items():
            file = self.texts.file(kind, key)
            if file is None:
                raise LookupError(key)
            texts[key] = file if version_id is None else known[version_id]
        return texts

    async def _require_fit(self, kind: Kind, contents: Mapping[str, str]) -> None:
        if misfits := await self.texts.misfits(kind, contents):
            raise Refused(Refusal.DISAGREES, "; ".join(misfits))

    def _allow(
        self,
        act: Act,
        change: ChangeSet,
        steps: Sequence[Step],
        person: Person,
        sha256: str,
        current: Mapping[str, str] | None = None,
    ) -> None:
        refusal = refusal_to(act, change, steps, person, sha256, current or {})
        if refusal is not None:
            raise Refused(refusal)


def _require_admin(person: Person) -> None:
    if not person.role.covers(Role.ADMIN):
        raise Refused(Refusal.NOT_ALLOWED)


def _steps(
    act: Act,
    change: ChangeSet,
    person: Person,
    at: datetime,
    reason: str = "",
    *,
    sha256: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> list[Step]:
    """One act of one person at one moment, on every version of a change set."""
    return [
        _step(
            act,
            version.kind,
            version.key,
            version.id,
            version.sha256 if sha256 is None else sha256,
            person,
            at,
            reason,
            details,
        )
        for version in change.versions
    ]


def _step(
    act: Act,
    kind: Kind,
    key: str,
    version_id: str | None,
    sha256: str,
    person: Person,
    at: datetime,
    reason: str,
    details: Mapping[str, Any] | None = None,
) -> Step:
    who = person.id, person.name, person.role.value
    return Step(act, kind, key, version_id, sha256, *who, at, reason, details or {})

"""Take texts from draft to force and back, for people at the console; says nothing to callers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from aurora.accounts.person import Person, Role
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

    async def check(self, kind: Kind, key: str, text: str) -> Mapping[str, Any]:
        """Check and rehearse a text apart from the line; `is_passed` says whether it may be
        approved. Takes up to a minute and never raises for what is wrong with the text."""

    async def refresh(self) -> None:
        """Let what was approved take effect on this machine at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with its steps, and the text that it would replace."""

    version: Version
    steps: Sequence[Step]
    state: State
    in_force: str
    """The text in force now."""


class Reviewing:
    """The acts of people on texts; each is one step on the record or nothing."""

    def __init__(self, versions: Versions, texts: Texts, clock: Callable[[], datetime]) -> None:
        self.versions = versions
        self.texts = texts
        self._clock = clock

    async def text_in_force(self, kind: Kind, key: str, at: datetime | None = None) -> str:
        """Return the text that is or was in force; raises LookupError for an unknown key."""
        file = self.texts.file(kind, key)
        if file is None:
            raise LookupError(key)
        held = in_force(await self.versions.steps(kind, key), at).get((kind, key))
        if held is None or held.version_id is None:
            return file
        version = await self.versions.version(held.version_id)
        if version is None:
            raise LookupError(held.version_id)
        return version.content

    async def texts_between(
        self, kind: Kind, key: str, since: datetime, until: datetime
    ) -> list[str]:
        """Return every text that was in force at a time of this stretch, oldest first."""
        file = self.texts.file(kind, key)
        if file is None:
            raise LookupError(key)
        steps = await self.versions.steps(kind, key)
        held = in_force_between(steps, kind, key, since, until)
        ids = [one for one in held if one is not None]
        known = {one.id: one.content for one in await self.versions.versions(ids)} if ids else {}
        return [file if one is None else known[one] for one in held]

    async def standing(self, version_id: str) -> Standing:
        """Return a version as it stands; raises LookupError."""
        version = await self.versions.version(version_id)
        if version is None:
            raise LookupError(version_id)
        steps = await self.versions.steps(version.kind, version.key)
        own = list(of_version(steps, version.id))
        current = await self.text_in_force(version.kind, version.key)
        return Standing(version, own, state_of(own), current)

    async def begin(self, kind: Kind, key: str, person: Person, reason: str) -> Version:
        """Draft a change of the text in force; raises Refused, LookupError."""
        _require_admin(person)
        current = await self.text_in_force(kind, key)
        now, texts = self._clock(), self.texts
        known = [version.number for version in await self.versions.of_key(kind, key)]
        number = max([texts.file_number(kind, key), *known]) + 1
        content = texts.numbered(kind, current, number)
        version = Version(
            uuid4().hex,
            kind,
            key,
            number,
            content,
            texts.digest(content),
            texts.digest(current),
            person.name,
            now,
        )
        step = _step(Act.DRAFTED, version, person, now, reason)
        return await self.versions.begin(version, step)

    async def save(self, version_id: str, person: Person, sha256: str, content: str) -> Version:
        """Put other words into a draft; raises Refused when they are not those seen."""

        def decide(version: Version, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            self._allow(Act.SAVED, version, steps, person, sha256, "")
            numbered = self.texts.numbered(version.kind, content, version.number)
            digest = self.texts.digest(numbered)
            step = _step(Act.SAVED, version, person, self._clock(), sha256=digest)
            return Outcome(step, (numbered, digest))

        version, _ = await self.versions.change(version_id, decide)
        return version

    async def check(self, version_id: str, person: Person) -> Step:
        """Check and rehearse a version, and keep the result with it."""
        _require_admin(person)
        seen = (await self.standing(version_id)).version
        result = await self.texts.check(seen.kind, seen.key, seen.content)

        def decide(version: Version, steps: Sequence[Step], _: Sequence[Step]) -> Outcome:
            now = self._clock()
            step = _step(Act.CHECKED, version, person, now, sha256=seen.sha256, details=result)
            return Outcome(step)

        return (await self.versions.change(version_id, decide))[1]

    async def submit(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        """Give a draft to a second person."""
        if not reason:
            raise Refused(Refusal.NO_REASON)
        return await self._take(Act.SUBMITTED, version_id, person, sha256, reason)

    async def approve(self, version_id: str, person: Person, sha256: str, reason: str) -> Step:
        """Put a reviewed version in force: here at once, elsewhere within seconds."""
        step = await self._take(Act.APPROVED, version_id, person, sha256, reason)
        await self.texts.refresh()
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
    ) -> Step:
        """Put a version that was approved, or the file (None), in force again, at once.

        One person may: two have approved these words already, and what is wrong with the new ones
        must not wait for a second.
        """
        _require_admin(person)
        if not reason:
            raise Refused(Refusal.NO_REASON)
        steps = await self.versions.steps(kind, key)
        now_in_force = in_force(steps).get((kind, key))
        if (now_in_force.version_id if now_in_force else None) == version_id:
            raise Refused(Refusal.IN_FORCE_ALREADY)
        if version_id is None:
            content = self.texts.file(kind, key)
        elif approval_of(of_version(steps, version_id)) is None:
            raise Refused(Refusal.NEVER_APPROVED)
        else:
            version = await self.versions.version(version_id)
            content = version.content if version else None
        if content is None:
            raise LookupError(key)
        digest = self.texts.digest(content)
        step = Step(
            Act.PUT_BACK,
            kind,
            key,
            version_id,
            digest,
            person.id,
            person.name,
            person.role.value,
            self._clock(),
            reason,
        )
        kept = await self.versions.put_back(step)
        await self.texts.refresh()
        return kept

    async def _take(
        self, act: Act, version_id: str, person: Person, sha256: str, reason: str
    ) -> Step:
        standing = await self.standing(version_id)
        was = in_force(await self.versions.steps(standing.version.kind, standing.version.key))

        def decide(version: Version, steps: Sequence[Step], all_steps: Sequence[Step]) -> Outcome:
            if in_force(all_steps) != was:
                raise Refused(Refusal.OVERTAKEN)
            current = self.texts.digest(standing.in_force)
            self._allow(act, version, steps, person, sha256, current)
            return Outcome(_step(act, version, person, self._clock(), reason))

        return (await self.versions.change(version_id, decide))[1]

    def _allow(
        self,
        act: Act,
        version: Version,
        steps: Sequence[Step],
        person: Person,
        sha256: str,
        current: str,
    ) -> None:
        refusal = refusal_to(act, version, steps, person, sha256, current)
        if refusal is not None:
            raise Refused(refusal)


def _require_admin(person: Person) -> None:
    if not person.role.covers(Role.ADMIN):
        raise Refused(Refusal.NOT_ALLOWED)


def _step(
    act: Act,
    version: Version,
    person: Person,
    at: datetime,
    reason: str = "",
    *,
    sha256: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Step:
    return Step(
        act,
        version.kind,
        version.key,
        version.id,
        version.sha256 if sha256 is None else sha256,
        person.id,
        person.name,
        person.role.value,
        at,
        reason,
        details or {},
    )

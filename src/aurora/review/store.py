"""Where versions and their steps are kept, durably and the same for every machine of a site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aurora.review.versions import Kind, Step, Version


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision changes."""

    step: Step
    content: tuple[str, str] | None = None
    """New words of a draft and their SHA-256."""


Decision = Callable[[Version, Sequence[Step], Sequence[Step]], Outcome]
"""Given a version, its steps and all steps of its key; raises Refused."""


class Versions(Protocol):
    """Every method raises RecordsError when it cannot be done."""

    async def newest(self) -> int:
        """Return the number of the last step of the site, 0 when there is none."""

    async def steps(self, kind: Kind | None = None, key: str | None = None) -> list[Step]:
        """Return steps, oldest first."""

    async def version(self, version_id: str) -> Version | None: ...

    async def versions(self, ids: Sequence[str]) -> list[Version]: ...

    async def of_key(self, kind: Kind, key: str) -> list[Version]:
        """Return the versions of a key, oldest first."""

    async def begin(self, version: Version, step: Step) -> Version:
        """Keep a new draft; raises Refused(ANOTHER_IS_OPEN) when its key has an open one."""

    async def change(self, version_id: str, decide: Decision) -> tuple[Version, Step]:
        """Take one step, decided on what is stored, as one; raises Refused, or LookupError."""

    async def put_back(self, step: Step) -> Step:
        """Keep a step that puts an earlier text in force again."""

"""Where versions and their steps are kept, durably and the same for every machine of a site."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aurora.review.change_set import ChangeSet
from aurora.review.versions import Kind, Step, Version


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision changes; all of it or nothing."""

    steps: Sequence[Step]
    contents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """New words of drafts and their SHA-256, by the version's id."""
    added: Sequence[Version] = ()
    """Versions that join the change set."""


Decision = Callable[[ChangeSet, Sequence[Step], Sequence[Step]], Outcome]
"""Given a change set, its steps, and every step that put a text of its kind in force; raises
Refused."""


class Versions(Protocol):
    """Every method raises RecordsError when it cannot be done."""

    async def newest(self) -> int:
        """Return the number of the last step of the site, 0 when there is none."""

    async def steps(self, kind: Kind | None = None, key: str | None = None) -> list[Step]:
        """Return steps, oldest first."""

    async def puts_in_force(self, kind: Kind) -> list[Step]:
        """Return the steps that put a text of this kind in force, oldest first."""

    async def version(self, version_id: str) -> Version | None: ...

    async def versions(self, ids: Sequence[str]) -> list[Version]: ...

    async def of_key(self, kind: Kind, key: str) -> list[Version]:
        """Return the versions of a key, oldest first."""

    async def change_set(self, version_id: str) -> tuple[ChangeSet, list[Step]]:
        """Return the change set that a version belongs to, with its steps; raises LookupError."""

    async def sets(self, kind: Kind) -> dict[str, str]:
        """Return the change set of every version of this kind that is not alone in its change."""

    async def begin(self, change: ChangeSet, steps: Sequence[Step]) -> None:
        """Keep new drafts; raises Refused(ANOTHER_IS_OPEN) when a key of theirs has an open one."""

    async def change(self, version_id: str, decide: Decision) -> tuple[ChangeSet, list[Step]]:
        """Take one step with the change set of a version, decided on what is stored, as one.

        Raises Refused, or LookupError.
        """

    async def put_back(
        self, kind: Kind, decide: Callable[[Sequence[Step]], Sequence[Step]]
    ) -> list[Step]:
        """Keep steps that put earlier texts in force again, decided on those that are stored."""

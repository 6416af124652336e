"""What the rooms that change texts are given; what keeps these in force is wired elsewhere."""

from typing import Protocol

from aurora.records.absences import Absences
from aurora.review.reviewing import Reviewing
from aurora.site.model import Site


class LiveSite(Protocol):
    """The site as people have it now."""

    @property
    def site(self) -> Site:
        """With the contacts and rosters of now."""

    @property
    def approved(self) -> Site:
        """As it was approved, whole: with what waits for the next start."""

    @property
    def waiting(self) -> list[str]:
        """Which fields of the approved site take effect at the next start."""


class Review(Protocol):
    @property
    def reviewing(self) -> Reviewing: ...

    @property
    def site(self) -> LiveSite: ...

    @property
    def absences(self) -> Absences: ...

"""The site as people have it now: its file or the approved text, with who is off duty.

Contacts, roles and rosters take effect at once, for those who are paged from then on. What callers
are told and where they are is read at the start; `waiting` names what waits for the next one.
"""

from collections.abc import Callable, Iterable, Sequence

from aurora.escalation.channels.base import kinds_used
from aurora.site.absence import Absence, with_absences
from aurora.site.model import Site

AT_ONCE = ("contacts", "control_room", "roles", "escalation", "rosters", "paging")
"""Fields of a site that only alerting reads, or reads anew for each incident."""
Follower = Callable[[Site], None]


class SiteInForce:
    """Who can be reached when, on this machine."""

    def __init__(self, running: Site, followers: Sequence[Follower]) -> None:
        """running: as it was at the start."""
        self._running = running
        self._followers = followers
        self._approved = running
        self._absences: tuple[Absence, ...] = ()
        self.site = running
        """The running site with the contacts and rosters of now."""

    @property
    def approved(self) -> Site:
        """As it was approved, whole: with what waits for the next start."""
        return self._approved

    @property
    def waiting(self) -> list[str]:
        """Which fields of the approved site take effect at the next start."""
        fields = [
            name
            for name in Site.model_fields
            if name not in AT_ONCE and getattr(self._approved, name) != getattr(self._running, name)
        ]
        if _desk_number(self._approved) != _desk_number(self._running):
            fields.append("control_room")
        if kinds_used(self._approved) - kinds_used(self._running):
            fields.append("channels")
        return fields

    def approve(self, site: Site) -> None:
        """Take an approved site, or the file's, for what is in force."""
        self._approved = site
        self._lay()

    def follow(self, absences: Iterable[Absence]) -> None:
        """Take these for all absences there are."""
        held = tuple(absences)
        if held != self._absences:
            self._absences = held
            self._lay()

    def close(self) -> None:
        for follow in self._followers:
            follow(self._running)

    def _lay(self) -> None:
        changed = {name: getattr(self._approved, name) for name in AT_ONCE}
        self.site = with_absences(self._running.model_copy(update=changed), self._absences)
        for follow in self._followers:
            follow(self.site)


def _desk_number(site: Site) -> str:
    return site.contact(site.control_room).number

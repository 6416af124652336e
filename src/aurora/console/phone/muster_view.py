"""What the page of a muster shows: the roll, and where people say they are; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurora.muster.check_in import CheckIn, Muster
from aurora.muster.people import Expected
from aurora.muster.roll import Roll, call_roll
from aurora.site.model import LocalText, Site


@dataclass(frozen=True, slots=True)
class MusterNow:
    """The muster that is open, or the last one, with everybody who is counted."""

    muster: Muster | None
    people: Sequence[Expected]
    check_ins: Sequence[CheckIn]
    role_names: Mapping[str, LocalText]

    @property
    def roll(self) -> Roll | None:
        if self.muster is None:
            return None
        return call_roll(self.people, self.check_ins, self.muster)

    def name_of(self, key: str) -> str | None:
        """Return the name of somebody on the roll; None for nobody."""
        roll = self.roll
        lines = [*roll.missing, *roll.safe, *roll.away] if roll else []
        return next((line.person.name for line in lines if line.person.key == key), None)

    def last_of(self, key: str) -> CheckIn | None:
        """Return the newest word about somebody that counts now."""
        own = [
            one
            for one in self.check_ins
            if one.person_key == key and (self.muster is None or self.muster.counts(one.at))
        ]
        return max(own, key=lambda one: one.at, default=None)


def places_of(site: Site) -> Mapping[str, object]:
    """Return the site's places by key, those where people gather first; named as spoken."""
    points = {f"point:{point.id}": point.name for point in site.muster_points}
    return {**points, **{f"zone:{zone.id}": zone.name for zone in site.zones}}

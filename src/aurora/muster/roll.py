"""The roll of a muster: who is missing, safe or away, by the newest word about each; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aurora.muster.check_in import CheckIn, Muster, Standing
from aurora.muster.people import Expected


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the roll."""

    person: Expected
    last: CheckIn | None
    """The newest word; None when there is none."""

    @property
    def standing(self) -> Standing:
        return self.last.standing if self.last else Standing.MISSING


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody, each in one of three lists, by name."""

    missing: tuple[Line, ...]
    safe: tuple[Line, ...]
    away: tuple[Line, ...]


def call_roll(people: Sequence[Expected], check_ins: Iterable[CheckIn], muster: Muster) -> Roll:
    """Return the roll; whoever checked in without being expected is on it too."""
    newest: dict[str, CheckIn] = {}
    for one in sorted(check_ins, key=lambda one: one.at):
        if muster.counts(one.at):
            newest[one.person_key] = one
    known = {one.key for one in people}
    unexpected = [Expected(key, one.name) for key, one in newest.items() if key not in known]
    everybody = sorted([*people, *unexpected], key=lambda one: one.name.casefold())
    lines = [Line(person, newest.get(person.key)) for person in everybody]
    missing, safe, away = (
        tuple(line for line in lines if line.standing is standing)
        for standing in (Standing.MISSING, Standing.SAFE, Standing.AWAY)
    )
    return Roll(missing, safe, away)

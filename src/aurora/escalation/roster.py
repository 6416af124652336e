"""Who of a role is on duty at a moment, from the site's rosters; reaches nobody.

The rules, first to last:

1. An override that holds now replaces the role's shifts; several at once add up as listed.
2. Otherwise every shift that holds now counts: first listed first, nobody twice.
3. A role without shifts has everyone who holds it on duty, in the order of the contacts.
4. A contact's own roster takes them off duty outside its shifts and during its overrides, whoever
   named them; those who stand in and hold the role take their place.
5. A gap (nobody is left) means everyone who holds the role; those off duty come last.

Times are the site's wall clock. A time that the clocks skip is the moment they jump; one that
comes twice is the first of the two: every shift hands over once, without a gap or an overlap.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from aurora.site.duty import DAYS, Override, Roster, Shift

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Rosters:
    """A site's rosters with what is needed to read them."""

    rosters: Sequence[Roster]
    holders: Mapping[str, Sequence[str]]
    """Contacts by role, in the order of the site's contacts."""
    zone: ZoneInfo


def on_duty(rosters: Rosters, role: str, at: datetime) -> list[str]:
    """Return the contacts on duty for a role, first to last; empty only when nobody holds it.

    at: an aware time; raises ValueError for a naive one.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone; give an aware one")
    found = _present(rosters, _named(rosters, role, at), role, at)
    if found:
        return found
    holders = rosters.holders.get(role, ())
    return list(dict.fromkeys([*_present(rosters, holders, role, at), *holders]))


def is_gap(rosters: Rosters, role: str, at: datetime) -> bool:
    """Whether the rosters leave nobody on duty for a role, so that everyone who holds it is."""
    return not _present(rosters, _named(rosters, role, at), role, at)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment a zone's wall clock first shows this naive time, or jumps over it."""
    read = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(read, zone) == wall:
        return read
    earlier = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    minutes = range(int((read - earlier) / ONE_MINUTE) + 1)
    jump = bisect_left(
        minutes, True, key=lambda minute: _shown(earlier + minute * ONE_MINUTE, zone) >= wall
    )
    return earlier + jump * ONE_MINUTE


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _named(rosters: Rosters, role: str, at: datetime) -> Sequence[str]:
    """Those on duty by the rosters of the role, whether or not they are there themselves."""
    own = [roster for roster in rosters.rosters if roster.role == role]
    changes = [change for roster in own for change in _overrides_at(roster, at, rosters.zone)]
    if changes:
        return [contact for change in changes for contact in change.contacts]
    if any(roster.shifts for roster in own):
        return [contact for roster in own for contact in _in_shifts(roster, at, rosters.zone)]
    return rosters.holders.get(role, ())


def _in_shifts(roster: Roster, at: datetime, zone: ZoneInfo) -> Iterator[str]:
    for shift in roster.shifts:
        begun = _began_on(shift, at, zone)
        if begun is None or not shift.contacts:
            continue
        is_taken_in_turn = roster.rotation == "round_robin"
        first = _times_before(shift, begun) % len(shift.contacts) if is_taken_in_turn else 0
        yield from shift.contacts[first:]
        yield from shift.contacts[:first]


def _present(rosters: Rosters, named: Sequence[str], role: str, at: datetime) -> list[str]:
    """Those of the named who are there, and those who stand in for the others; nobody twice."""
    found = [
        one for contact in named for one in _in_person(rosters, contact, role, at, frozenset())
    ]
    return list(dict.fromkeys(found))


def _in_person(
    rosters: Rosters, contact: str, role: str, at: datetime, asked: frozenset[str]
) -> Iterator[str]:
    """The contact, if on duty by their own roster; else who stands in, if they are."""
    if contact in asked:  # two who stand in for each other, both away
        return
    own = [roster for roster in rosters.rosters if roster.contact == contact]
    away = [change for roster in own for change in _overrides_at(roster, at, rosters.zone)]
    if away:
        for stand_in in (one for change in away for one in change.contacts):
            if stand_in in rosters.holders.get(role, ()):
                yield from _in_person(rosters, stand_in, role, at, asked | {contact})
        return
    shifts = [shift for roster in own for shift in roster.shifts]
    if not shifts or any(_began_on(shift, at, rosters.zone) for shift in shifts):
        yield contact


def _overrides_at(roster: Roster, at: datetime, zone: ZoneInfo) -> list[Override]:
    return [
        change
        for change in roster.overrides
        if instant(change.begins, zone) <= at < instant(change.ends, zone)
    ]


def _began_on(shift: Shift, at: datetime, zone: ZoneInfo) -> date | None:
    """The local day on which the shift that holds at this moment began; None when none does."""
    today = at.astimezone(zone).date()
    for day in (today, today - ONE_DAY):
        if DAYS[day.weekday()] not in shift.days:
            continue
        ends_on = day + ONE_DAY if shift.crosses_midnight else day
        begins = instant(datetime.combine(day, shift.begins), zone)
        if begins <= at < instant(datetime.combine(ends_on, shift.ends), zone):
            return day
    return None


def _times_before(shift: Shift, day: date) -> int:
    """How often the shift came round before this day, counted from one Monday long ago."""
    days = sorted(DAYS.index(name) for name in set(shift.days))
    weeks = (day.toordinal() - 1) // 7
    return weeks * len(days) + days.index(day.weekday())

"""Who of a role is on duty at a moment, from the site's rosters; reaches nobody.

The rules, first to last:

1. An override that holds now replaces the role's shifts; several at once add up as listed.
2. Otherwise every shift that holds now counts: first listed first, nobody twice.
3. Holders of the role that no roster names are on duty at all times; behind those of a shift.
4. A contact's own roster takes them off duty outside its shifts and in its overrides, whoever
   names them; those who stand in take their place.
5. A gap (nobody is left) means everyone who holds the role, in the order of the contacts.

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

    at: an aware time. Raises ValueError for a naive one.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone; give an aware one")
    holders = rosters.holders.get(role, ())
    named = _named(rosters, role, at)
    present = [one for wanted in named for one in _in_person(rosters, wanted, holders, at)]
    return list(dict.fromkeys(present)) or list(holders)


def _named(rosters: Rosters, role: str, at: datetime) -> list[str]:
    """Those on duty by the rosters of the role, whether or not they are there themselves."""
    own = [roster for roster in rosters.rosters if roster.role == role]
    instead = [
        contact
        for roster in own
        for override in _overrides_at(roster, at, rosters.zone)
        for contact in override.contacts
    ]
    if instead:
        return instead
    listed = {
        contact for roster in own for shift in roster.shifts for contact in shift.contacts
    } | {contact for roster in own for change in roster.overrides for contact in change.contacts}
    in_shifts = [contact for roster in own for contact in _of_shifts(roster, at, rosters.zone)]
    return in_shifts + [one for one in rosters.holders.get(role, ()) if one not in listed]


def _of_shifts(roster: Roster, at: datetime, zone: ZoneInfo) -> Iterator[str]:
    for shift in roster.shifts:
        begun = _begun_on(shift, at, zone)
        if begun is None:
            continue
        turn = _times_before(shift, begun) if roster.rotation == "round_robin" else 0
        first = turn % len(shift.contacts) if shift.contacts else 0
        yield from shift.contacts[first:]
        yield from shift.contacts[:first]


def _in_person(
    rosters: Rosters, contact: str, holders: Sequence[str], at: datetime
) -> Iterator[str]:
    """The contact, if there now; else who stands in and holds the role."""
    own = [roster for roster in rosters.rosters if roster.contact == contact]
    away = [change for roster in own for change in _overrides_at(roster, at, rosters.zone)]
    if away:
        yield from (
            one for change in away for one in change.contacts if one in holders and one != contact
        )
        return
    shifts = [shift for roster in own for shift in roster.shifts]
    if not shifts or any(_begun_on(shift, at, rosters.zone) for shift in shifts):
        yield contact


def _overrides_at(roster: Roster, at: datetime, zone: ZoneInfo) -> list[Override]:
    return [
        change
        for change in roster.overrides
        if instant(change.begins, zone) <= at < instant(change.ends, zone)
    ]


def _begun_on(shift: Shift, at: datetime, zone: ZoneInfo) -> date | None:
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


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the wall clock of a zone first shows a (naive) time, or passes it.

    The second matters where clocks are put forward: 02:30 is then the moment of the jump.
    """
    read = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if read.astimezone(zone).replace(tzinfo=None) == wall:
        return read
    earlier = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    minutes = int((read - earlier) / ONE_MINUTE)
    jump = bisect_left(
        range(minutes + 1),
        True,
        key=lambda minute: (
            (earlier + minute * ONE_MINUTE).astimezone(zone).replace(tzinfo=None) >= wall
        ),
    )
    return earlier + jump * ONE_MINUTE

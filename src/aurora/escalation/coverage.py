"""Where the rosters of the days to come leave a role without anybody; pages nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora.escalation.roster import ONE_DAY, Rosters, instant, is_gap
from aurora.site.duty import DAYS, Roster


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody is on duty for a role, so that everyone who holds it is paged."""

    role: str
    begins_at: datetime
    ends_at: datetime


def gaps(rosters: Rosters, role: str, begins_at: datetime, within: timedelta) -> list[Gap]:
    """Return the gaps of a role from a moment on, first to last."""
    if not rosters.holders.get(role):
        return [Gap(role, begins_at, begins_at + within)]
    ends_at = begins_at + within
    moments = sorted({begins_at, *_changes(rosters, begins_at, ends_at)})
    found: list[Gap] = []
    for at, until in zip(moments, [*moments[1:], ends_at], strict=True):
        if not is_gap(rosters, role, at):
            continue
        if found and found[-1].ends_at == at:
            found[-1] = Gap(role, found[-1].begins_at, until)
        else:
            found.append(Gap(role, at, until))
    return found


def _changes(rosters: Rosters, begins_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Every moment in between at which a shift or an override begins or ends."""
    for roster in rosters.rosters:
        for at in _moments(rosters, roster, begins_at, ends_at):
            if begins_at < at < ends_at:
                yield at


def _moments(
    rosters: Rosters, roster: Roster, begins_at: datetime, ends_at: datetime
) -> Iterator[datetime]:
    for change in roster.overrides:
        yield instant(change.begins, rosters.zone)
        yield instant(change.ends, rosters.zone)
    day = begins_at.astimezone(rosters.zone).date() - ONE_DAY
    last = ends_at.astimezone(rosters.zone).date()
    while day <= last:
        for shift in roster.shifts:
            if DAYS[day.weekday()] in shift.days:
                ends_on = day + ONE_DAY if shift.crosses_midnight else day
                yield instant(datetime.combine(day, shift.begins), rosters.zone)
                yield instant(datetime.combine(ends_on, shift.ends), rosters.zone)
        day += ONE_DAY

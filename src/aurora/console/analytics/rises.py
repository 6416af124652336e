"""Mark days with unusually many calls; a hint to look, never a reason to raise or lower anything.

The exact conditional test of two Poisson rates (Przyborowski and Wilenski, 1940): if a weekday is
like the same weekday of the weeks before, then of all those calls together each fell on the day in
question with a chance of 1 in (weeks + 1). How likely are as many as there were, or more?
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, lgamma, log, log1p
from zoneinfo import ZoneInfo

from aurora.records.gathered import QUARTER_S

WEEKS = 8
"""So many of the same weekday before are compared with."""
FEWEST_WEEKS = 4
"""With less on record, nothing is marked."""
DAYS = 7
"""Whole days looked at, up to yesterday."""
UNLIKELY = 0.001
"""About one false mark in a thousand looks."""
FEWEST_CALLS = 3
ALL = "all"


@dataclass(frozen=True, slots=True)
class Rise:
    """A day with unusually many calls."""

    day: date
    hazard: str
    """Or ALL."""
    calls: int
    usual: float
    """A day, on the same weekday before."""
    chance: float
    """That so many come without any change."""


def unusual_rises(
    began: Mapping[str, Iterable[int]], first_s: int | None, now: datetime, time_zone: str
) -> list[Rise]:
    """Return the unusual days of the last week, the least likely first.

    began: by hazard, the quarters of an hour since 1970 in which the calls of the last nine weeks
    and a day began.
    first_s: when the first call on record began.
    """
    zone = ZoneInfo(time_zone)
    weeks = _weeks_on_record(first_s, now, zone)
    if weeks < FEWEST_WEEKS:
        return []
    counts: Counter[tuple[date, str]] = Counter()
    for hazard, quarters in began.items():
        for quarter, calls in Counter(quarters).items():
            day = datetime.fromtimestamp(quarter * QUARTER_S, zone).date()
            counts[day, hazard] += calls
            counts[day, ALL] += calls
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in range(1, DAYS + 1)]
    found = [
        _looked_at(counts, day, hazard, weeks)
        for day in days
        for hazard in sorted({hazard for _, hazard in counts})
    ]
    rises = [rise for rise in found if rise.calls >= FEWEST_CALLS and rise.chance < UNLIKELY]
    return sorted(rises, key=lambda rise: (rise.chance, rise.day))


def chance_of(calls: int, before: int, weeks: int) -> float:
    """Return how likely so many calls or more are, given `before` in as many weeks together."""
    together = calls + before
    share = 1 / (weeks + 1)
    return min(1.0, sum(_binomial(n, together, share) for n in range(calls, together + 1)))


def _looked_at(counts: Counter[tuple[date, str]], day: date, hazard: str, weeks: int) -> Rise:
    calls = counts[day, hazard]
    before = sum(counts[day - timedelta(weeks=ago), hazard] for ago in range(1, weeks + 1))
    return Rise(day, hazard, calls, before / weeks, chance_of(calls, before, weeks))


def _binomial(successes: int, trials: int, share: float) -> float:
    ways = lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
    return exp(ways + successes * log(share) + (trials - successes) * log1p(-share))


def _weeks_on_record(first_s: int | None, now: datetime, zone: ZoneInfo) -> int:
    if first_s is None:
        return 0
    first = datetime.fromtimestamp(first_s, zone).date()
    eldest_looked_at = now.astimezone(zone).date() - timedelta(days=DAYS)
    return min(WEEKS, (eldest_looked_at - first).days // 7)

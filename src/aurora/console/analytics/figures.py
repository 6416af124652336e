"""Make the figures that the analytics page shows and hands out as CSV; pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from aurora.console.analytics.rises import ALL, Rise
from aurora.console.analytics.wall_clock import EPOCH, WallClock
from aurora.console.terms import HAZARDS, LANGUAGES, URGENCIES
from aurora.levels import Urgency
from aurora.records.figures import BUDGET_MS, percentile
from aurora.records.findings import FindingKind
from aurora.records.gathered import Gathered, Kinds
from aurora.records.search_words import words_of
from aurora.site.model import Site, spoken

Say = Callable[[str], str]
Value = str | int | float | None

MOST_ROWS = 15
LEVELS = [level.value for level in reversed(Urgency)]
EMERGENCIES = (Urgency.CRITICAL.value, Urgency.URGENT.value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One table of figures, in the reader's words; the chart beside it shows the same."""

    id: str
    """In the address of its CSV."""
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    chart: str = "bars"
    """bars: of the second column. columns: stacked by urgency. response: against a budget."""
    note: str = ""
    urgencies: Sequence[str] = ()
    """Of the rows, where they are urgencies."""

    @property
    def longest(self) -> float:
        """The largest value that a bar or column stands for; never 0."""
        if self.chart == "columns":
            sums = [sum(v for v in row[1:] if isinstance(v, int | float)) for row in self.rows]
            return max([*sums, 1])
        values = [row[1] for row in self.rows if isinstance(row[1], int | float)]
        return max([*values, 1])


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands at the top of the page."""

    calls: int
    emergencies: int
    drills: int
    alerted: int
    """Calls that alerts were asked for, without drills."""
    accepted: int
    open_ends: int
    """Of those, calls that nobody accepted."""


def totals(kinds: Kinds) -> Totals:
    """Return what stands at the top, of calls counted by kind."""
    answers = kinds.by["answer"]
    return Totals(
        calls=kinds.calls,
        emergencies=sum(kinds.by["urgency"][level] for level in EMERGENCIES),
        drills=kinds.drills,
        alerted=answers["accepted"] + answers["waiting"],
        accepted=answers["accepted"],
        open_ends=answers["waiting"],
    )


def figures(
    gathered: Gathered,
    rises: Sequence[Rise],
    site: Site,
    language: str,
    say: Say,
    until: datetime,
    days: int,
) -> list[Figure]:
    """Return every figure of the page, in order; times in the site's zone, drills left out."""
    kinds = gathered.kinds.by
    by_day, by_hour = _by_time(gathered.began, site.timezone, until, days)
    calls = say("Calls")
    levels = [say(URGENCIES[level]) for level in LEVELS]
    return [
        _urgency(kinds["urgency"], say),
        _counted("language", say("Languages"), say("Language"), calls, kinds["language"],
                 lambda name: say(LANGUAGES.get(name, name))),
        Figure("days", say("Calls by day"), [say("Day"), *levels], by_day, "columns"),
        Figure("hours", say("Calls by hour of the day"), [say("Hour"), *levels], by_hour,
               "columns"),
        _counted("hazard", say("Calls by hazard"), say("Hazard"), calls, kinds["hazard"],
                 lambda name: say(HAZARDS.get(name, name))),
        _counted("zone", say("Calls by zone"), say("Zone"), calls, kinds["zone_id"],
                 _zone_namer(site, language, say)),
        _response(gathered, say),
        _delays("alert", say("Time to the first alert"), gathered, 0, say),
        _delays("acceptance", say("Time until somebody accepted"), gathered, 1, say),
        _found("refusals", say("Sentences that grounding refused"), say("Reason"),
               gathered, FindingKind.REFUSED, say),
        _found("questions", say("What people ask: handbook passages read out"), say("Passage"),
               gathered, FindingKind.ANSWERED, say),
        _unanswered(gathered, say),
        _rises(rises, say),
    ]  # fmt: skip


def _urgency(counts: Counter[str], say: Say) -> Figure:
    rows = [(say(URGENCIES[level]), counts[level]) for level in LEVELS]
    columns = [say("Urgency"), say("Calls")]
    return Figure("urgency", say("Calls by urgency"), columns, rows, urgencies=LEVELS)


def _counted(
    id_: str, title: str, what: str, calls: str, counts: Counter[str], name: Say
) -> Figure:
    rows = [(name(key), count) for key, count in counts.most_common(MOST_ROWS)]
    return Figure(id_, title, [what, calls], rows)


def _response(gathered: Gathered, say: Say) -> Figure:
    rows: list[list[Value]] = []
    for level in reversed(Urgency):
        times, budget = sorted(gathered.turn_ms.get(level, ())), BUDGET_MS[level]
        total, within = len(times), bisect_right(times, budget)
        rows.append(
            [
                say(URGENCIES[level]),
                *(percentile(times, share) for share in (0.50, 0.90, 0.99)),
                budget,
                round(100 * within / total, 1) if total else None,
                total,
            ]
        )
    columns = [
        say("Urgency"), "p50 ms", "p90 ms", "p99 ms", say("Budget ms"), say("Within budget %"),
        say("Turns"),
    ]  # fmt: skip
    note = say("From words received to the answer being ready, drills included.")
    title = say("Response times")
    return Figure("response", title, columns, rows, "response", note, LEVELS)


def _delays(id_: str, title: str, gathered: Gathered, column: int, say: Say) -> Figure:
    rows: list[list[Value]] = []
    for level in EMERGENCIES:
        delays = [row[column] for row in gathered.delays_s.get(level, ())]
        known = [float(delay) for delay in delays if delay is not None]
        shares = [percentile(known, share) for share in (0.50, 0.90, 0.99)]
        rounded = [None if one is None else round(one, 1) for one in shares]
        rows.append([say(URGENCIES[level]), *rounded, len(known), len(delays) - len(known)])
    columns = [say("Urgency"), "p50 s", "p90 s", "p99 s", say("Calls"), say("Never")]
    note = say("Seconds from the beginning of the call; drills are left out.")
    return Figure(id_, title, columns, rows, "table", note, EMERGENCIES)


def _found(
    id_: str, title: str, what: str, gathered: Gathered, kind: FindingKind, say: Say
) -> Figure:
    counts: Counter[str] = Counter()
    for subject, count in gathered.findings.get(kind, {}).items():
        counts[_readable(subject)] += count
    rows = [
        (name or say("no reason given"), count) for name, count in counts.most_common(MOST_ROWS)
    ]
    return Figure(id_, title, [what, say("Times")], rows)


def _unanswered(gathered: Gathered, say: Say) -> Figure:
    counts: Counter[tuple[str, ...]] = Counter()
    spelled: dict[tuple[str, ...], str] = {}
    for text, count in gathered.unanswered.items():
        words = tuple(words_of(text))
        counts[words] += count
        spelled.setdefault(words, text)
    rows = [(spelled[words], count) for words, count in counts.most_common(MOST_ROWS)]
    title = say("Questions without an approved answer")
    note = say("Each is a gap in the handbook, or a question that it should not answer.")
    return Figure("unanswered", title, [say("Question asked"), say("Times")], rows, note=note)


def _rises(rises: Sequence[Rise], say: Say) -> Figure:
    rows = [
        (
            rise.day.isoformat(),
            say("All calls") if rise.hazard == ALL else say(HAZARDS.get(rise.hazard, rise.hazard)),
            rise.calls,
            round(rise.usual, 1),
            f"{rise.chance:.1g}",
        )
        for rise in rises
    ]
    columns = [say("Day"), say("Hazard"), say("Calls"), say("Usual"), say("Chance")]
    return Figure("rises", say("Unusual rises"), columns, rows, "table")


def _by_time(
    began: Mapping[str, Mapping[str, Sequence[int]]], time_zone: str, until: datetime, days: int
) -> tuple[list[list[Value]], list[list[Value]]]:
    wall = WallClock(ZoneInfo(time_zone))
    by_hour: Counter[tuple[int, str]] = Counter()
    by_day: Counter[tuple[str, str]] = Counter()
    for level, hazards in began.items():
        of_days: Counter[int] = Counter()
        for quarter, count in Counter(chain.from_iterable(hazards.values())).items():
            day, hour = divmod(wall.hour_of(quarter), 24)
            by_hour[hour, level] += count
            of_days[day] += count
        for day, count in of_days.items():
            by_day[_stretch(EPOCH + timedelta(days=day), days), level] += count
    last = until.astimezone(wall.zone)
    all_days = [_stretch(last - timedelta(days=ago), days) for ago in range(days - 1, -1, -1)]
    return (
        [[day, *(by_day[day, level] for level in LEVELS)] for day in dict.fromkeys(all_days)],
        [[f"{hour:02}", *(by_hour[hour, level] for level in LEVELS)] for hour in range(24)],
    )


def _stretch(at: date, days: int) -> str:
    """A day; over more than a quarter of a year, the month it is in."""
    return f"{at.year}-{at.month:02}" if days > 100 else f"{at.year}-{at.month:02}-{at.day:02}"


def _zone_namer(site: Site, language: str, say: Say) -> Say:
    names = {zone.id: spoken(zone.name, language) for zone in site.zones}
    return lambda zone_id: names.get(zone_id, zone_id) or say("Place unknown")


def _readable(subject: str) -> str:
    """A passage by its document and number, a reason as words."""
    name = subject.rpartition(":")[2] if subject.startswith("handbook.") else subject
    return name.replace("_", " ").replace("-", " ")

"""Make the figures that the analytics page shows and hands out as CSV; pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from aurora.console.analytics.rises import ALL, Rise
from aurora.console.terms import HAZARDS, LANGUAGES, URGENCIES
from aurora.levels import Urgency
from aurora.records.call_figures import Gathered
from aurora.records.figures import BUDGET_MS, percentile
from aurora.records.findings import FindingKind
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


def totals(gathered: Gathered) -> Totals:
    real = [row for row in gathered.kinds if not row["is_drill"]]
    by_answer = _count(real, "answer")
    alerted = by_answer["accepted"] + by_answer["waiting"]
    return Totals(
        calls=sum(row["calls"] for row in real),
        emergencies=sum(row["calls"] for row in real if row["urgency"] in EMERGENCIES),
        drills=sum(row["calls"] for row in gathered.kinds if row["is_drill"]),
        alerted=alerted,
        accepted=by_answer["accepted"],
        open_ends=by_answer["waiting"],
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
    real = [row for row in gathered.kinds if not row["is_drill"]]
    by_day, by_hour = _by_time(gathered.started_s, site.timezone, until, days)
    calls = say("Calls")
    levels = [say(URGENCIES[level]) for level in LEVELS]
    return [
        _urgency(real, say),
        _counted("language", say("Languages"), say("Language"), calls, _count(real, "language"),
                 lambda name: say(LANGUAGES.get(name, name))),
        Figure("days", say("Calls by day"), [say("Day"), *levels], by_day, "columns"),
        Figure("hours", say("Calls by hour of the day"), [say("Hour"), *levels], by_hour,
               "columns"),
        _counted("hazard", say("Calls by hazard"), say("Hazard"), calls, _count(real, "hazard"),
                 lambda name: say(HAZARDS.get(name, name))),
        _counted("zone", say("Calls by zone"), say("Zone"), calls, _count(real, "zone_id"),
                 _zone_namer(site, language, say)),
        _response(gathered, say),
        _delays("alert", say("Time to the first alert"), gathered, 1, say),
        _delays("acceptance", say("Time until somebody accepted"), gathered, 2, say),
        _found("refusals", say("Sentences that grounding refused"), say("Reason"),
               gathered, FindingKind.REFUSED, say),
        _found("questions", say("What people ask: handbook passages read out"), say("Passage"),
               gathered, FindingKind.ANSWERED, say),
        _unanswered(gathered, say),
        _rises(rises, say),
    ]  # fmt: skip


def _urgency(real: Iterable[Mapping[str, object]], say: Say) -> Figure:
    counts = _count(real, "urgency")
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
        times = [(ms, count) for urgency, ms, count in gathered.turn_ms if urgency == level]
        budget = BUDGET_MS[level]
        total = sum(count for _, count in times)
        within = sum(count for ms, count in times if ms <= budget)
        rows.append(
            [
                say(URGENCIES[level]),
                *(_weighted_percentile(times, share) for share in (0.50, 0.90, 0.99)),
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
        delays = [row[column] for row in gathered.delays_s if row[0] == level]
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
    for found, subject, count in gathered.findings:
        if found == kind:
            counts[_readable(subject)] += count
    rows = [
        (name or say("no reason given"), count) for name, count in counts.most_common(MOST_ROWS)
    ]
    return Figure(id_, title, [what, say("Times")], rows)


def _unanswered(gathered: Gathered, say: Say) -> Figure:
    counts: Counter[tuple[str, ...]] = Counter()
    spelled: dict[tuple[str, ...], str] = {}
    for text, count in gathered.unanswered:
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
    started: Iterable[tuple[int, str]], time_zone: str, until: datetime, days: int
) -> tuple[list[list[Value]], list[list[Value]]]:
    zone = ZoneInfo(time_zone)
    by_hour: Counter[tuple[int, str]] = Counter()
    by_day: Counter[tuple[str, str]] = Counter()
    # A quarter of an hour is the least that clocks are put forward by.
    quarters: Counter[tuple[int, str]] = Counter((at // 900, level) for at, level in started)
    for (quarter, level), count in quarters.items():
        local = datetime.fromtimestamp(quarter * 900, zone)
        by_hour[local.hour, level] += count
        by_day[_stretch(local, days), level] += count
    last = until.astimezone(zone)
    all_days = [_stretch(last - timedelta(days=ago), days) for ago in range(days - 1, -1, -1)]
    return (
        [[day, *(by_day[day, level] for level in LEVELS)] for day in dict.fromkeys(all_days)],
        [[f"{hour:02}", *(by_hour[hour, level] for level in LEVELS)] for hour in range(24)],
    )


def _stretch(at: datetime, days: int) -> str:
    """A day; over more than a quarter of a year, the month it is in."""
    return f"{at:%Y-%m}" if days > 100 else f"{at:%Y-%m-%d}"


def _count(rows: Iterable[Mapping[str, object]], kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        calls = row["calls"]
        assert isinstance(calls, int)  # noqa: S101 - narrows what the database gives
        counts[str(row[kind]) if row[kind] is not None else ""] += calls
    return counts


def _zone_namer(site: Site, language: str, say: Say) -> Say:
    names = {zone.id: spoken(zone.name, language) for zone in site.zones}
    return lambda zone_id: names.get(zone_id, zone_id) or say("Place unknown")


def _readable(subject: str) -> str:
    """A passage by its document and number, a reason as words."""
    name = subject.rpartition(":")[2] if subject.startswith("handbook.") else subject
    return name.replace("_", " ").replace("-", " ")


def _weighted_percentile(times: Sequence[tuple[float, int]], share: float) -> float | None:
    """Nearest rank over values that occur so many times."""
    ordered = sorted(times)
    ranks = list(accumulate(count for _, count in ordered))
    if not ranks:
        return None
    wanted = max(1.0, share * ranks[-1])
    return next(ms for (ms, _), rank in zip(ordered, ranks, strict=True) if rank >= wanted)

"""Figures over many calls: drills apart, percentiles against budgets, days of the site."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aurora.console.analytics.figures import Figure, figures, totals
from aurora.console.analytics.wall_clock import EPOCH, WallClock
from aurora.records.gathered import Gathered
from tests.line import example_site

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SITE = example_site()
ZONES = (
    *("UTC", "Europe/Madrid", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham"),
    *("Australia/Lord_Howe", "America/Los_Angeles", "Pacific/Kiritimati", "Africa/Casablanca"),
)
"""Whole, half and quarter hours from UTC; clocks put forward by an hour and by half of one."""


def call(**changes: object) -> dict[str, object]:
    usual = {"urgency": "critical", "hazard": "fire", "zone_id": "a", "language": "en"}
    at = {"started_s": 0, "alerted_after_s": None, "accepted_after_s": None}
    return usual | at | {"is_drill": 0, "answer": "accepted"} | changes


def gathered(*calls: dict[str, object]) -> Gathered:
    found = Gathered()
    for one in calls:
        found.count_call(one)
    return found


def shown(known: Gathered, figure_id: str, language: str = "en", days: int = 7) -> Figure:
    made = figures(known, [], SITE, language, str, NOW, days)
    return next(one for one in made if one.id == figure_id)


def test_drills_are_counted_apart():
    drills = [call(is_drill=1)] * 2
    known = gathered(*[call()] * 3, *drills, call(answer="waiting", urgency="urgent"))

    found = totals(known.kinds)

    assert (found.calls, found.drills, found.emergencies) == (4, 2, 4)
    assert (found.alerted, found.accepted, found.open_ends) == (4, 3, 1)
    assert shown(known, "urgency").rows[0] == ("Critical", 3)


def test_response_times_are_set_against_the_budget_of_their_urgency():
    known = gathered()
    for urgency, ms, turns in (("critical", 450.4, 2), ("critical", 99.5, 98), ("normal", 700, 1)):
        for _ in range(turns):
            known.count_turn(urgency, ms)

    rows = {row[0]: row for row in shown(known, "response").rows}

    assert rows["Critical"] == ["Critical", 100, 100, 450, 300, 98.0, 100]
    assert rows["Urgent"] == ["Urgent", None, None, None, 500, None, 0]
    assert rows["Normal"][1:6] == [700, 700, 700, 800, 100.0]


def test_delays_count_those_that_never_came():
    known = gathered(
        call(alerted_after_s=2.0, accepted_after_s=30.0),
        call(alerted_after_s=4.0, answer="waiting"),
        call(urgency="urgent", answer="waiting"),
        call(urgency="urgent", answer="not_asked"),
    )

    alert = {row[0]: row for row in shown(known, "alert").rows}
    taken = {row[0]: row for row in shown(known, "acceptance").rows}

    assert alert["Critical"] == ["Critical", 2.0, 4.0, 4.0, 2, 0]
    assert alert["Urgent"] == ["Urgent", None, None, None, 0, 1]
    assert taken["Critical"] == ["Critical", 30.0, 30.0, 30.0, 1, 1]


def test_days_and_hours_are_those_of_the_site():
    madrid = SITE.model_copy(update={"timezone": "Europe/Madrid"})
    late = int(datetime(2026, 11, 24, 23, 30, tzinfo=UTC).timestamp())
    known = gathered(call(started_s=late), call(started_s=late, urgency="normal"))

    made = {one.id: one for one in figures(known, [], madrid, "en", str, NOW, 7)}

    assert made["days"].rows[-2] == ["2026-11-25", 1, 0, 1, 0]
    assert len(made["days"].rows) == 7
    assert made["hours"].rows[0] == ["00", 1, 0, 1, 0]
    assert made["days"].longest == 2


@settings(max_examples=40)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 365 * 4),
    st.lists(st.integers(0, 6 * 86_400), max_size=40),
)
def test_quarters_of_an_hour_make_the_days_and_hours_of_any_zone(zone, day, ages_s):
    until = NOW + timedelta(days=day)
    times = [int(until.timestamp()) - age_s for age_s in ages_s]
    site = SITE.model_copy(update={"timezone": zone})
    known = gathered(*(call(started_s=at_s) for at_s in times))

    made = {one.id: one for one in figures(known, [], site, "en", str, until, 7)}

    local = [datetime.fromtimestamp(at_s, ZoneInfo(zone)) for at_s in times]
    days = Counter(f"{at:%Y-%m-%d}" for at in local)
    hours = Counter(f"{at:%H}" for at in local)
    assert {row[0]: row[1] for row in made["days"].rows if row[1]} == days
    assert {row[0]: row[1] for row in made["hours"].rows if row[1]} == hours


def test_a_year_is_shown_by_months():
    assert len(shown(gathered(), "days", days=365).rows) in (12, 13)


def test_the_same_question_in_other_spelling_is_one_question():
    known = gathered()
    known.unanswered.update({"Who signs the permit?": 3, "who signs the permit": 2})

    assert shown(known, "unanswered").rows == [("Who signs the permit?", 5)]


def test_places_are_named_in_the_readers_language():
    known = gathered(call(), call(), call(zone_id=None), call(zone_id="gone"))

    assert shown(known, "zone", "es").rows == [("Zona A", 2), ("Place unknown", 1), ("gone", 1)]


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_of_a_year_has_the_hour_that_clocks_showed(zone):
    first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 900
    there, wall = ZoneInfo(zone), WallClock(ZoneInfo(zone))
    for quarter in range(first, first + 366 * 96, 7):
        at = datetime.fromtimestamp(quarter * 900, there)
        days, hour = divmod(wall.hour_of(quarter), 24)
        assert (EPOCH + timedelta(days=days), hour) == (at.date(), at.hour), at

"""Unusual days are marked by a test that anybody can do again, and chance days are not."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aurora.console.analytics.rises import ALL, Rise, chance_of, unusual_rises

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
FIRST = int((NOW - timedelta(days=200)).timestamp())


def quarter(at: datetime) -> int:
    return int(at.timestamp()) // 900


def calls(days_ago: int, count: int, hazard: str = "fire") -> Counter[tuple[int, str]]:
    noon = NOW.replace(hour=12) - timedelta(days=days_ago)
    return Counter({(quarter(noon), hazard): count})


def usual(a_day: int, days: int = 70) -> Counter[tuple[int, str]]:
    return sum((calls(ago, a_day) for ago in range(1, days)), Counter())


def rises(
    began: Counter[tuple[int, str]], first_s: int | None = FIRST, time_zone: str = "UTC"
) -> list[Rise]:
    by_hazard: dict[str, list[int]] = {}
    for at, hazard in began.elements():
        by_hazard.setdefault(hazard, []).append(at)
    return unusual_rises(by_hazard, first_s, NOW, time_zone)


def test_the_chance_is_that_of_the_exact_test():
    assert chance_of(0, 10, 8) == 1.0
    assert chance_of(3, 0, 8) == pytest.approx((1 / 9) ** 3)
    assert chance_of(2, 1, 1) == pytest.approx(0.5)


def test_a_day_like_those_before_is_not_marked():
    assert rises(usual(4)) == []


def test_a_day_with_many_more_is_marked_for_its_hazard_and_for_all():
    found = rises(usual(1) + calls(2, 15))

    assert {(rise.day.day, rise.hazard, rise.calls) for rise in found} == {
        (24, "fire", 16), (24, ALL, 16)
    }  # fmt: skip
    assert found[0].usual == 1


def test_what_never_happened_before_is_marked_from_four_calls_on():
    assert rises(calls(1, 3, "violence")) == []
    assert rises(calls(1, 4, "violence")) != []


def test_today_and_older_weeks_are_not_looked_at():
    assert rises(calls(0, 40) + calls(9, 40)) == []


def test_nothing_is_marked_before_four_weeks_are_on_record():
    since = int((NOW - timedelta(days=30)).timestamp())

    assert rises(usual(1, 30) + calls(1, 30), since) == []
    assert rises(usual(1) + calls(1, 30), None) == []


def test_days_are_those_of_the_site():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    began = usual(1) + Counter({(quarter(late), "fire"): 20})

    assert rises(began, time_zone="Europe/Madrid")[0].day.day == 25

"""Who is on duty: shifts, overrides, absences, gaps, turns, and the clocks of a site."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.roster import Rosters, instant, on_duty
from aurora.site.duty import DAYS, Roster
from tests.incidents import at

EVERY_DAY = list(DAYS)
WEEKDAYS = list(DAYS[:5])
HOLDERS = {"supervisor": ("ana", "ben", "eve"), "medical": ("eve", "fay")}


def shift(days: Sequence[str], begins: str, ends: str, *contacts: str) -> dict[str, Any]:
    return {"days": list(days), "from": begins, "to": ends, "contacts": list(contacts)}


def change(begins: str, ends: str, *contacts: str) -> dict[str, Any]:
    return {"from": begins, "to": ends, "contacts": list(contacts), "reason": "leave"}


def of_role(*shifts: dict[str, Any], role: str = "supervisor", **parts: Any) -> dict[str, Any]:
    return {"id": f"of_{role}", "role": role, "shifts": list(shifts), **parts}


def of_contact(contact: str, *shifts: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"id": f"of_{contact}", "contact": contact, "shifts": list(shifts), **parts}


def duty(
    moment: str | datetime,
    *rosters: dict[str, Any],
    role: str = "supervisor",
    zone: str = "UTC",
    holders: Mapping[str, Sequence[str]] = HOLDERS,
) -> list[str]:
    written = [Roster.model_validate(one) for one in rosters]
    moment = at(moment) if isinstance(moment, str) else moment
    return on_duty(Rosters(written, holders, ZoneInfo(zone)), role, moment)


# Without rosters -----------------------------------------------------------------------------


def test_without_a_roster_everyone_who_holds_the_role_is_on_duty_as_listed():
    assert duty("2026-03-02T12:00Z") == ["ana", "ben", "eve"]


def test_nobody_is_on_duty_only_where_nobody_holds_the_role():
    assert duty("2026-03-02T12:00Z", role="fire") == []


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        duty(datetime(2026, 3, 2))  # noqa: DTZ001


# Shifts --------------------------------------------------------------------------------------

DAY_AND_NIGHT = of_role(
    shift(EVERY_DAY, "06:00", "18:00", "ana"), shift(EVERY_DAY, "18:00", "06:00", "ben")
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T06:00Z", "ana"),
        ("2026-03-02T17:59:59Z", "ana"),
        ("2026-03-02T18:00Z", "ben"),
        ("2026-03-03T00:00Z", "ben"),
        ("2026-03-03T05:59:59Z", "ben"),
    ],
)
def test_a_shift_holds_from_its_first_second_to_before_its_last(moment, expected):
    assert duty(moment, DAY_AND_NIGHT) == [expected]


def test_a_night_shift_of_friday_ends_on_saturday_and_does_not_begin_then():
    friday = of_role(
        shift(["fri"], "22:00", "06:00", "ana"), shift(["sat"], "06:00", "22:00", "ben")
    )

    assert duty("2026-03-07T05:00Z", friday) == ["ana"]
    assert duty("2026-03-07T23:00Z", friday) == ["ana", "ben", "eve"], "a gap, not Friday's shift"


def test_the_sunday_night_shift_reaches_into_monday():
    sunday = of_role(shift(["sun"], "22:00", "06:00", "ben"))

    assert duty("2026-03-02T03:00Z", sunday) == ["ben"]


def test_a_shift_that_ends_when_it_begins_lasts_a_whole_day():
    whole = of_role(shift(["mon"], "07:00", "07:00", "ana"))

    assert duty("2026-03-03T06:59Z", whole) == ["ana"]
    assert duty("2026-03-03T07:00Z", whole) == ["ana", "ben", "eve"]


def test_overlapping_shifts_add_up_first_listed_first_and_nobody_twice():
    overlap = of_role(
        shift(EVERY_DAY, "06:00", "15:00", "ben", "ana"),
        shift(EVERY_DAY, "14:00", "22:00", "ana", "eve"),
    )

    assert duty("2026-03-02T14:30Z", overlap) == ["ben", "ana", "eve"]


def test_a_gap_means_everyone_who_holds_the_role():
    office_hours = of_role(shift(WEEKDAYS, "08:00", "16:00", "ben"))

    assert duty("2026-03-07T12:00Z", office_hours) == ["ana", "ben", "eve"]


def test_another_roles_roster_changes_nothing():
    medics = of_role(shift(EVERY_DAY, "00:00", "24:00", "fay"), role="medical")

    assert duty("2026-03-02T12:00Z", medics) == ["ana", "ben", "eve"]
    assert duty("2026-03-02T12:00Z", medics, role="medical") == ["fay"]


# Overrides and absences ----------------------------------------------------------------------


def test_an_override_replaces_the_shift_while_it_holds_and_not_a_second_longer():
    roster = of_role(
        shift(EVERY_DAY, "00:00", "24:00", "ana"),
        overrides=[change("2026-03-02 08:00", "2026-03-02 20:00", "eve")],
    )

    assert duty("2026-03-02T07:59:59Z", roster) == ["ana"]
    assert duty("2026-03-02T08:00Z", roster) == ["eve"]
    assert duty("2026-03-02T20:00Z", roster) == ["ana"]


def test_two_overrides_at_once_add_up():
    roster = of_role(
        shift(EVERY_DAY, "00:00", "24:00", "ana"),
        overrides=[
            change("2026-03-02 08:00", "2026-03-02 20:00", "eve"),
            change("2026-03-02 12:00", "2026-03-03 12:00", "ben", "eve"),
        ],
    )

    assert duty("2026-03-02T13:00Z", roster) == ["eve", "ben"]


def test_who_is_away_is_not_called_whoever_lists_them_and_their_stand_in_is():
    away = of_contact("ana", overrides=[change("2026-03-01 00:00", "2026-03-10 00:00", "eve")])

    assert duty("2026-03-02T12:00Z", DAY_AND_NIGHT, away) == ["eve"]
    assert duty("2026-03-02T12:00Z", away) == ["eve", "ben"]


def test_a_stand_in_without_the_role_does_not_take_it():
    away = of_contact("ana", overrides=[change("2026-03-01 00:00", "2026-03-10 00:00", "fay")])

    assert duty("2026-03-02T12:00Z", away) == ["ben", "eve"]


def test_who_is_away_comes_last_when_nobody_else_is_on_duty():
    away = of_contact("ana", overrides=[change("2026-03-01 00:00", "2026-03-10 00:00")])

    assert duty("2026-03-02T12:00Z", DAY_AND_NIGHT, away) == ["ben", "eve", "ana"]


def test_two_who_stand_in_for_each_other_while_both_are_away_leave_a_gap():
    each = [
        of_contact("ana", overrides=[change("2026-03-01 00:00", "2026-03-10 00:00", "ben")]),
        of_contact("ben", overrides=[change("2026-03-01 00:00", "2026-03-10 00:00", "ana")]),
    ]

    assert duty("2026-03-02T12:00Z", DAY_AND_NIGHT, *each) == ["eve", "ana", "ben"]


def test_a_contact_with_hours_of_their_own_is_on_duty_in_these_alone():
    hours = of_contact("ben", shift(WEEKDAYS, "08:00", "16:00"))

    assert duty("2026-03-02T12:00Z", hours) == ["ana", "ben", "eve"]
    assert duty("2026-03-02T17:00Z", hours) == ["ana", "eve"]
    assert duty("2026-03-02T17:00Z", DAY_AND_NIGHT, hours) == ["ana"]


# Taking turns --------------------------------------------------------------------------------


def test_taken_in_turn_every_shift_begins_with_the_next_one():
    turns = of_role(
        shift(["mon", "wed", "fri"], "22:00", "06:00", "ana", "ben", "eve"), rotation="round_robin"
    )
    nights = ["2026-03-02", "2026-03-04", "2026-03-06", "2026-03-09", "2026-03-11"]
    first = [duty(f"{night}T23:00Z", turns)[0] for night in nights]

    assert sorted(first[:3]) == ["ana", "ben", "eve"]
    assert first[3:] == first[:2], "it goes on over the week's end"


def test_the_turn_does_not_change_at_midnight():
    turns = of_role(shift(EVERY_DAY, "22:00", "06:00", "ana", "ben"), rotation="round_robin")

    assert duty("2026-03-02T23:59Z", turns) == duty("2026-03-03T00:01Z", turns)
    assert duty("2026-03-03T00:01Z", turns) != duty("2026-03-03T23:00Z", turns)


# The site's clock ----------------------------------------------------------------------------


def test_shifts_go_by_the_sites_clock():
    assert duty("2026-07-06T04:30Z", DAY_AND_NIGHT, zone="Europe/Madrid") == ["ana"]
    assert duty("2026-01-05T04:30Z", DAY_AND_NIGHT, zone="Europe/Madrid") == ["ben"]


HALF_PAST_TWO = of_role(
    shift(EVERY_DAY, "18:00", "02:30", "ana"), shift(EVERY_DAY, "02:30", "18:00", "ben")
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-29T01:59:59+01:00", "ana"),
        ("2026-03-29T03:00:00+02:00", "ben"),
        ("2026-03-29T03:31:00+02:00", "ben"),
    ],
)
def test_a_hand_over_in_the_hour_that_is_skipped_is_at_the_jump(moment, expected):
    assert duty(moment, HALF_PAST_TWO, zone="Europe/Madrid") == [expected]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-10-25T02:29:59+02:00", "ana"),
        ("2026-10-25T02:30:00+02:00", "ben"),
        ("2026-10-25T02:15:00+01:00", "ben"),
        ("2026-10-25T02:45:00+01:00", "ben"),
    ],
)
def test_a_hand_over_in_the_hour_that_comes_twice_is_in_the_first(moment, expected):
    assert duty(moment, HALF_PAST_TWO, zone="Europe/Madrid") == [expected]


def test_a_shift_of_midnight_holds_where_the_clocks_skip_midnight():
    cairo = of_role(shift(EVERY_DAY, "00:00", "24:00", "ana"))

    for hour in range(30):
        moment = at("2026-04-23T20:00Z") + timedelta(hours=hour)
        assert duty(moment, cairo, zone="Africa/Cairo") == ["ana"]


ZONES = st.sampled_from(
    (
        *("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"),
        *("America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"),
    )
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MINUTES = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(ZONES, MOMENTS, st.lists(MINUTES, min_size=1, max_size=5, unique=True))
def test_shifts_that_divide_the_day_have_exactly_one_on_duty_at_any_moment(zone, moment, edges):
    edges = sorted(edges)
    names = [f"c{number}" for number in range(len(edges))]
    ends = [*edges[1:], edges[0]]
    shifts = [
        shift(EVERY_DAY, clock(begin), clock(end), name)
        for begin, end, name in zip(edges, ends, names, strict=True)
    ]
    holders = {"supervisor": (*names, "spare")}

    assert len(duty(moment, of_role(*shifts), zone=zone, holders=holders)) == 1


@given(ZONES, MOMENTS)
def test_who_is_on_duty_holds_the_role_and_is_named_once(zone, moment):
    rosters = [
        of_role(
            shift(["mon", "thu"], "23:15", "07:45", "ben", "ana"),
            shift(WEEKDAYS, "02:30", "02:15", "eve"),
            rotation="round_robin",
            overrides=[change("2026-03-29 02:30", "2026-10-25 02:30", "ana", "eve")],
        ),
        of_contact(
            "eve",
            shift(["tue"], "02:00", "03:00"),
            overrides=[change("2026-01-01 00:00", "2026-06-01 00:00", "ben")],
        ),
    ]
    found = duty(moment, *rosters, zone=zone)

    assert found
    assert len(found) == len(set(found))
    assert set(found) <= set(HOLDERS["supervisor"])


WALLS = st.datetimes(datetime(2011, 1, 1), datetime(2036, 1, 1))  # noqa: DTZ001


@given(ZONES, WALLS, st.integers(0, 60 * 48))
def test_a_later_time_on_the_wall_is_never_an_earlier_moment(zone, wall, minutes):
    wall = wall.replace(second=0, microsecond=0)
    later = wall + timedelta(minutes=minutes)

    assert instant(wall, ZoneInfo(zone)) <= instant(later, ZoneInfo(zone))


@given(ZONES, WALLS)
def test_the_moment_of_a_time_is_the_first_at_which_the_wall_shows_it_or_more(zone, wall):
    wall, where = wall.replace(second=0, microsecond=0), ZoneInfo(zone)
    moment = instant(wall, where)
    just_before = (moment - timedelta(seconds=1)).astimezone(where).replace(tzinfo=None)

    assert moment.astimezone(where).replace(tzinfo=None) >= wall
    assert just_before < wall

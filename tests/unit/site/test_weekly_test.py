"""When a weekly test of the call tree is due: the newest such time by the site's wall clock."""

from datetime import datetime

import pytest

from aurora.site.duty import CommunicationTest, scheduled_at
from tests.incidents import at, site_with

MONDAY_TEN = CommunicationTest(day="mon", at="10:00")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T10:00:00+01:00", "2026-03-02T10:00:00+01:00"),
        ("2026-03-02T09:59:59+01:00", "2026-02-23T10:00:00+01:00"),
        ("2026-03-04T08:00:00+01:00", "2026-03-02T10:00:00+01:00"),
        # The clocks went forward on Sunday: it is ten o'clock all the same.
        ("2026-03-30T08:00:00+00:00", "2026-03-30T10:00:00+02:00"),
        ("2026-03-30T07:59:00+00:00", "2026-03-23T10:00:00+01:00"),
    ],
)
def test_it_is_due_at_the_newest_wall_clock_time_before_now(now: str, due: str) -> None:
    assert scheduled_at(MONDAY_TEN, "Europe/Madrid", at(now)) == datetime.fromisoformat(due)


def test_a_role_that_the_site_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match=r"communication_test\.roles: no role 'pilot'"):
        site_with(communication_test={"day": "mon", "at": "10:00", "roles": ["pilot"]})


def test_a_wrong_day_or_time_is_refused() -> None:
    for wrong in ({"day": "monday", "at": "10:00"}, {"day": "mon", "at": "25:00"}):
        with pytest.raises(ValueError, match=r"day|time"):
            site_with(communication_test=wrong)

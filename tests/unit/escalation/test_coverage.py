"""Where the rosters leave nobody, to the minute, across absences and the clocks' change."""

from datetime import UTC, datetime, timedelta

from aurora.escalation.coverage import gaps
from aurora.escalation.policy import rosters_of
from aurora.escalation.roster import on_duty
from aurora.site.absence import Absence, problems_of, with_absences
from tests.line import example_site

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def off(contact: str, begins: datetime, ends: datetime, *stand_ins: str, **parts) -> Absence:
    made = {"reason": "leave", "by": "Ana", "at": MONDAY, **parts}
    return Absence(f"{contact}{begins}", contact, begins, ends, stand_ins, **made)


def test_a_site_with_somebody_always_on_duty_has_no_gap():
    rosters = rosters_of(example_site())

    assert gaps(rosters, "supervisor", MONDAY, 14 * DAY) == []


def test_two_who_are_off_together_leave_a_gap_as_long_as_both_are():
    both = [
        off("medic", MONDAY, MONDAY + 3 * DAY),
        off("second_medic", MONDAY + DAY, MONDAY + 5 * DAY),
    ]
    rosters = rosters_of(with_absences(example_site(), both))

    found = gaps(rosters, "medical", MONDAY, 14 * DAY)
    assert [(gap.begins_at, gap.ends_at) for gap in found] == [(MONDAY + DAY, MONDAY + 3 * DAY)]


def test_whoever_is_off_is_not_on_duty_and_who_stands_in_is():
    site = with_absences(example_site(), [off("medic", MONDAY, MONDAY + DAY, "second_medic")])

    assert on_duty(rosters_of(site), "medical", MONDAY) == ["second_medic"]
    assert "medic" in on_duty(rosters_of(site), "medical", MONDAY + DAY)


def test_an_absence_that_was_taken_back_or_is_of_nobody_changes_nothing():
    gone = off("medic", MONDAY, MONDAY + DAY, ended_by="Bo", ended_at=MONDAY)
    site = with_absences(example_site(), [gone, off("who", MONDAY, MONDAY + DAY)])

    assert site.rosters == example_site().rosters


def test_a_role_that_nobody_holds_is_one_gap():
    site = example_site()
    without = site.model_copy(
        update={"contacts": [one for one in site.contacts if "security" not in one.roles]}
    )

    assert [
        gap.ends_at - gap.begins_at for gap in gaps(rosters_of(without), "security", MONDAY, DAY)
    ] == [DAY]


def test_a_wrong_absence_is_named_with_its_field():
    site = example_site()
    wrong = {
        "contact": off("nobody", MONDAY, MONDAY + DAY),
        "ends": off("medic", MONDAY, MONDAY),
        "stand_ins": off("medic", MONDAY, MONDAY + DAY, "gate"),
    }

    for field, absence in wrong.items():
        assert [name for name, _ in problems_of(site, absence)] == [field]
    assert list(problems_of(site, off("medic", MONDAY, MONDAY + DAY, "second_medic"))) == []

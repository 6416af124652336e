"""An approved site: who is paged at once, what callers are told at the next start."""

from datetime import timedelta

from aurora.in_force.site import SiteInForce
from aurora.site.absence import Absence
from aurora.site.model import Site
from tests.line import NOON, example_site


def changed(**fields: object) -> Site:
    return example_site().model_copy(update=fields)


def test_contacts_hold_at_once_for_whoever_pages_and_nothing_waits() -> None:
    told: list[Site] = []
    in_force = SiteInForce(example_site(), [told.append])
    contacts = [
        one.model_copy(update={"phone": "+12025550999"}) if one.id == "medic" else one
        for one in example_site().contacts
    ]
    in_force.approve(changed(contacts=contacts))

    assert told[-1].contact("medic").phone == "+12025550999"
    assert in_force.waiting == []


def test_what_callers_are_told_waits_for_the_next_start_and_is_named() -> None:
    told: list[Site] = []
    in_force = SiteInForce(example_site(), [told.append])
    in_force.approve(changed(name="Another Works"))

    assert in_force.waiting == ["name"]
    assert in_force.approved.name == "Another Works"
    assert told[-1].name == in_force.site.name == example_site().name


def test_an_absence_is_laid_over_the_rosters_and_told_once() -> None:
    told: list[Site] = []
    in_force = SiteInForce(example_site(), [told.append])
    ends_at = NOON + timedelta(hours=8)
    absence = Absence("a1", "medic", NOON, ends_at, ("second_medic",), "ill", "Ann", NOON)
    in_force.follow([])
    in_force.follow([absence])
    in_force.follow([absence])

    [site] = told
    assert "medic" in {roster.contact for roster in site.rosters}
    in_force.close()
    assert told[-1] == example_site()

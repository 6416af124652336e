"""Who is missing: everybody of whom nothing newer says otherwise, and nobody taken for another."""

from dataclasses import replace
from datetime import timedelta

from aurora.accounts.link import Link, LinkState, account_key, contact_key, worker_key
from aurora.muster.check_in import CheckIn, Muster, Standing
from aurora.muster.people import Expected, SignedIn, expected, key_of
from aurora.muster.roll import Roll, call_roll
from tests.incidents import site_with
from tests.line import NOON, example_site

MINUTE = timedelta(minutes=1)
MUSTER = Muster("muster_1", "fire", False, None, NOON - 5 * MINUTE, NOON, "Ann")
PEOPLE = [Expected("worker:+1", "Sam"), Expected("contact:medic", "Ana")]
SAFE = CheckIn("1", "worker:+1", "Sam", Standing.SAFE, NOON, "Sam", True)
MEDIC = Link("ada", "Ada", contact_key("medic"), LinkState.GRANTED, "Root", NOON)


def names(roll: Roll) -> dict[str, list[str]]:
    return {
        standing.value: [line.person.name for line in getattr(roll, standing.value)]
        for standing in Standing
    }


def test_who_said_nothing_is_missing() -> None:
    roll = call_roll(PEOPLE, [SAFE], MUSTER)
    assert names(roll) == {"missing": ["Ana"], "safe": ["Sam"], "away": []}


def test_what_was_said_before_people_began_to_leave_does_not_count() -> None:
    early = replace(SAFE, at=NOON - 6 * MINUTE)
    assert names(call_roll(PEOPLE, [early], MUSTER))["missing"] == ["Ana", "Sam"]


def test_the_newest_word_counts_in_whatever_order_it_came() -> None:
    taken_back = replace(SAFE, id="2", standing=Standing.MISSING, at=NOON + MINUTE, by="Ann")
    assert names(call_roll(PEOPLE, [taken_back, SAFE], MUSTER))["missing"] == ["Ana", "Sam"]


def test_a_closed_muster_stays_as_it_was_when_it_ended() -> None:
    closed = replace(MUSTER, closed_at=NOON + MINUTE, closed_by="Ann")
    late = replace(SAFE, at=NOON + 2 * MINUTE)
    assert names(call_roll(PEOPLE, [late], closed))["missing"] == ["Ana", "Sam"]


def test_who_is_not_on_the_site_is_not_searched_for() -> None:
    roll = call_roll(PEOPLE, [replace(SAFE, standing=Standing.AWAY)], MUSTER)
    assert names(roll)["away"] == ["Sam"]


def test_who_checks_in_without_being_expected_is_on_the_roll() -> None:
    visitor = replace(SAFE, id="2", person_key="visitor:v1", name="Visitor")
    assert names(call_roll(PEOPLE, [visitor], MUSTER))["safe"] == ["Visitor"]


def test_somebody_added_to_the_site_is_counted_and_nobody_leaves_an_open_roll() -> None:
    before = example_site()
    medic = before.contact("medic")
    newcomer = medic.model_copy(update={"id": "nurse", "name": "Nora"})
    now = before.model_copy(
        update={"contacts": [one for one in before.contacts if one is not medic] + [newcomer]}
    )
    keys = [one.key for one in expected([now], [], [])]
    assert [contact_key(one) in keys for one in ("nurse", "medic")] == [True, False]

    open_roll = [one.key for one in expected([now, before], [], [])]
    assert {contact_key("nurse"), contact_key("medic")} <= set(open_roll)
    assert len(set(open_roll)) == len(open_roll)


def test_somebody_taken_out_of_the_site_who_signs_in_is_counted_all_the_same() -> None:
    site = example_site()
    now = site.model_copy(update={"contacts": [one for one in site.contacts if one.id != "medic"]})
    people = expected([now], [MEDIC], [SignedIn("ada", "Ada")])
    assert Expected(key_of("ada", [MEDIC]), "Ada") in people


def test_desks_and_contacts_outside_the_site_are_nobody_to_be_counted() -> None:
    keys = {one.key for one in expected([example_site()], [], [])}
    assert contact_key("medic") in keys
    assert worker_key("+12025550151") in keys
    assert not keys & {contact_key("control_desk"), contact_key("emergency_desk")}


def test_a_worker_who_is_a_contact_is_counted_once() -> None:
    site = site_with(workers=[{"phone": "+12025550105", "name": "Site medic"}])
    assert [one.key for one in expected([site], [], []) if one.name == "Site medic"] == [
        "contact:medic"
    ]


def test_an_account_is_somebody_of_the_site_only_when_that_was_granted() -> None:
    signed_in = [SignedIn("ada", "Site medic")]
    asked = replace(MEDIC, state=LinkState.ASKED)
    assert key_of("ada", [asked]) == account_key("ada")
    assert key_of("ada", [MEDIC]) == contact_key("medic")

    both = [one.key for one in expected([example_site()], [asked], signed_in)]
    assert {account_key("ada"), contact_key("medic")} <= set(both), "names prove nothing"
    assert account_key("ada") not in [
        one.key for one in expected([example_site()], [MEDIC], signed_in)
    ]

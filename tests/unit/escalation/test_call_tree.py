"""Whom a test of the call tree asks, and what its report says of each way."""

from aurora.escalation.call_tree_report import report
from aurora.escalation.delivery import Progress
from aurora.escalation.happening import are_one, find, joins
from aurora.escalation.incident import (
    Acknowledgement,
    Answer,
    CallTreeTest,
    Incident,
    Source,
    answer,
    resolve,
)
from aurora.escalation.ledger import AlertNote, AlertState
from aurora.escalation.policy import call_tree_plan
from aurora.levels import Urgency
from tests.incidents import call, ids, incident
from tests.line import NOON, example_site

MEDICS = ["medical"]


def a_test(*roles: str) -> Incident:
    made = Incident("test_1", "CDFGHJ", Urgency.NORMAL, NOON, NOON)
    made.test = CallTreeTest("Ann", roles, 60)
    return made


def note(contact: str, channel: str, state: AlertState, progress: Progress | None) -> AlertNote:
    return AlertNote(
        f"{contact}:{channel}", contact, channel, "test", state, progress, "", "", NOON
    )


def test_everybody_of_the_site_is_asked_by_every_way_and_nobody_outside():
    plan = call_tree_plan(example_site(), a_test(), [], NOON)
    inside = {one.id for one in example_site().contacts if not one.is_outside}

    [step] = plan.steps
    assert set(ids(step.pages)) == inside
    assert all(set(page.channels) == {"sms", "voice"} for page in step.pages)


def test_named_roles_ask_their_holders_alone():
    plan = call_tree_plan(example_site(), a_test(*MEDICS), MEDICS, NOON)

    assert ids(plan.steps[0].pages) == ["medic", "second_medic"]


def test_a_test_is_no_happening_that_a_call_could_join():
    made, other = a_test(), incident()

    assert not joins(made, call(), NOON)
    assert find([made], call(), NOON) is None
    assert not are_one(made, other, NOON)
    assert not are_one(other, made, NOON)


def test_the_report_tells_each_way_apart_and_fails_for_one_needed_in_a_critical_call():
    made = a_test(*MEDICS)
    plan = call_tree_plan(example_site(), made, MEDICS, NOON)
    answer(made, Acknowledgement("medic", Answer.ACCEPT, Source.VOICE, NOON))
    notes = [
        note("medic", "voice", AlertState.SENT, Progress.ENDED),
        note("medic", "sms", AlertState.SENT, Progress.DELIVERED),
        note("second_medic", "voice", AlertState.SENT, Progress.NO_ANSWER),
        note("second_medic", "sms", AlertState.FAILED, None),
    ]
    resolve(made)
    found = report(example_site(), made, plan, notes)

    ways = {one.contact_id: {way.channel: way.result for way in one.routes} for one in found.people}
    assert ways == {
        "medic": {"sms": "delivered", "voice": "confirmed"},
        "second_medic": {"sms": "failed", "voice": "no_answer"},
    }
    assert [one.contact_id for one in found.unreachable] == ["second_medic"]
    assert not found.is_passed
    assert found.not_tested == ("emergency_desk",)


def test_a_channel_that_is_not_set_up_is_called_so():
    made = a_test(*MEDICS)
    plan = call_tree_plan(example_site(), made, MEDICS, NOON)
    found = report(example_site(), made, plan, [])

    assert {way.result for one in found.people for way in one.routes} == {"not_set_up"}


def test_somebody_not_needed_in_a_critical_call_may_be_missing():
    made = a_test("security")
    plan = call_tree_plan(example_site(), made, ["security"], NOON)

    assert report(example_site(), made, plan, []).is_passed

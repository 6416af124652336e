"""What of a plan is still to do once people answer, refuse, or cannot be reached."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aurora.escalation.happening import absorb
from aurora.escalation.incident import Answer, Reach, reached, resolve
from aurora.escalation.plan import Plan
from aurora.escalation.policy import further_plan, make_plan
from aurora.escalation.progress import (
    covered_roles,
    due,
    fallback_due,
    is_taken,
    is_worth_waiting,
    stand_ins,
)
from aurora.levels import Urgency
from tests.incidents import accepts, call, declines, ids, incident, says
from tests.line import NOON, example_site

DESK = example_site().control_room


def planned(*calls):
    made = incident(*calls)
    return made, make_plan(example_site(), made, NOON)


def test_at_first_all_of_a_step_are_due():
    made, plan = planned(call())

    assert due(plan, plan.steps[0], made) == plan.steps[0].pages


def test_one_acceptance_ends_an_urgent_plan():
    made, plan = planned(call(urgency=Urgency.URGENT))
    accepts(made, "safety_officer")

    assert [due(plan, step, made) for step in plan.steps] == [()] * len(plan.steps)
    assert fallback_due(plan, made, DESK) == ()


def test_a_critical_plan_goes_on_for_the_roles_that_nobody_accepted_for():
    made, plan = planned(call(roles=("medical",)))
    accepts(made, "duty_supervisor")

    assert "duty_supervisor" not in ids(due(plan, plan.steps[0], made))
    assert "medic" in ids(due(plan, plan.steps[0], made))
    assert ids(due(plan, plan.steps[1], made)) == ["second_medic"], "not the other supervisor"


def test_who_accepts_covers_every_role_they_were_paged_for():
    made, plan = planned(call(roles=("fire", "rescue")))
    accepts(made, "emergency_team")

    assert {"fire", "rescue", "site_emergency_team"} <= covered_roles(plan, made)
    assert "emergency_team" not in ids(due(plan, plan.steps[0], made))


def test_who_declined_is_not_paged_again_and_the_next_one_is():
    made, plan = planned(call(roles=("medical",)))
    declines(made, "medic")

    assert "medic" not in ids(due(plan, plan.steps[0], made))
    assert "second_medic" in ids(due(plan, plan.steps[1], made))


def test_when_everybody_declined_there_is_nothing_to_wait_for_and_everyone_is_asked_again():
    made, plan = planned(call())
    for page in plan.steps[0].pages:
        declines(made, page.contact_id)

    assert not is_worth_waiting(plan.steps[0].pages, made)
    assert ids(fallback_due(plan, made, DESK)) == ids(plan.fallback)
    assert "medic" in ids(fallback_due(plan, made, DESK))


def test_a_step_that_nobody_could_be_reached_in_is_not_waited_for():
    made, plan = planned(call())
    for page in plan.steps[0].pages:
        reached(made, page, Reach.FAILED)

    assert not is_worth_waiting(plan.steps[0].pages, made)


def test_one_who_may_still_answer_is_waited_for():
    made, plan = planned(call())
    for page in plan.steps[0].pages[1:]:
        declines(made, page.contact_id)
    reached(made, plan.steps[0].pages[0], Reach.SENT)

    assert is_worth_waiting(plan.steps[0].pages, made)


def test_an_acceptance_taken_back_makes_the_rest_due_again():
    made, plan = planned(call(urgency=Urgency.URGENT))
    accepts(made, "duty_supervisor", after_s=10)
    declines(made, "duty_supervisor", after_s=40)

    assert ids(due(plan, plan.steps[0], made)) == ["safety_officer"]


def test_an_operators_acceptance_at_the_console_ends_an_urgent_plan_that_did_not_page_them():
    made, plan = planned(call(urgency=Urgency.URGENT))
    accepts(made, "control_desk", after_s=5)

    assert due(plan, plan.steps[0], made) == ()


def test_a_supervisors_earlier_yes_does_not_silence_the_plan_for_a_role_asked_for_since():
    made, plan = planned(call(urgency=Urgency.URGENT))
    accepts(made, "duty_supervisor", after_s=5)
    absorb(made, call("second", Urgency.URGENT, roles=("electrical",), after_min=1))
    further = further_plan(example_site(), made, [plan], NOON.replace(minute=1))

    assert ids(due(further, further.steps[0], made)) == ["electrician"]


def everybody_declines(made, plan, role):
    for page in {one for step in plan.steps for one in step.pages if role in one.roles}:
        declines(made, page.contact_id, after_s=30)


def test_when_no_medic_answers_or_comes_everyone_else_and_the_control_room_hear_of_it():
    for give_up in (lambda *_: None, everybody_declines):
        made, plan = planned(call(roles=("medical",)))
        for role in set(plan.roles) - {"medical"}:
            accepts(made, next(p.contact_id for p in plan.steps[0].pages if role in p.roles))
        give_up(made, plan, "medical")

        assert not is_taken(plan, made)
        asked = set(ids(fallback_due(plan, made, DESK)))
        assert {"medic", "second_medic", DESK} <= asked
        assert asked.isdisjoint(set(made.accepted_by) - {DESK})


def test_a_control_room_that_accepted_hears_all_the_same_that_a_role_has_nobody():
    made, plan = planned(call(roles=("medical",)))
    accepts(made, DESK)

    assert DESK in ids(fallback_due(plan, made, DESK))


def test_a_critical_plan_is_taken_once_each_of_its_roles_is():
    made, plan = planned(call(roles=("medical",)))
    for page in plan.steps[0].pages:
        accepts(made, page.contact_id)

    assert is_taken(plan, made)
    assert fallback_due(plan, made, DESK) == ()


def test_a_role_asked_for_since_that_nobody_takes_is_told_to_its_own_and_the_control_room():
    made, plan = planned(call())
    absorb(made, call("second", roles=("electrical",), after_min=1))
    further = further_plan(example_site(), made, [plan], NOON.replace(minute=1))

    assert set(ids(fallback_due(further, made, DESK))) == {"electrician", DESK}


def test_nothing_is_due_once_the_incident_is_over():
    made, plan = planned(call())
    resolve(made, "Ann", "fire is out", NOON)

    assert due(plan, plan.steps[0], made) == ()
    assert fallback_due(plan, made, DESK) == ()


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([contact.id for contact in example_site().contacts]),
        st.sampled_from(list(Answer)),
        st.integers(0, 300),
    ),
    max_size=12,
)


@given(ANSWERS, st.sampled_from([Urgency.CRITICAL, Urgency.URGENT]))
@settings(max_examples=300)
def test_in_any_order_of_answers_nobody_who_answered_is_due_and_no_role_is_forgotten(
    answers, urgency
):
    made, plan = planned(call(urgency=urgency, roles=("medical", "fire")))
    for contact, what, after_s in answers:
        says(made, contact, what, after_s)
    waiting = [page for step in plan.steps for page in due(plan, step, made)]

    assert all(made.answer_of(page.contact_id) is None for page in waiting)
    if urgency is Urgency.URGENT:
        assert bool(waiting) <= (not made.accepted_by)
        return
    silent = {
        p.contact_id for s in plan.steps for p in s.pages if made.answer_of(p.contact_id) is None
    }
    for page in (page for step in plan.steps for page in step.pages):
        is_open = page.contact_id in silent and not covered_roles(plan, made).issuperset(page.roles)
        assert (page in waiting) is is_open


def test_the_order_in_which_answers_arrive_does_not_matter():
    one = incident()
    other = replace(one, acknowledgements=[])
    given_answers = [("medic", Answer.ACCEPT, 5), ("medic", Answer.DECLINE, 9)]
    for contact, what, after_s in given_answers:
        says(one, contact, what, after_s)
    for contact, what, after_s in reversed(given_answers):
        says(other, contact, what, after_s)

    assert one.answer_of("medic") is other.answer_of("medic") is Answer.DECLINE
    assert one.state is other.state


def again(made, plan, after_s=600):
    at = NOON + timedelta(seconds=after_s)
    return replace(make_plan(example_site(), made, at).again("alerted again"), made_at=at)


def test_alerting_again_asks_those_who_declined_and_not_those_who_accepted():
    made, plan = planned(call(urgency=Urgency.URGENT))
    everybody = {one for step in plan.steps for one in ids(step.pages)}
    first, second, *_ = ids(plan.steps[0].pages)
    accepts(made, first)
    declines(made, second)

    asked = again(made, plan)
    paged = {one for step in asked.steps for one in ids(due(asked, step, made))}
    assert paged == everybody - {first}


def test_an_acceptance_after_alerting_again_ends_it():
    made, plan = planned(call(urgency=Urgency.URGENT))
    first, second, *_ = ids(plan.steps[0].pages)
    accepts(made, first)
    asked = again(made, plan)
    assert fallback_due(asked, made, DESK) != ()

    accepts(made, second, after_s=700)
    assert [due(asked, step, made) for step in asked.steps] == [()] * len(asked.steps)
    assert fallback_due(asked, made, DESK) == ()


def test_a_plan_that_was_asked_for_again_is_kept_as_one():
    _, plan = planned(call())
    assert Plan.from_dict(plan.again("alerted again").as_dict()).is_again
    old = plan.as_dict()
    del old["is_again"]
    assert Plan.from_dict(old) == plan


def test_the_next_for_a_role_stands_in_as_soon_as_its_own_cannot():
    made, plan = planned(call(roles=("medical",)))
    for page in plan.steps[0].pages:
        reached(made, page, Reach.SENT)
    assert stand_ins(plan, plan.steps[0], made) == []
    declines(made, "medic")
    [(step, pages)] = stand_ins(plan, plan.steps[0], made)

    assert (step.number, ids(pages)) == (2, ["second_medic"]), "not the other supervisor"
    for page in pages:
        reached(made, page, Reach.SENT)
    assert stand_ins(plan, plan.steps[0], made) == []


def test_nobody_stands_in_for_a_role_that_is_covered_or_after_the_end():
    made, plan = planned(call(roles=("medical",)))
    for page in plan.steps[0].pages:
        reached(made, page, Reach.SENT)
    declines(made, "medic")
    accepts(made, "second_medic")
    assert stand_ins(plan, plan.steps[0], made) == []

    made, plan = planned(call(roles=("medical",)))
    declines(made, "medic")
    resolve(made, "Ann", "fire is out", NOON)
    assert stand_ins(plan, plan.steps[0], made) == []


def test_the_next_stands_in_for_who_cannot_be_reached_by_any_way():
    made, plan = planned(call(roles=("medical",)))
    for page in plan.steps[0].pages:
        reached(made, page, Reach.FAILED if page.contact_id == "medic" else Reach.SENT)

    assert [ids(pages) for _, pages in stand_ins(plan, plan.steps[0], made)] == [["second_medic"]]

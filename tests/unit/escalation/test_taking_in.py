"""What one call's word changes: the incident it joins, the plan it calls for, who must hear."""

from dataclasses import replace
from datetime import timedelta

from aurora.escalation.incident import CallFacts, Reach, reached
from aurora.escalation.ledger import Ledger, PlanState
from aurora.escalation.taking_in import Changed, take_in
from aurora.levels import Hazard, Urgency
from tests.incidents import call
from tests.line import example_site


def taken(ledger: Ledger, facts: CallFacts) -> Changed:
    return take_in(ledger, site=example_site(), facts=facts, now=facts.at)


def page_everyone(ledger: Ledger, changed: Changed) -> None:
    for plan in ledger.plans_of(changed.incident.id):
        for page in plan.steps[0].pages:
            reached(changed.incident, page, Reach.SENT)


def test_a_first_call_opens_an_incident_and_its_plan_runs():
    ledger = Ledger()
    changed = taken(ledger, call(roles=("supervisor",)))

    assert list(ledger.incidents) == [changed.incident.id]
    assert changed.running == tuple(ledger.running(changed.incident.id))
    assert len(changed.running) == 1


def test_a_second_call_about_it_joins_and_makes_no_second_plan():
    ledger = Ledger()
    first = taken(ledger, call("first", roles=("supervisor",)))
    second = taken(ledger, call("second", after_min=1, roles=("supervisor",)))

    assert second.incident.id == first.incident.id
    assert second.running == first.running


def test_a_plan_never_begun_is_begun_with_the_next_word():
    ledger = Ledger()
    first = taken(ledger, call())
    again = taken(ledger, call(after_min=1))

    assert again.running == first.running


def test_a_rise_stops_the_plan_before_it():
    ledger = Ledger()
    urgent = taken(ledger, call(urgency=Urgency.URGENT))
    critical = taken(ledger, call(after_min=1))

    assert critical.stopped == urgent.running
    assert ledger.states[urgent.running[0]] is PlanState.SUPERSEDED
    assert len(critical.running) == 1


def test_what_an_operator_lowered_and_rises_again_is_planned_anew():
    ledger = Ledger()
    first = taken(ledger, call())
    lowered_at = first.incident.updated_at + timedelta(minutes=1)
    low = replace(call(urgency=Urgency.ASSISTIVE, after_min=1), lowered_at=lowered_at)
    taken(ledger, low)
    risen = taken(ledger, replace(call(after_min=2), lowered_at=lowered_at))

    assert len(risen.running) == 1
    assert risen.running != first.running


def test_news_goes_to_everyone_who_was_paged_whichever_plan_they_are_of():
    ledger = Ledger()
    first = taken(ledger, call(roles=("supervisor",)))
    page_everyone(ledger, first)
    further = taken(ledger, call(after_min=1, roles=("supervisor", "control_room")))
    page_everyone(ledger, further)

    moved = taken(ledger, call(zone="b", after_min=2, roles=("supervisor", "control_room")))

    assert {page.contact_id for page in moved.told} == set(moved.incident.responders)
    assert moved.news


def test_two_fires_in_two_zones_are_two_incidents():
    ledger = Ledger()
    taken(ledger, call("first", zone="a"))
    taken(ledger, call("second", zone="b", hazard=Hazard.FIRE))

    assert len(ledger.incidents) == 2

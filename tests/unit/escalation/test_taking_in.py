"""What one call's word changes: the incident it joins, the plan it calls for, who must hear."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aurora.escalation.happening import absorb
from aurora.escalation.incident import (
    CallFacts,
    Incident,
    Lost,
    Reach,
    is_quiet_since,
    reached,
    resolve,
)
from aurora.escalation.ledger import Ledger, PlanState
from aurora.escalation.news import News, NewsKind
from aurora.escalation.operator_acts import shelve
from aurora.escalation.progress import is_taken
from aurora.escalation.taking_in import Changed, concerns_somebody, take_in
from aurora.levels import Hazard, Urgency
from tests.incidents import accepts, call
from tests.line import NOON, example_site


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

    [owed] = moved.incident.untold
    assert set(owed.contacts) == set(moved.incident.responders)
    assert News(NewsKind.ZONE, "b") in owed.news


def test_words_of_one_moment_are_one_message_and_those_of_another_are_another():
    ledger = Ledger()
    changed = taken(ledger, call(roles=("supervisor",)))
    page_everyone(ledger, changed)
    for number, facts in enumerate(({"trapped": True}, {"trapped": True}, {"people": 3})):
        taken(ledger, call(f"call_{number}", after_min=1, facts=facts))
    taken(ledger, call("later", after_min=2, facts={"armed": True}))

    at_once, later = changed.incident.untold
    assert {one.name for one in at_once.news} == {"trapped", "people"}
    assert [one.name for one in later.news] == ["armed"]
    assert set(later.contacts) == set(changed.incident.responders)


def test_what_nobody_was_paged_for_yet_is_owed_to_nobody():
    ledger = Ledger()
    taken(ledger, call(roles=("supervisor",)))
    changed = taken(ledger, call("second", after_min=1, facts={"trapped": True}))

    assert changed.incident.untold == []


def test_who_was_paged_for_what_became_part_of_an_incident_is_known_by_that_page():
    ledger = Ledger()
    lost = taken(ledger, call("lost", zone=None, roles=("supervisor",)))
    page_everyone(ledger, lost)
    known = taken(ledger, call("known", zone="a", hazard=Hazard.MEDICAL, after_min=1))
    into = taken(ledger, call("lost", zone="a", after_min=2, roles=("supervisor",))).incident
    merged = next(one for one in (lost.incident, known.incident) if one is not into)

    assert merged.merged_into == into.id
    pages = ledger.paged(into)
    assert {page.contact_id for page in pages} == set(into.responders)
    assert all(ledger.page_of(into, one) is not None for one in lost.incident.responders)


def test_two_fires_in_two_zones_are_two_incidents():
    ledger = Ledger()
    taken(ledger, call("first", zone="a"))
    taken(ledger, call("second", zone="b", hazard=Hazard.FIRE))

    assert len(ledger.incidents) == 2


def test_who_runs_to_what_an_operator_lowered_is_told_once_and_nobody_new_is_paged():
    ledger = Ledger()
    first = taken(ledger, call(roles=("supervisor",)))
    page_everyone(ledger, first)
    low = replace(call(urgency=Urgency.ASSISTIVE, after_min=1), lowered_at=NOON)
    lowered = taken(ledger, low)
    taken(ledger, replace(low, at=low.at + timedelta(minutes=1)))

    [owed] = lowered.incident.untold
    assert owed.news == (News(NewsKind.LOWERED, "assistive"),)
    assert set(owed.contacts) == set(lowered.incident.responders)
    assert ledger.running(lowered.incident.id) == []


def test_what_an_operator_lowered_stays_set_aside():
    ledger = Ledger()
    made = taken(ledger, call(urgency=Urgency.URGENT)).incident
    shelve(made, timedelta(minutes=30), "a known fault", "Ann", NOON)
    taken(ledger, replace(call(urgency=Urgency.NORMAL, after_min=1), lowered_at=NOON))

    assert made.is_shelved(NOON)


def drilled(*calls: CallFacts) -> tuple[Ledger, Incident]:
    """A drill whose second step was paged as well."""
    ledger = Ledger()
    for facts in calls:
        drill = taken(ledger, replace(facts, is_drill=True))
    for plan in ledger.plans_of(drill.incident.id):
        for page in (page for step in plan.steps for page in step.pages):
            reached(drill.incident, page, Reach.SENT)
    return ledger, drill.incident


def test_a_drill_that_is_none_stops_and_all_who_heard_of_it_are_told_that_it_is_real():
    ledger, drill = drilled(call(roles=("medical",)))
    real = taken(ledger, call(roles=("medical",), after_min=1))

    assert real.incident.id != drill.id
    assert real.incident.was_drill
    assert ledger.running(drill.id) == []
    assert not drill.is_alerted_of
    assert set(real.stopped) >= set(ledger.plans[drill.id])
    first = [page for plan in ledger.plans_of(real.incident.id) for page in plan.steps[0].pages]
    paged = [page.contact_id for page in first]
    assert set(paged) >= set(drill.responders)
    assert len(paged) == len(set(paged)), "nobody twice"
    assert set(real.running) == set(ledger.plans[real.incident.id])


def test_a_yes_to_a_drill_is_none_to_what_is_real():
    ledger, drill = drilled(call(roles=("medical",)))
    accepts(drill, "medic")
    real = taken(ledger, call(roles=("medical",), after_min=1))

    assert real.incident.accepted_by == []
    assert not is_quiet_since(drill, "medic", NOON), "nobody is reminded of it"


def test_a_drill_that_others_are_still_of_goes_on():
    ledger, drill = drilled(call(), call("other"))
    taken(ledger, call(after_min=1))

    assert ledger.running(drill.id) != []
    assert drill.is_alerted_of


def test_who_heard_of_a_drill_is_told_also_when_it_joins_what_is_real_already():
    ledger, drill = drilled(call())
    real = taken(ledger, call("real", after_min=1))
    page_everyone(ledger, real)
    joined = taken(ledger, call(after_min=2))

    assert joined.incident.id == real.incident.id
    assert joined.incident.was_drill
    told = {
        page.contact_id
        for plan in ledger.plans_of(real.incident.id)
        for page in plan.steps[0].pages
    }
    assert told >= set(drill.responders)


def drilled_to_the_end() -> Ledger:
    """A drill that nobody answered: everyone heard of it."""
    ledger, drill = drilled(call(roles=("medical",)))
    for plan in ledger.plans_of(drill.id):
        for page in plan.everyone():
            reached(drill, page, Reach.SENT)
    return ledger


def test_roles_asked_for_after_a_drill_that_was_none_are_planned_for_like_any():
    further = call(roles=("medical", "electrical", "security"), after_min=2)
    ledger, plain = drilled_to_the_end(), Ledger()
    real, other = [taken(one, call(roles=("medical",), after_min=1)) for one in (ledger, plain)]
    known = len(ledger.plans_of(real.incident.id))
    taken(ledger, further)
    taken(plain, further)

    [asked] = ledger.plans_of(real.incident.id)[known:]
    [expected] = plain.plans_of(other.incident.id)[1:]
    assert replace(asked, incident_id=expected.incident_id) == expected
    assert asked.repeats
    assert asked.fallback


def test_word_that_a_drill_is_none_leaves_no_plan_short_of_people():
    """Those who heard of it hold roles that nobody asked for."""
    ledger = drilled_to_the_end()
    real = taken(ledger, call(roles=("medical",), after_min=1)).incident
    first, told = ledger.plans_of(real.id)
    for page in first.steps[0].pages:
        reached(real, page, Reach.SENT)
        accepts(real, page.contact_id, 90)

    assert told.steps[0].pages
    assert all(is_taken(plan, real) for plan in ledger.standing(real))


def test_what_turns_out_to_be_no_drill_and_no_emergency_pages_nobody():
    ledger, _ = drilled(call())
    calm = taken(ledger, call(urgency=Urgency.ASSISTIVE, after_min=1))

    assert calm.running == ()


def test_what_an_operator_lowered_changes_the_incident_it_is_of_and_opens_none():
    ledger, low = Ledger(), replace(call(urgency=Urgency.ASSISTIVE), lowered_at=NOON)
    assert not concerns_somebody(ledger, low)
    assert concerns_somebody(ledger, call())
    made = taken(ledger, call()).incident
    assert concerns_somebody(ledger, low)
    resolve(made, "Ann", "a false alarm", NOON)
    assert not concerns_somebody(ledger, low)


def test_a_word_that_another_machine_overtook_changes_nothing():
    """It knows of no lowering: taken in, it would have everybody paged anew."""
    ledger = Ledger()
    made = taken(ledger, call()).incident
    lowered_at = NOON + timedelta(minutes=2)
    taken(ledger, replace(call(urgency=Urgency.ASSISTIVE, after_min=2), lowered_at=lowered_at))
    late = call(zone="b", after_min=1)

    assert not concerns_somebody(ledger, late)
    assert absorb(made, late) == []
    assert (made.urgency, made.zone_id) == (Urgency.ASSISTIVE, "a")
    assert made.calls[late.call_id].lowered_at == lowered_at
    taken(ledger, late)
    assert ledger.running(made.id) == []


def test_a_rise_is_never_taken_for_an_older_word_however_slow_its_machines_clock():
    ledger = Ledger()
    made = taken(ledger, call(urgency=Urgency.URGENT, after_min=1)).incident
    assert concerns_somebody(ledger, call())
    taken(ledger, call())

    assert made.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "news",
    [
        {"zone": "b"},
        {"facts": {"trapped": True}},
        {"roles": ("supervisor", "rescue")},
        {"lost": Lost.HUNG_UP, "losses": 1},
    ],
)
def test_the_next_word_of_a_call_is_taken_in_though_the_clock_of_its_machine_is_slow(news):
    ledger = Ledger()
    made = taken(ledger, call(roles=("supervisor",), after_min=1, revision=4)).incident
    word = call(**{"roles": ("supervisor",), "revision": 5} | news)

    assert concerns_somebody(ledger, word)
    taken(ledger, word)
    assert made.calls[word.call_id] == word
    assert made.updated_at > word.at, "no clock moves it back"


def test_a_word_is_older_by_the_record_though_the_clock_of_its_machine_is_fast():
    ledger = Ledger()
    made = taken(ledger, call(roles=("supervisor",), revision=5, facts={"trapped": False})).incident
    late = call(roles=("supervisor",), after_min=1, revision=4, facts={"trapped": True})

    assert not concerns_somebody(ledger, late)
    taken(ledger, late)
    assert made.facts == {"trapped": False}


def test_of_two_words_that_the_record_cannot_tell_apart_the_later_counts():
    """What could not be written yet has happened all the same."""
    ledger = Ledger()
    made = taken(ledger, call(revision=4)).incident
    taken(ledger, call(revision=4, after_min=1, facts={"trapped": True}))

    assert made.facts == {"trapped": True}
    assert not concerns_somebody(ledger, call(revision=4, after_min=0.5))

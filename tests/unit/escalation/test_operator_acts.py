"""What operators do to an incident: by name, on what they saw, and never against each other."""

from datetime import timedelta

import pytest

from aurora.errors import NotPossible, Overtaken, UnknownIncident
from aurora.escalation import operator_acts as acts
from aurora.escalation.happening import absorb, merge
from aurora.escalation.incident import Answer, Incident, IncidentState, Reach, reached
from aurora.escalation.ledger import Ledger, PlanState
from aurora.escalation.policy import make_plan
from aurora.escalation.truth import Claim, statements
from aurora.levels import Hazard, Urgency
from tests.incidents import accepts, call, incident
from tests.line import NOON, example_site

HALF_AN_HOUR = timedelta(minutes=30)
DESK = example_site().contact(example_site().control_room)


def ledger(made: Incident) -> Ledger:
    return Ledger({made.id: made})


def test_taking_it_accepts_for_the_control_room_by_the_operators_name() -> None:
    made = incident()
    acts.take(made, DESK, "Ann", NOON)
    assert made.state is IncidentState.ACKNOWLEDGED
    assert made.accepted_by == [DESK.id]
    assert made.acknowledgements[0].by == "Ann"
    assert [(one.what, one.by) for one in made.acts] == [("taken", "Ann")]


def test_a_caller_hears_that_the_desk_acts_and_never_that_somebody_comes() -> None:
    made = incident()
    acts.take(made, DESK, "Ann", NOON)
    assert {one.claim for one in statements(made, [])} == {Claim.CONFIRMED}


def test_a_desk_that_is_entered_as_there_acts_where_it_is_and_a_person_is_there() -> None:
    made = incident()
    acts.take(made, DESK, "Ann", NOON)
    acts.answer_for(made, DESK.id, Answer.ARRIVED, "Ann", NOON + timedelta(seconds=1))
    assert made.answer_of(DESK.id) is Answer.ACCEPT
    medic = next(one for one in make_plan(example_site(), made, NOON).everyone() if not one.is_desk)
    reached(made, medic, Reach.SENT)
    acts.answer_for(made, medic.contact_id, Answer.ARRIVED, "Ann", NOON)
    assert made.answer_of(medic.contact_id) is Answer.ARRIVED


def test_of_two_operators_the_second_is_told_who_was_first() -> None:
    made = incident()
    acts.take(acts.acted_on(ledger(made), made.id, seen=0), DESK, "Ann", NOON)
    with pytest.raises(Overtaken) as first:
        acts.acted_on(ledger(made), made.id, seen=0)
    assert (first.value.what, first.value.by, first.value.at) == ("taken", "Ann", NOON)
    assert acts.acted_on(ledger(made), made.id, seen=1) is made


def test_words_and_answers_that_come_in_turn_no_operator_away() -> None:
    made = incident()
    absorb(made, call("2", after_min=1))
    accepts(made, "medic")
    assert acts.acted_on(ledger(made), made.id, seen=0) is made


def test_nothing_is_done_to_an_incident_that_is_over_or_unknown() -> None:
    made = incident()
    known = ledger(made)
    acts.close(made, known, "Ann", "fire is out", NOON)
    with pytest.raises(NotPossible, match="over"):
        acts.acted_on(known, made.id, seen=None)
    with pytest.raises(UnknownIncident):
        acts.acted_on(known, "another", seen=None)


def test_nothing_is_done_to_what_an_incident_became_part_of_unseen() -> None:
    """The survivor may be worse, and what was seen of the other says nothing of it."""
    minor = incident(call("1", Urgency.URGENT, Hazard.INJURY))
    fire = incident(call("2"), number=2)
    known = Ledger({minor.id: minor, fire.id: fire})
    merge(minor, into=fire)
    for seen in (0, None):
        with pytest.raises(Overtaken) as merged:
            acts.acted_on(known, minor.id, seen)
        assert merged.value.what == acts.MERGED
    assert acts.acted_on(known, fire.id, seen=0) is fire


def test_what_an_incident_became_part_of_is_over_for_it_as_well() -> None:
    minor, fire = incident(call("1", Urgency.URGENT)), incident(call("2"), number=2)
    known = Ledger({minor.id: minor, fire.id: fire})
    merge(minor, into=fire)
    acts.close(fire, known, "Ann", "fire is out", NOON)
    with pytest.raises(NotPossible, match="over"):
        acts.acted_on(known, minor.id, seen=None)


def test_the_incident_itself_says_who_closed_it_and_why() -> None:
    made = incident()
    acts.close(made, ledger(made), "Ann", "fire is out", NOON)
    assert made.closed is not None
    assert (made.closed.by, made.closed.reason, made.closed.at) == ("Ann", "fire is out", NOON)


def test_an_answer_is_entered_only_for_somebody_who_was_paged() -> None:
    made = incident()
    with pytest.raises(NotPossible, match="not_paged"):
        acts.answer_for(made, "medic", Answer.ACCEPT, "Ann", NOON)


def test_a_shelved_incident_comes_back_when_its_time_is_over() -> None:
    made = incident(call("1", Urgency.URGENT))
    acts.shelve(made, HALF_AN_HOUR, "a test of the alarm", "Ann", NOON)
    assert made.is_shelved(NOON + timedelta(minutes=29))
    assert not made.is_shelved(NOON + HALF_AN_HOUR)


def test_a_shelved_incident_that_gets_worse_comes_back_at_once() -> None:
    made = incident(call("1", Urgency.URGENT))
    acts.shelve(made, HALF_AN_HOUR, "a test of the alarm", "Ann", NOON)
    absorb(made, call("1", Urgency.URGENT, after_min=1))
    assert made.is_shelved(NOON + timedelta(minutes=1))
    absorb(made, call("1", Urgency.CRITICAL, after_min=2))
    assert not made.is_shelved(NOON + timedelta(minutes=2))


def test_one_that_another_became_part_of_is_not_shelved_any_more() -> None:
    made, other = incident(), incident(call("2"), number=2)
    accepts(made, "medic")
    acts.shelve(made, HALF_AN_HOUR, "a test of the alarm", "Ann", NOON)
    merge(other, into=made)
    assert not made.is_shelved(NOON)


def test_a_critical_that_nobody_accepted_cannot_be_set_aside() -> None:
    made = incident()
    with pytest.raises(NotPossible, match="not_accepted"):
        acts.shelve(made, HALF_AN_HOUR, "busy", "Ann", NOON)
    accepts(made, "medic")
    acts.shelve(made, HALF_AN_HOUR, "medic is there", "Ann", NOON)
    assert made.is_shelved(NOON)


@pytest.mark.parametrize("minutes", [0, -5, 481])
def test_shelving_ends_within_a_shift(minutes: int) -> None:
    made = incident(call("1", Urgency.URGENT))
    with pytest.raises(NotPossible, match="too_long"):
        acts.shelve(made, timedelta(minutes=minutes), "busy", "Ann", NOON)


def test_alerting_again_starts_over_in_place_of_what_was_under_way() -> None:
    made, site = incident(), example_site()
    known = ledger(made)
    first = known.add_plan(make_plan(site, made, NOON))
    second, stopped = acts.alert_again(made, known, site, "Ann", NOON)
    assert stopped == [first]
    assert known.states == {first: PlanState.SUPERSEDED, second: PlanState.RUNNING}
    assert known.plans[made.id][second].is_again
    assert "alerted again by Ann" in known.plans[made.id][second].reasons

"""Forty calls and one leak: which calls are one incident, and what each adds to it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.happening import (
    absorb,
    are_one,
    find,
    joins,
    leave,
    merge,
    open_incident,
    parts,
)
from aurora.escalation.incident import IncidentState, Reach, reached, resolve
from aurora.escalation.news import News, NewsKind
from aurora.escalation.policy import make_plan
from aurora.levels import Hazard, Urgency
from tests.incidents import CODE, accepts, call, incident
from tests.line import NOON, example_site


def kinds(found: list[News]) -> list[NewsKind]:
    return [one.kind for one in found]


def told(found: list[News]) -> dict[str, object]:
    return {one.name: one.value for one in found if one.kind is NewsKind.FACT}


# Joining -------------------------------------------------------------------------------------


def test_forty_calls_about_one_gas_leak_are_one_incident():
    zones = ["b", None, "b", "b", None]
    hazards = [Hazard.GAS_LEAK, Hazard.GAS_LEAK, Hazard.TOXIC_GAS, Hazard.EXPLOSION]
    open_ones = [incident(call(hazard=Hazard.GAS_LEAK, zone="b"))]
    for number in range(1, 40):
        one = call(f"c{number}", hazard=hazards[number % 4], zone=zones[number % 5])
        found = find(open_ones, one, NOON)
        assert found is open_ones[0], one
        absorb(found, one)

    assert len(open_ones[0].calls) == 40


def test_forty_who_do_not_say_where_are_one_incident_too():
    made = incident(call(hazard=Hazard.GAS_LEAK, zone=None))

    assert joins(made, call("second", hazard=Hazard.GAS_LEAK, zone=None), NOON)


def test_two_fires_in_two_confirmed_zones_are_two_incidents():
    assert not joins(incident(call(zone="a")), call("second", zone="f"), NOON)


@pytest.mark.parametrize(("first", "second"), [("a", None), (None, "f")])
def test_the_same_hazard_joins_where_one_zone_is_not_known(first, second):
    assert joins(incident(call(zone=first)), call("second", zone=second), NOON)


def test_another_hazard_does_not_join_where_a_zone_is_not_known():
    fall = call("second", hazard=Hazard.FALL, zone=None)

    assert not joins(incident(call(zone="a")), fall, NOON)


def test_two_people_ill_in_unknown_places_are_two_incidents():
    ill = incident(call(hazard=Hazard.MEDICAL, zone=None))

    assert not joins(ill, call("second", hazard=Hazard.MEDICAL, zone=None), NOON)


def test_nothing_known_of_a_call_pages_anew():
    lost = call("second", hazard=Hazard.NONE, zone=None)

    assert not joins(incident(call(zone=None)), lost, NOON)


def test_a_call_from_the_zone_that_does_not_say_what_is_wrong_joins():
    assert joins(incident(call(zone="a")), call("second", hazard=Hazard.NONE, zone="a"), NOON)


def test_a_casualty_in_the_zone_of_a_fire_joins_it():
    assert joins(incident(call(zone="a")), call("second", hazard=Hazard.MEDICAL, zone="a"), NOON)


def test_a_drowning_in_the_zone_of_a_fire_is_another_incident():
    assert not joins(incident(call(zone="a")), call("second", hazard=Hazard.DROWNING), NOON)


def test_a_call_joins_for_thirty_minutes_after_the_last_word():
    made = incident(call())
    late = NOON + timedelta(minutes=30)

    assert joins(made, call("second"), late)
    assert not joins(made, call("second"), late + timedelta(seconds=1))
    absorb(made, call("second", after_min=29))
    assert joins(made, call("third"), late + timedelta(minutes=20))


def test_a_drill_never_joins_a_real_one_nor_a_real_one_a_drill():
    assert not joins(incident(call()), call("second", is_drill=True), NOON)
    assert not joins(incident(call(is_drill=True)), call("second"), NOON)


def test_an_incident_that_is_over_takes_no_other_call():
    made = incident(call())
    resolve(made, "Ann", "fire is out", NOON)

    assert find([made], call("second"), NOON) is None


def test_a_call_that_goes_on_after_the_end_stays_while_it_brings_no_new_trouble():
    made = incident(call(facts={"people_hurt": True}))
    resolve(made, "Ann", "fire is out", NOON)

    assert find([made], call(facts={"people_hurt": True}), NOON) is made
    assert find([made], call(facts={"people_hurt": True, "trapped": True}), NOON) is None


def test_the_incident_of_the_same_zone_is_chosen_before_one_heard_of_later():
    here = incident(call("one", zone="a"), number=1)
    lost = incident(call("two", zone=None, after_min=5), number=2)

    assert find([here, lost], call("third", zone="a"), NOON) is here
    assert find([here, lost], call("third", zone=None), NOON) is lost


# Parting -------------------------------------------------------------------------------------


def test_a_caller_whose_zone_turns_out_to_be_another_leaves_for_an_incident_of_their_own():
    made = incident(call(zone="a"), call("second", zone=None))
    found = call("second", zone="f")

    assert parts(made, found)
    assert find([made], found, NOON) is None
    leave(made, "second")
    assert list(made.calls) == ["first"]


def test_the_only_caller_who_named_a_zone_corrects_it_for_all():
    made = incident(call(zone="a"), call("second", zone=None))

    assert not parts(made, call("first", zone="c"))
    assert absorb(made, call("first", zone="c")) == [News(NewsKind.ZONE, "c")]
    assert made.zone_id == "c"


def test_a_drill_that_turns_real_leaves_the_drill():
    made = incident(call(is_drill=True))
    real = call(is_drill=False)

    assert parts(made, real)
    assert find([made], real, NOON) is None
    opened = open_incident("real", CODE, real, was_drill=True)
    assert (opened.is_drill, opened.was_drill) == (False, True)


def test_a_call_of_another_incident_does_not_part():
    assert not parts(incident(call()), call("second", zone="f"))


def test_what_only_the_caller_who_left_had_said_is_no_longer_known():
    made = incident(call(), call("second", zone=None, facts={"trapped": True}))
    leave(made, "second")

    assert made.facts == {}


# News ----------------------------------------------------------------------------------------


def test_the_second_caller_of_the_same_is_no_news():
    made = incident(call(procedure="fire", facts={"people_hurt": True}))

    assert absorb(made, call("second", procedure="fire", facts={"people_hurt": True})) == []


def test_a_second_casualty_after_the_acknowledgement_is_news():
    made = incident(call(facts={"people_hurt": True, "people": 1}))
    accepts(made, "medic")
    found = absorb(made, call(facts={"people_hurt": True, "others_hurt": True, "people": 2}))

    assert told(found) == {"others_hurt": True, "people": 2}
    assert made.state is IncidentState.ACKNOWLEDGED


def test_a_casualty_in_another_call_is_news():
    made = incident(call(procedure="fire"))
    cardiac = call("second", hazard=Hazard.MEDICAL, procedure="cardiac_arrest", roles=("medical",))
    found = absorb(made, cardiac)

    assert found == [News(NewsKind.HAPPENING, "cardiac_arrest"), News(NewsKind.ROLES, "medical")]
    assert made.hazard is Hazard.FIRE


def test_spread_and_a_zone_found_are_news():
    made = incident(call(zone=None))

    assert kinds(absorb(made, call("second", facts={"spreading": True}))) == [
        NewsKind.ZONE,
        NewsKind.FACT,
    ]


def test_a_rise_in_urgency_is_news_and_a_lower_call_lowers_nothing():
    made = incident(call(urgency=Urgency.URGENT))

    assert absorb(made, call("second", Urgency.CRITICAL)) == [News(NewsKind.URGENCY, "critical")]
    assert absorb(made, call("third", Urgency.URGENT)) == []
    assert made.urgency is Urgency.CRITICAL


def test_only_an_operator_lowers_it_and_that_is_news():
    made = incident(call())
    found = absorb(made, call(urgency=Urgency.NORMAL, lowered_at=NOON))

    assert found == [News(NewsKind.LOWERED, "normal")]
    assert made.urgency is Urgency.NORMAL


def test_an_operator_who_lowers_one_call_does_not_lower_what_another_says():
    made = incident(call(), call("second"))
    absorb(made, call(urgency=Urgency.NORMAL, lowered_at=NOON))

    assert made.urgency is Urgency.CRITICAL


def test_what_made_it_worse_comes_first():
    made = incident(call(urgency=Urgency.URGENT, hazard=Hazard.EQUIPMENT, procedure="utility_loss"))
    absorb(made, call("second", Urgency.CRITICAL, Hazard.FIRE, procedure="fire"))

    assert made.happenings == ["fire", "utility_loss"]
    assert made.hazard is Hazard.FIRE


def test_what_is_not_clear_yet_gives_way_to_what_is_and_is_no_news_beside_it():
    made = incident(call(hazard=Hazard.OTHER, procedure="emergency"))
    absorb(made, call("second", procedure="fire"))
    found = absorb(made, call("third", hazard=Hazard.OTHER, procedure="emergency"))

    assert made.happenings == ["fire"]
    assert found == []


def test_an_old_word_that_arrives_late_does_not_move_the_clock_back():
    made = incident(call(after_min=10))
    absorb(made, call("second", after_min=2))

    assert made.updated_at == NOON + timedelta(minutes=10)


# Facts of many callers -----------------------------------------------------------------------


def test_a_caller_who_knows_of_nobody_missing_does_not_find_those_whom_another_misses():
    made = incident(call(facts={"people_missing": True}))

    assert absorb(made, call("second", facts={"people_missing": False})) == []
    assert made.facts["people_missing"] is True


def test_who_said_it_may_take_it_back_and_that_is_news():
    made = incident(call(facts={"people_missing": True}))
    found = absorb(made, call(facts={"people_missing": False}))

    assert told(found) == {"people_missing": False}


def test_good_news_that_corrects_nothing_is_no_news():
    assert absorb(incident(call()), call(facts={"breathing": True, "trapped": False})) == []


def test_the_higher_count_stands():
    made = incident(call(facts={"people": 3}))

    assert absorb(made, call("second", facts={"people": 1})) == []
    assert told(absorb(made, call("second", facts={"people": 4}))) == {"people": 4}


def test_news_of_facts_come_with_the_most_pressing_first():
    found = absorb(
        incident(call()), call(facts={"substance": "acid", "trapped": True, "breathing": False})
    )

    assert list(told(found)) == ["breathing", "trapped", "substance"]


FACTS = st.dictionaries(
    st.sampled_from(["people_hurt", "breathing", "people_missing", "people", "substance"]),
    st.one_of(st.booleans(), st.integers(0, 5), st.sampled_from(["acid", "gas"])),
)


@given(st.lists(FACTS, min_size=1, max_size=5))
def test_hearing_the_same_again_from_the_same_callers_is_never_news(reports):
    calls = [call(f"c{number}", facts=facts) for number, facts in enumerate(reports)]
    made = incident(*calls)

    assert [absorb(made, one) for one in calls] == [[]] * len(calls)


@given(st.lists(FACTS, min_size=2, max_size=4))
def test_bad_news_of_any_caller_stands_in_whatever_order_they_call(reports):
    calls = [call(f"c{number}", facts=facts) for number, facts in enumerate(reports)]
    made = incident(*calls)

    for facts in reports:
        if facts.get("people_hurt") is True:
            assert made.facts["people_hurt"] is True or not isinstance(
                made.facts["people_hurt"], bool
            )


# Merging -------------------------------------------------------------------------------------


def test_two_incidents_are_one_once_their_zones_are_found_to_be_the_same():
    one = incident(call("one", hazard=Hazard.FIRE, zone="a"), number=1)
    other = incident(call("two", hazard=Hazard.BURN, zone=None), number=2)
    assert not are_one(one, other, NOON)
    absorb(other, call("two", hazard=Hazard.BURN, zone="a"))

    assert are_one(one, other, NOON)
    assert not are_one(one, one, NOON)


def test_merged_incidents_keep_every_call_answer_and_responder_once():
    site = example_site()
    one, other = (
        incident(call("one"), number=1),
        incident(call("two", facts={"trapped": True}), number=2),
    )
    plan = make_plan(site, other, NOON)
    for page in plan.steps[0].pages:
        reached(other, page, Reach.SENT)
    accepts(other, "medic")
    found = merge(other, into=one)

    assert told(found) == {"trapped": True}
    assert set(one.calls) == {"one", "two"}
    assert one.accepted_by == ["medic"]
    assert "medic" in one.responders
    assert (one.state, other.state) == (IncidentState.ACKNOWLEDGED, IncidentState.MERGED)
    assert other.merged_into == one.id
    assert find([other, one], call("two"), NOON) is one

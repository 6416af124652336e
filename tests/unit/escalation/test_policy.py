"""Whom a call alerts and in what order: the site's roles, the procedure's, the facts', the duty."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.happening import absorb
from aurora.escalation.plan import ChannelKind, Plan
from aurora.escalation.policy import (
    NEEDED,
    further_plan,
    make_plan,
    roles_in_a_drill,
    roles_to_alert,
)
from aurora.levels import Hazard, Urgency
from tests.incidents import call, ids, incident, person, site_with
from tests.line import NOON, example_library, example_site


def roles(urgency: Urgency, *own: str) -> list[str]:
    return roles_to_alert(example_site(), urgency, own)


def plan_of(*calls, site=None, now=NOON) -> Plan:
    return make_plan(site or example_site(), incident(*calls), now)


# Roles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgency", list(Urgency))
def test_without_a_procedure_the_sites_own_rule_holds(urgency):
    assert roles(urgency) == example_site().escalation[urgency]


def test_the_sites_roles_come_first_and_the_procedures_own_after():
    assert roles(Urgency.URGENT, "fire", "medical") == [
        "supervisor",
        "safety_team",
        "fire",
        "medical",
    ]


def test_a_role_named_twice_is_told_once():
    assert roles(Urgency.URGENT, "safety_team", "fire", "fire") == [
        "supervisor",
        "safety_team",
        "fire",
    ]


@pytest.mark.parametrize("urgency", [Urgency.NORMAL, Urgency.ASSISTIVE])
def test_a_routine_call_alerts_nobody_for_its_procedure(urgency):
    assert "fire" not in roles(urgency, "fire")


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"people_hurt": True}, ["medical"]),
        ({"breathing": False}, ["medical"]),
        ({"people_missing": True}, ["rescue"]),
        ({"trapped": True}, ["medical", "rescue"]),
        ({"breathing": True, "people_hurt": False, "trapped": False}, []),
    ],
)
def test_a_fact_calls_for_a_role_whatever_procedure_runs(facts, wanted):
    base = roles_to_alert(example_site(), Urgency.URGENT, ["fire"])

    assert roles_to_alert(example_site(), Urgency.URGENT, ["fire"], facts) == base + wanted


def test_a_fact_of_a_routine_call_alerts_nobody():
    normal = roles_to_alert(example_site(), Urgency.NORMAL, [], {"people_hurt": True})

    assert normal == roles(Urgency.NORMAL)


def test_a_drill_leaves_the_emergency_services_out_and_nobody_else():
    real = roles(Urgency.CRITICAL, "emergency_services", "fire")

    assert roles_in_a_drill(real) == [role for role in real if role != "emergency_services"]


def test_the_roles_of_a_higher_urgency_include_those_of_a_lower():
    told = [set(roles(urgency)) for urgency in Urgency]

    assert all(lower <= higher for lower, higher in pairwise(told))


def test_every_packaged_critical_procedure_reaches_the_emergency_services():
    for procedure in example_library().procedures.values():
        if procedure.urgency is Urgency.CRITICAL:
            assert "emergency_services" in roles(Urgency.CRITICAL, *procedure.alert)


def test_every_role_to_alert_has_somebody_to_reach():
    site = example_site()
    reached = {role for contact in site.contacts for role in contact.roles}
    assert reached >= NEEDED.keys()
    for procedure in example_library().procedures.values():
        assert set(roles(procedure.urgency, *procedure.alert)) <= reached, procedure.reference


def test_the_sites_rules_are_not_changed_by_asking():
    before = list(example_site().escalation[Urgency.CRITICAL])
    roles(Urgency.CRITICAL, "fire").append("nobody")

    assert example_site().escalation[Urgency.CRITICAL] == before


# Plans ---------------------------------------------------------------------------------------


def test_a_critical_plan_pages_the_first_of_every_role_at_once_and_waits_30_seconds():
    plan = plan_of(call(roles=("fire", "medical")))

    assert ids(plan.steps[0].pages) == [
        "duty_supervisor",
        "emergency_desk",
        "safety_officer",
        "emergency_team",
        "medic",
    ]
    assert {step.wait_s for step in plan.steps} == {30.0}
    assert plan.repeats == 2


def test_the_second_step_pages_the_second_on_duty():
    plan = plan_of(call(roles=("medical",)))

    assert ids(plan.steps[1].pages) == ["night_supervisor", "second_medic"]


def test_an_urgent_plan_waits_two_minutes():
    plan = plan_of(call(urgency=Urgency.URGENT))

    assert {step.wait_s for step in plan.steps} == {120.0}
    assert "emergency_desk" not in ids(plan.steps[0].pages)


def test_a_normal_incident_is_told_of_once_and_never_repeated():
    plan = plan_of(call(urgency=Urgency.NORMAL, hazard=Hazard.EQUIPMENT))

    assert [ids(step.pages) for step in plan.steps] == [["duty_supervisor"]]
    assert (plan.repeats, plan.fallback, plan.steps[0].wait_s) == (0, (), 0.0)


def test_an_assistive_incident_pages_nobody():
    plan = plan_of(call(urgency=Urgency.ASSISTIVE, hazard=Hazard.NONE))

    assert list(plan.everyone()) == []


def test_a_contact_with_three_of_the_roles_is_paged_once_for_all_three():
    plan = plan_of(call(roles=("fire", "rescue", "gas_team")))
    own = [
        page for step in plan.steps for page in step.pages if page.contact_id == "emergency_team"
    ]

    assert len(own) == 1
    assert set(own[0].roles) == {"site_emergency_team", "fire", "rescue", "gas_team"}


def test_an_incident_whose_only_contact_holds_every_role_has_one_page_a_step():
    site = site_with(
        contacts=[person("ana", *example_site().roles)], control_room="ana", rosters=[]
    )
    plan = plan_of(call(roles=("fire", "medical")), site=site)

    assert [ids(step.pages) for step in plan.steps] == [["ana"]]
    assert ids(plan.fallback) == ["ana"]


def test_the_fallback_is_everyone():
    plan = plan_of(call())

    assert ids(plan.fallback) == [contact.id for contact in example_site().contacts]


def test_the_fallback_of_what_is_not_critical_stays_inside_the_site():
    plan = plan_of(call(urgency=Urgency.URGENT))

    assert "emergency_desk" not in ids(plan.fallback)
    assert len(plan.fallback) == len(example_site().contacts) - 1


def test_at_night_the_night_shift_comes_first():
    plan = plan_of(call(), now=NOON + timedelta(hours=10))

    assert plan.steps[0].pages[0].contact_id == "night_supervisor"


def test_a_gap_in_the_roster_pages_everyone_who_holds_the_role_one_after_the_other():
    gap = {
        "id": "supervisors",
        "role": "supervisor",
        "shifts": [
            {"days": ["sun"], "from": "01:00", "to": "02:00", "contacts": ["duty_supervisor"]}
        ],
    }
    plan = plan_of(call(), site=site_with(rosters=[gap]))

    supervisors = [step.pages[0].contact_id for step in plan.steps]
    assert supervisors == ["duty_supervisor", "night_supervisor"]


def test_a_role_that_nobody_holds_pages_the_control_room_as_what_it_is():
    contacts = [
        {**contact, "roles": [role for role in contact["roles"] if role != "fire"]}
        for contact in example_site().model_dump(by_alias=True)["contacts"]
    ]
    plan = plan_of(call(roles=("fire",)), site=site_with(contacts=contacts))
    desk = next(page for page in plan.everyone() if page.contact_id == "control_desk")

    assert "fire" in plan.roles
    assert desk.role == "control_room", "it is not the fire brigade, and no caller may be told so"
    assert any(reason.startswith("fire: nobody") for reason in plan.reasons)


def test_the_sites_own_waits_and_repeats_hold():
    site = site_with(paging={"wait_s": {"critical": 45}, "repeats": {"critical": 0, "urgent": 3}})
    critical = plan_of(call(), site=site)
    urgent = plan_of(call(urgency=Urgency.URGENT), site=site)

    assert (critical.steps[0].wait_s, critical.repeats) == (45.0, 0)
    assert (urgent.steps[0].wait_s, urgent.repeats) == (120.0, 3)


# Channels and languages ----------------------------------------------------------------------


def test_a_critical_page_rings_first_and_an_urgent_one_writes_first():
    critical, urgent = plan_of(call()), plan_of(call(urgency=Urgency.URGENT))

    assert critical.steps[0].pages[0].channels == (ChannelKind.VOICE, ChannelKind.SMS)
    assert urgent.steps[0].pages[0].channels == (ChannelKind.SMS, ChannelKind.VOICE)


def test_a_contacts_own_channels_keep_their_order_whatever_the_urgency():
    channels = ["sms", {"kind": "apprise", "address": "safety_chat"}, "voice", "console"]
    site = site_with(
        contacts=[person("ana", *example_site().roles, channels=channels)],
        control_room="ana",
        rosters=[],
    )
    page = plan_of(call(), site=site).steps[0].pages[0]

    assert [(route.kind.value, route.address) for route in page.routes] == [
        ("sms", "+12025550120"),
        ("apprise", "safety_chat"),
        ("voice", "+12025550120"),
        ("console", ""),
    ]


def test_each_round_begins_with_the_next_channel():
    page = plan_of(call()).steps[0].pages[0]

    assert [page.routes_in(number)[0].kind.value for number in (1, 2, 3)] == [
        "voice",
        "sms",
        "voice",
    ]
    assert set(page.routes_in(2)) == set(page.routes)


def test_people_are_alerted_in_their_own_language_else_in_the_sites():
    site = site_with(
        contacts=[
            person("ana", *example_site().roles, languages=["fr", "en"]),
            person("ben", "supervisor", phone="+12025550121"),
        ],
        control_room="ana",
        languages=["es", "en"],
        rosters=[],
    )
    plan = plan_of(call(), site=site)

    assert {page.contact_id: page.language for page in plan.everyone()} == {
        "ana": "fr",
        "ben": "es",
    }


# Drills --------------------------------------------------------------------------------------


def test_a_drill_reaches_nobody_outside_the_site():
    plan = plan_of(call(is_drill=True, roles=("emergency_services", "fire")))

    assert plan.is_drill
    assert "emergency_services" not in plan.roles
    assert "emergency_desk" not in ids(tuple(plan.everyone()))


def test_a_drill_does_not_reach_a_contact_outside_whatever_its_role():
    contacts = [
        *example_site().model_dump(by_alias=True)["contacts"],
        person("town_brigade", "fire", is_outside=True),
    ]
    site = site_with(contacts=contacts)
    drill = plan_of(call(is_drill=True, roles=("fire",)), site=site)
    real = plan_of(call(roles=("fire",)), site=site)

    assert "town_brigade" not in ids(tuple(drill.everyone()))
    assert "town_brigade" in ids(tuple(real.everyone()))


# What comes later ----------------------------------------------------------------------------


def test_a_role_asked_for_since_gets_a_plan_of_its_own():
    made = incident(call(urgency=Urgency.URGENT, roles=("fire",)))
    first = make_plan(example_site(), made, NOON)
    absorb(made, call("second", Urgency.URGENT, roles=("electrical",), after_min=1))
    further = further_plan(example_site(), made, [first], NOON)

    assert further is not None
    assert ids(further.steps[0].pages) == ["electrician"]
    assert further.fallback == ()


def test_a_rise_in_urgency_is_planned_anew():
    made = incident(call(urgency=Urgency.URGENT))
    first = make_plan(example_site(), made, NOON)
    absorb(made, call("first", Urgency.CRITICAL, after_min=1))
    further = further_plan(example_site(), made, [first], NOON)

    assert further is not None
    assert further.urgency is Urgency.CRITICAL
    assert set(further.roles) >= set(first.roles)


def test_nothing_new_needs_no_further_plan():
    made = incident(call(roles=("fire",)))
    first = make_plan(example_site(), made, NOON)
    absorb(made, call("second", roles=("fire",), after_min=1))

    assert further_plan(example_site(), made, [first], NOON) is None


def test_a_drill_is_not_widened_to_the_outside():
    made = incident(call(is_drill=True))
    first = make_plan(example_site(), made, NOON)
    absorb(made, call("second", is_drill=True, roles=("emergency_services",)))

    assert further_plan(example_site(), made, [first], NOON) is None


# Of any plan ---------------------------------------------------------------------------------

CALLS = st.builds(
    call,
    urgency=st.sampled_from(list(Urgency)),
    hazard=st.sampled_from(list(Hazard)),
    is_drill=st.booleans(),
    roles=st.lists(st.sampled_from(sorted(example_site().roles)), max_size=6).map(tuple),
    facts=st.dictionaries(
        st.sampled_from(["people_hurt", "breathing", "trapped", "people"]),
        st.one_of(st.booleans(), st.integers(0, 9)),
    ),
)
MOMENTS = st.integers(0, 7 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(CALLS, MOMENTS)
def test_any_plan_survives_a_trip_through_json(one, moment):
    plan = plan_of(one, now=moment)

    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan


@given(CALLS, MOMENTS)
def test_any_plan_of_an_emergency_reaches_somebody_for_every_role_and_nobody_twice(one, moment):
    plan = plan_of(one, now=moment)
    wanted = roles_to_alert(example_site(), one.urgency, one.roles, one.facts)
    paged = [page.contact_id for step in plan.steps for page in step.pages]

    assert set(plan.roles) == set(roles_in_a_drill(wanted) if one.is_drill else wanted)
    assert len(paged) == len(set(paged))
    assert all(page.routes for page in plan.everyone())
    assert len(ids(plan.fallback)) == len(set(ids(plan.fallback)))


@given(CALLS, MOMENTS)
def test_no_plan_of_a_drill_ever_reaches_outside(one, moment):
    plan = plan_of(one, now=moment)
    outside = {contact.id for contact in example_site().contacts if contact.is_outside}

    assert not (plan.is_drill and outside & set(ids(tuple(plan.everyone()))))

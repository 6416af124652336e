"""Whom a call alerts: the site's roles for its urgency, then the procedure's own."""

from itertools import pairwise

import pytest

from aurora.escalation.policy import roles_in_a_drill, roles_to_alert
from aurora.levels import Urgency
from tests.line import example_library, example_site


def roles(urgency: Urgency, *own: str) -> list[str]:
    return roles_to_alert(example_site(), urgency, own)


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
    for procedure in example_library().procedures.values():
        assert set(roles(procedure.urgency, *procedure.alert)) <= reached, procedure.reference


def test_the_sites_rules_are_not_changed_by_asking():
    before = list(example_site().escalation[Urgency.CRITICAL])
    roles(Urgency.CRITICAL, "fire").append("nobody")

    assert example_site().escalation[Urgency.CRITICAL] == before

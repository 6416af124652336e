"""Incidents that nobody closes end by themselves; an emergency that nobody accepted never does."""

from datetime import datetime

import pytest

from aurora.escalation.closing import QUIET_FOR, close_quiet
from aurora.escalation.incident import Incident, IncidentState
from aurora.escalation.ledger import Ledger, PlanState
from aurora.escalation.policy import make_plan
from aurora.levels import Urgency
from tests.incidents import accepts, call, incident
from tests.line import NOON, example_site

LATER = NOON + QUIET_FOR


def closed(made: Incident, *open_calls: str, at: datetime = LATER) -> bool:
    return close_quiet(Ledger({made.id: made}), open_calls, at) == [made]


def test_what_was_accepted_and_is_quiet_for_a_shift_is_closed_with_its_reason() -> None:
    made = incident()
    accepts(made, "medic")
    assert closed(made)
    assert made.state is IncidentState.RESOLVED
    assert made.closed is not None
    assert made.closed.by == "Aurora"
    assert "accepted by medic" in made.closed.reason


def test_it_stays_while_a_call_about_it_is_open() -> None:
    made = incident(call("1"), call("2"))
    accepts(made, "medic")
    assert not closed(made, "2", "another")
    assert closed(made, "another")


def test_every_word_and_answer_counts_from_the_last() -> None:
    made = incident(call("1"), call("2", after_min=60))
    accepts(made, "medic", after_s=7200)
    assert not closed(made, at=LATER)
    assert not closed(made, at=LATER.replace(hour=LATER.hour + 1))
    assert closed(made, at=LATER.replace(hour=LATER.hour + 2))


@pytest.mark.parametrize("urgency", [Urgency.CRITICAL, Urgency.URGENT])
def test_an_emergency_that_nobody_accepted_is_never_closed(urgency: Urgency) -> None:
    assert not closed(incident(call("1", urgency)), at=LATER.replace(year=2030))


@pytest.mark.parametrize("urgency", [Urgency.NORMAL, Urgency.ASSISTIVE])
def test_what_is_no_emergency_ends_without_anybody(urgency: Urgency) -> None:
    assert closed(incident(call("1", urgency)))


def test_a_drill_ends_without_anybody() -> None:
    assert closed(incident(call("1", is_drill=True)))


def test_its_plans_are_carried_out_no_further() -> None:
    made = incident()
    known = Ledger({made.id: made})
    plan = known.add_plan(make_plan(example_site(), made, NOON))
    accepts(made, "medic")
    close_quiet(known, [], LATER)
    assert known.states[plan] is PlanState.SUPERSEDED

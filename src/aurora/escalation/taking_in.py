"""Take a call's word into the ledger: incident, plan, and who has to hear of it; pages nobody."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.escalation.happening import (
    absorb,
    are_one,
    find,
    is_older,
    leave,
    merge,
    open_incident,
    parts,
)
from aurora.escalation.incident import CallFacts, Incident, new_code, owe
from aurora.escalation.ledger import Ledger
from aurora.escalation.news import WORTH_TELLING, News
from aurora.escalation.plan import Page
from aurora.escalation.policy import further_plan, no_drill_plan
from aurora.levels import Urgency
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class Changed:
    """What one call's word came to."""

    incident: Incident
    running: tuple[str, ...] = ()
    """Its plans that are carried out: each is begun, for beginning one again changes nothing."""
    stopped: tuple[str, ...] = ()
    """Plans to wake, so that they notice that they are over."""


def concerns_somebody(ledger: Ledger, facts: CallFacts) -> bool:
    """Whether a call's word is to be taken in.

    One that is overtaken is not, wherever its call belongs by now; and one that an operator lowered
    opens no incident.
    """
    if any(is_older(facts, one.calls.get(facts.call_id)) for one in ledger.incidents.values()):
        return False
    if facts.lowered_at is None or facts.urgency.is_emergency or facts.roles:
        return True
    return any(one.is_live and facts.call_id in one.calls for one in ledger.incidents.values())


def take_in(ledger: Ledger, *, site: Site, facts: CallFacts, now: datetime) -> Changed:
    """Join the call to its incident, or open one; make the plan for what is new.

    What those who were paged have to hear of it stands on the incident from then on.
    """
    known = list(ledger.incidents.values())
    incident = find(known, facts, now)
    stopped: list[str] = []
    drilled: list[Page] = []
    for other in known:
        if other is not incident and other.is_live and parts(other, facts):
            leave(other, facts.call_id)
            if other.is_drill and not facts.is_drill:
                drilled += ledger.paged(other)
                stopped += () if other.calls else ledger.stop(other.id)
    news: list[News] = []
    if incident is None:
        code, was_drill = new_code(secrets.choice), bool(drilled)
        incident = open_incident(_new_id(now), code, facts, was_drill=was_drill)
        ledger.incidents[incident.id] = incident
    else:
        news = absorb(incident, facts)
        incident.was_drill = incident.was_drill or bool(drilled)
    for other in known:
        if other is not incident and are_one(other, incident, now):
            news += merge(other, into=incident)
            stopped += ledger.stop(other.id)
    told = ledger.paged(incident)
    made = ledger.standing(incident)
    before = max((plan.urgency.rank for plan in made), default=-1)
    plan = further_plan(site, incident, made, now)
    if plan is not None and plan.steps:
        if plan.urgency.rank > before:
            stopped += ledger.stop(incident.id)
        ledger.add_plan(plan)
    if drilled and incident.urgency.is_emergency:
        _tell_that_it_is_no_drill(ledger, incident, drilled, now)
    if incident.urgency is Urgency.ASSISTIVE or not incident.is_live:
        stopped += ledger.stop(incident.id)
    worth = (one for one in news if one.kind in WORTH_TELLING)
    owe(incident, f"{now:%H%M%S%f}", worth, (page.contact_id for page in told))
    return Changed(incident, tuple(ledger.running(incident.id)), tuple(stopped))


def _tell_that_it_is_no_drill(
    ledger: Ledger, incident: Incident, drilled: Sequence[Page], now: datetime
) -> None:
    """Have those paged who heard of a drill, but for whom a plan pages first or has paged."""
    plans = ledger.plans_of(incident.id)
    told = {page.contact_id for plan in plans for page in plan.steps[0].pages}
    told |= incident.responders.keys()
    rest = [page for page in drilled if page.contact_id not in told]
    if rest:
        ledger.add_plan(no_drill_plan(incident, rest, now))


def _new_id(now: datetime) -> str:
    return f"inc_{now:%Y%m%d_%H%M%S}_{secrets.token_hex(3)}"

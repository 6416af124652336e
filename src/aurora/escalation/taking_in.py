"""Take a call's word into the ledger: incident, plan, and who has to hear of it; pages nobody."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aurora.escalation.happening import (
    TROUBLE,
    News,
    absorb,
    are_one,
    find,
    leave,
    merge,
    open_incident,
    parts,
)
from aurora.escalation.incident import CallFacts, Incident, new_code
from aurora.escalation.ledger import Ledger
from aurora.escalation.plan import Page
from aurora.escalation.policy import further_plan
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
    news: tuple[News, ...] = ()
    told: tuple[Page, ...] = ()
    """Who was paged, and has to hear the news."""


def take_in(ledger: Ledger, *, site: Site, facts: CallFacts, now: datetime) -> Changed:
    """Join the call to its incident, or open one; make the plan for what is new."""
    known = list(ledger.incidents.values())
    incident = find(known, facts, now)
    for other in known:
        if other is not incident and other.is_live and parts(other, facts):
            leave(other, facts.call_id)
    news: list[News] = []
    if incident is None:
        incident = open_incident(_new_id(now), new_code(secrets.choice), facts)
        ledger.incidents[incident.id] = incident
    else:
        news = absorb(incident, facts)
    stopped: list[str] = []
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
    if incident.urgency is Urgency.ASSISTIVE or not incident.is_live:
        stopped += ledger.stop(incident.id)
    worth = tuple(one for one in news if one.kind in TROUBLE)
    running = tuple(ledger.running(incident.id))
    return Changed(incident, running, tuple(stopped), worth, told)


def in_one_message(changes: Sequence[Changed]) -> list[Changed]:
    """Return what those alerted have to hear, once an incident: many words are one update."""
    found: dict[str, Changed] = {}
    for one in changes:
        key = one.incident.merged_into or one.incident.id
        before = found.get(key)
        news = dict.fromkeys([*(before.news if before else ()), *one.news])
        found[key] = replace(one, news=tuple(news))
    return [one for one in found.values() if one.news and one.told]


def _new_id(now: datetime) -> str:
    return f"inc_{now:%Y%m%d_%H%M%S}_{secrets.token_hex(3)}"

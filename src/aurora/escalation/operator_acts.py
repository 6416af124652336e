"""What an operator does to an incident: take it, answer for somebody, set it aside, close it.

Each act says who did it and counts: whoever looks at an older state is told, and nothing changes.
"""

from datetime import datetime, timedelta

from aurora.accounts.acts import Act, check_seen
from aurora.errors import NotPossible, Overtaken, UnknownIncident
from aurora.escalation.answer_words import meaning_of_yes
from aurora.escalation.answers import as_meant
from aurora.escalation.brief import asking
from aurora.escalation.closing import CLOSED_BY
from aurora.escalation.incident import (
    Acknowledgement,
    Answer,
    Incident,
    Reach,
    Responder,
    Shelving,
    Source,
    answer,
    resolve,
)
from aurora.escalation.ledger import Ledger
from aurora.escalation.policy import make_plan
from aurora.levels import Urgency
from aurora.site.model import Contact, Site

CLOSED = "resolved"
"""The act of whoever declares an incident over."""
MERGED = "merged"
"""What overtakes an operator when the line finds that two incidents are one."""
LONGEST_SHELVING = timedelta(hours=8)
"""A shift: whoever takes over decides anew."""


def acted_on(ledger: Ledger, incident_id: str, seen: int | None) -> Incident:
    """Return the live incident to act on.

    Raises UnknownIncident; Overtaken when another operator was first, or when it became part of
    another: nobody decided on that one, which may be worse; NotPossible when it is over.
    """
    incident = ledger.resolved(incident_id)
    if incident is None:
        raise UnknownIncident(incident_id)
    if not incident.is_live:
        check_seen(incident.acts, seen)
        raise NotPossible("over")
    if incident.id != incident_id:
        raise Overtaken(MERGED, CLOSED_BY, incident.updated_at)
    check_seen(incident.acts, seen)
    return incident


def take(incident: Incident, desk: Contact, by: str, now: datetime) -> None:
    """Accept for the control room: it acts on the incident, and says so by its operator's name."""
    known = incident.responders.get(desk.id)
    if known is None:
        incident.responders[desk.id] = Responder(
            desk.id, desk.name, tuple(desk.roles), is_desk=True, reach=Reach.SENT
        )
    _answer(incident, desk.id, Answer.ACCEPT, by, now)
    incident.acts.append(Act("taken", by, now))


def answer_for(incident: Incident, contact_id: str, given: Answer, by: str, now: datetime) -> None:
    """Enter what somebody who was paged said by another way, such as by radio."""
    if contact_id not in incident.responders:
        raise NotPossible("not_paged")
    yes = meaning_of_yes(asking(incident), is_desk=incident.responders[contact_id].is_desk)
    _answer(incident, contact_id, as_meant(given, yes), by, now)
    incident.acts.append(Act("answered", by, now))


def can_be_shelved(incident: Incident) -> bool:
    """Whether somebody has it, or nobody need: a critical one waits for an acceptance."""
    is_critical = incident.urgency is Urgency.CRITICAL and not incident.is_drill
    return bool(incident.accepted_by) or not is_critical


def shelve(incident: Incident, lasting: timedelta, reason: str, by: str, now: datetime) -> None:
    """Set an incident aside until a time; what gets worse comes back before it.

    A critical one only once somebody has accepted it: nobody may lay aside what nobody has.
    """
    if not timedelta(0) < lasting <= LONGEST_SHELVING:
        raise NotPossible("too_long")
    if not can_be_shelved(incident):
        raise NotPossible("not_accepted")
    incident.shelved = Shelving(by, reason, now, now + lasting)
    incident.acts.append(Act("shelved", by, now))


def unshelve(incident: Incident, by: str, now: datetime) -> None:
    """Put an incident back among the others."""
    incident.shelved = None
    incident.acts.append(Act("unshelved", by, now))


def close(incident: Incident, ledger: Ledger, by: str, reason: str, now: datetime) -> list[str]:
    """Close an incident; return its plans that are not carried out any further."""
    resolve(incident, by, reason, now)
    incident.acts.append(Act(CLOSED, by, now))
    return ledger.stop(incident.id)


def alert_again(
    incident: Incident, ledger: Ledger, site: Site, by: str, now: datetime
) -> tuple[str, list[str]]:
    """Have everybody paged from the start who has not accepted; return (new plan, stopped ones)."""
    stopped = ledger.stop(incident.id)
    plan = make_plan(site, incident, now)
    if not plan.steps:
        raise NotPossible("nobody_to_alert")
    plan_id = ledger.add_plan(plan.again(f"alerted again by {by}"))
    incident.acts.append(Act("alerted_again", by, now))
    return plan_id, stopped


def _answer(incident: Incident, contact_id: str, given: Answer, by: str, now: datetime) -> None:
    answer(incident, Acknowledgement(contact_id, given, Source.CONSOLE, now, by))

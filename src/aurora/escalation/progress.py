"""What of a plan is still to do, from who was reached and what they answered; sends nothing."""

from collections.abc import Iterable
from dataclasses import replace

from aurora.escalation.incident import Incident, Reach
from aurora.escalation.plan import Page, Plan, Step
from aurora.levels import Urgency


def due(plan: Plan, step: Step, incident: Incident) -> tuple[Page, ...]:
    """Return those of a step's pages that are to go out now, in any round.

    Whoever answered is not paged again. An urgent plan ends with the first acceptance; a critical
    one goes on for each role that nobody accepted for, because a supervisor's yes must not leave
    the medic uncalled.
    """
    counted = _as_counted(plan, incident)
    if not incident.is_live or _is_answered(plan, counted):
        return ()
    covered, coming = covered_roles(plan, counted), incident.accepted_by
    return tuple(
        page
        for page in step.pages
        if counted.answer_of(page.contact_id) is None
        and page.contact_id not in coming
        and not covered.issuperset(page.roles)
    )


def stand_ins(plan: Plan, step: Step, incident: Incident) -> list[tuple[Step, tuple[Page, ...]]]:
    """Return who is to be paged before their step: the next for a role that nobody may come for.

    "I can't, next" of one must not wait for those who were asked for something else.
    """
    counted = _as_counted(plan, incident)
    asked = [
        page
        for one in plan.steps
        for page in one.pages
        if one.number <= step.number or page.contact_id in incident.responders
    ]
    hopeful = {
        role
        for page in asked
        if counted.answer_of(page.contact_id) is None and not _is_lost(page, incident)
        for role in page.roles
    }
    left = {role for page in asked for role in page.roles} - hopeful - covered_roles(plan, counted)
    found = []
    for later in plan.steps[step.number :]:
        pages = tuple(
            page
            for page in due(plan, later, incident)
            if not left.isdisjoint(page.roles) and page.contact_id not in incident.responders
        )
        left -= {role for page in pages for role in page.roles}
        if pages:
            found.append((later, pages))
    return found


def is_worth_waiting(pages: Iterable[Page], incident: Incident) -> bool:
    """Whether anybody of these may still accept: a refusal or a failure of all ends the wait."""
    return any(
        incident.answer_of(page.contact_id) is None and not _is_lost(page, incident)
        for page in pages
    )


def is_taken(plan: Plan, incident: Incident) -> bool:
    """Whether a plan came to what it was for: somebody accepted, of a critical one for each role.

    A supervisor's yes must not let the search for a medic end in silence.
    """
    counted = _as_counted(plan, incident)
    if plan.urgency is Urgency.CRITICAL:
        return covered_roles(plan, counted).issuperset(plan.roles)
    return bool(counted.accepted_by)


def fallback_due(plan: Plan, incident: Incident, control_room: str) -> tuple[Page, ...]:
    """Return everyone to page when the steps ended: nobody when it was taken.

    Who declined is asked again, because nobody else took it. The control room has to hear that a
    role has nobody, whether it accepted or not.
    """
    if not incident.is_live or is_taken(plan, incident):
        return ()
    coming = set(incident.accepted_by) - {control_room}
    return tuple(page for page in plan.fallback if page.contact_id not in coming)


def covered_roles(plan: Plan, incident: Incident) -> set[str]:
    """Return the plan's roles that somebody accepted for."""
    accepted = set(incident.accepted_by)
    pages = [page for step in plan.steps for page in step.pages] + list(plan.fallback)
    covered = {role for page in pages if page.contact_id in accepted for role in page.roles}
    for contact_id in accepted & incident.responders.keys():
        covered.update(incident.responders[contact_id].roles)
    return covered


def _as_counted(plan: Plan, incident: Incident) -> Incident:
    """The incident with the answers that count for this plan."""
    if not plan.is_again:
        return incident
    since = [one for one in incident.acknowledgements if one.at >= plan.made_at]
    return replace(incident, acknowledgements=since)


def uncovered_roles(incident: Incident, contact_id: str) -> list[str]:
    """Return the roles that somebody was paged for and nobody is counted on for now.

    An urgent incident needs no more than one person who accepted.
    """
    responder = incident.responders.get(contact_id)
    if responder is None or (incident.accepted_by and incident.urgency is not Urgency.CRITICAL):
        return []
    covered = {
        role
        for one in incident.accepted_by
        if one in incident.responders
        for role in incident.responders[one].roles
    }
    return [role for role in responder.roles if role not in covered]


def _is_answered(plan: Plan, incident: Incident) -> bool:
    """Whether an acceptance ends the plan: by those it pages, or any given since it was made."""
    if plan.urgency is Urgency.CRITICAL:
        return False
    asked = {page.contact_id for step in plan.steps for page in step.pages}
    times = {one: incident.accepted_at(one) for one in incident.accepted_by}
    return any(one in asked or (at and at >= plan.made_at) for one, at in times.items())


def _is_lost(page: Page, incident: Incident) -> bool:
    responder = incident.responders.get(page.contact_id)
    return responder is not None and responder.reach is Reach.FAILED

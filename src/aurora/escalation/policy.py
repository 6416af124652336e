"""Whom to alert, in which order, for how long: from the site's rules to a plan; reaches nobody."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from aurora.escalation.incident import Answer, Incident, Reach
from aurora.escalation.plan import ChannelKind, Page, Plan, Route, Step
from aurora.escalation.roster import Rosters, on_duty
from aurora.levels import Urgency
from aurora.site.model import Contact, Site

OUTSIDE_THE_SITE = frozenset({"emergency_services"})


def roles_to_alert(site: Site, urgency: Urgency, procedure_roles: Iterable[str]) -> list[str]:
    """Return roles, first to last: the site's for this urgency, then the procedure's own.

    A routine call (normal, assistive) alerts nobody at once whatever its procedure names; its
    roles are those who may be told later.
    """
    roles = list(site.escalation[urgency])
    if urgency.is_emergency:
        roles += procedure_roles
    return list(dict.fromkeys(roles))


def roles_in_a_drill(roles: Iterable[str]) -> list[str]:
    """Return those of these roles whom a drill may call: nobody outside the site."""
    return [role for role in roles if role not in OUTSIDE_THE_SITE]


def make_plan(site: Site, incident: Incident, now: datetime) -> Plan:
    """Return whom to page for an incident as it stands; the plan does not change afterwards."""
    return _Planner(site, incident, now).plan()


def due(plan: Plan, step: Step, incident: Incident) -> tuple[Page, ...]:
    """Return those of a step's pages that are still to go out, in any round.

    Whoever answered is not paged again. After the first acceptance an urgent plan ends; a critical
    one goes on for each role of which nobody accepted, so that a supervisor's yes does not leave
    the medic uncalled.
    """
    accepted = set(incident.accepted_by)
    if accepted and plan.urgency is not Urgency.CRITICAL:
        return ()
    covered = {role for one in plan.everyone() if one.contact_id in accepted for role in one.roles}
    return tuple(
        page
        for page in step.pages
        if incident.answer_of(page.contact_id) is None and not covered.issuperset(page.roles)
    )


def is_worth_waiting(step: Step, incident: Incident) -> bool:
    """Whether anybody of a step may still accept: was not refused by all, did not fail for all."""
    for page in step.pages:
        responder = incident.responders.get(page.contact_id)
        is_lost = responder is not None and responder.reach is Reach.FAILED
        if not is_lost and incident.answer_of(page.contact_id) is not Answer.DECLINE:
            return True
    return False


def fallback_due(plan: Plan, incident: Incident) -> tuple[Page, ...]:
    """Return everyone to page when the steps ended: nobody when somebody accepted.

    Who declined is asked again: nobody else took it.
    """
    return () if incident.accepted_by else plan.fallback


class _Planner:
    def __init__(self, site: Site, incident: Incident, now: datetime) -> None:
        self._site, self._incident, self._now = site, incident, now
        self._rosters = rosters_of(site)
        self._reasons: list[str] = []

    def plan(self) -> Plan:
        incident, paging = self._incident, self._site.paging
        urgency = incident.urgency
        roles = roles_to_alert(self._site, urgency, incident.roles)
        if incident.is_drill:
            roles = roles_in_a_drill(roles)
            self._reasons.append("drill: nobody outside the site")
        wait_s = paging.wait_s.get(urgency, 0.0)
        steps = tuple(
            Step(number, pages, wait_s) for number, pages in enumerate(self._ladder(roles), 1)
        )
        if not urgency.is_emergency:
            steps = steps[:1]
        return Plan(
            incident_id=incident.id,
            urgency=urgency,
            is_drill=incident.is_drill,
            steps=steps,
            repeats=paging.repeats.get(urgency, 0) if urgency.is_emergency else 0,
            fallback=self._everyone(roles) if urgency.is_emergency else (),
            made_at=self._now,
            reasons=tuple(self._reasons),
        )

    def _ladder(self, roles: list[str]) -> Iterator[tuple[Page, ...]]:
        """The next of every role, until each role has no one left; nobody twice."""
        queues = {role: self._reachable(role) for role in roles}
        used: set[str] = set()
        while True:
            chosen: dict[str, list[str]] = {}
            for role, queue in queues.items():
                taken = next((one for one in queue if one in chosen), None)
                contact = taken or next((one for one in queue if one not in used), None)
                if contact is not None:
                    chosen.setdefault(contact, []).append(role)
            fresh = {contact: own for contact, own in chosen.items() if contact not in used}
            if not fresh:
                return
            used |= fresh.keys()
            yield tuple(self._page(contact, own) for contact, own in fresh.items())

    def _reachable(self, role: str) -> list[str]:
        found = [
            one
            for one in on_duty(self._rosters, role, self._now)
            if self._may_page(self._site.contact(one))
        ]
        if found:
            return found
        self._reasons.append(f"{role}: nobody to reach; the control room is told")
        return [self._site.control_room]

    def _may_page(self, contact: Contact) -> bool:
        is_inside = not (self._incident.is_drill and contact.is_outside)
        return is_inside and bool(contact.ways())

    def _page(self, contact_id: str, roles: list[str]) -> Page:
        contact = self._site.contact(contact_id)
        languages = [one for one in contact.languages if one in self._site.languages]
        return Page(
            contact_id=contact.id,
            name=contact.name,
            role=roles[0],
            language=(languages or self._site.languages)[0],
            routes=tuple(Route(ChannelKind(kind), address) for kind, address in contact.ways()),
            also=tuple(roles[1:]),
            is_desk=contact.is_desk or roles[0] in OUTSIDE_THE_SITE,
        )

    def _everyone(self, roles: list[str]) -> tuple[Page, ...]:
        pages = []
        for contact in self._site.contacts:
            if not self._may_page(contact):
                continue
            own = [role for role in roles if role in contact.roles]
            if not own and (contact.is_outside or OUTSIDE_THE_SITE.issuperset(contact.roles)):
                continue
            pages.append(self._page(contact.id, own or [contact.roles[0]]))
        return tuple(pages)


def rosters_of(site: Site) -> Rosters:
    """Return the site's rosters with who holds each role."""
    holders = {
        role: [contact.id for contact in site.contacts if role in contact.roles]
        for role in site.roles
    }
    return Rosters(site.rosters, holders, ZoneInfo(site.timezone))

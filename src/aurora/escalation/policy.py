"""Whom to alert, in which order, for how long: from the site's rules to a plan; reaches nobody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aurora.escalation.incident import Incident
from aurora.escalation.plan import ChannelKind, Page, Plan, Route, Step
from aurora.escalation.roster import Rosters, on_duty
from aurora.levels import Urgency
from aurora.site.model import Contact, Site
from aurora.triage.assessment import Fact

OUTSIDE_THE_SITE = frozenset({"emergency_services"})
NEEDED: Mapping[str, frozenset[tuple[str, Fact]]] = {
    "medical": frozenset(
        {("people_hurt", True), ("others_hurt", True), ("self_hurt", True), ("inside", True)}
        | {("breathing", False), ("awake", False), ("severe_bleeding", True), ("trapped", True)}
        | {("clothing_burning", True), ("touched_source", True)}
    ),
    "rescue": frozenset({("trapped", True), ("inside", True), ("people_missing", True)}),
}
"""Roles that a fact of an emergency calls for, whatever procedure runs: a fire's does not know yet
that somebody was hurt in it."""


def roles_to_alert(
    site: Site,
    urgency: Urgency,
    procedure_roles: Iterable[str],
    facts: Mapping[str, Fact] | None = None,
) -> list[str]:
    """Return roles, first to last: the site's for this urgency, the procedure's, the facts'.

    A routine call (normal, assistive) alerts nobody at once whatever its procedure names; its
    roles are those who may be told later.
    """
    roles = list(site.escalation[urgency])
    if urgency.is_emergency:
        known = set((facts or {}).items())
        roles += procedure_roles
        roles += [role for role, any_of in NEEDED.items() if any_of & known and role in site.roles]
    return list(dict.fromkeys(roles))


def roles_in_a_drill(roles: Iterable[str]) -> list[str]:
    """Return those of these roles whom a drill may call: nobody outside the site."""
    return [role for role in roles if role not in OUTSIDE_THE_SITE]


def make_plan(site: Site, incident: Incident, now: datetime) -> Plan:
    """Return whom to page for an incident as it stands; the plan does not change afterwards.

    The first step pages the first on duty of every role at once, the second the second ones. A
    normal incident is told of once, to the first ones; an assistive one to nobody.
    """
    return _Planner(site, incident, now).plan(_roles(site, incident))


def further_plan(
    site: Site, incident: Incident, made: Sequence[Plan], now: datetime
) -> Plan | None:
    """Return the plan for what an incident needs beyond those already made, or None.

    A rise in urgency is planned anew and takes the place of the plans before it; roles asked for
    since are a plan of their own beside them. A drill's plans are never widened to the outside.
    Everybody is the first plan's to page; when a critical one finds nobody for those roles, all who
    hold them and the control room hear of it.
    """
    if not made or incident.urgency.rank > max(plan.urgency.rank for plan in made):
        return make_plan(site, incident, now)
    planned = {role for plan in made for role in plan.roles}
    missing = [role for role in _roles(site, incident) if role not in planned]
    if not missing or not incident.urgency.is_emergency:
        return None
    plan = _Planner(site, incident, now).plan(missing)
    fallback = tuple(
        page
        for page in plan.fallback
        if incident.urgency is Urgency.CRITICAL
        and (page.contact_id == site.control_room or not set(missing).isdisjoint(page.roles))
    )
    return replace(plan, fallback=fallback, reasons=(*plan.reasons, "roles asked for since"))


def call_tree_plan(site: Site, incident: Incident, roles: Sequence[str], now: datetime) -> Plan:
    """Return the plan of a test: everybody of the site who holds one of these roles, all at once.

    Without roles, everybody; never anybody outside the site.
    """
    planner = _Planner(site, incident, now)
    pages = tuple(
        page
        for page in planner.everyone(roles or list(site.roles))
        if not _is_outside(site.contact(page.contact_id))
        and (not roles or not set(page.roles).isdisjoint(roles))
    )
    steps = (Step(1, pages, 0.0),) if pages else ()
    return Plan(incident.id, incident.urgency, False, steps, 0, (), now, ("a test",))


def plan_instead(
    site: Site, incident: Incident, roles: Sequence[str], without: str, now: datetime
) -> Plan:
    """Return the plan that finds others for roles whose holder accepted and went quiet."""
    plan = _Planner(site, incident, now, without=without).plan(roles)
    return replace(plan, reasons=(*plan.reasons, f"{without} accepted and went quiet"))


def no_drill_plan(incident: Incident, pages: Iterable[Page], now: datetime) -> Plan:
    """Return the plan that tells those who heard of a drill, all at once, that it is none."""
    step, why = Step(1, tuple(pages), 0.0), ("told of a drill",)
    return Plan(incident.id, incident.urgency, False, (step,), 0, (), now, why, is_notice=True)


def rosters_of(site: Site) -> Rosters:
    """Return the site's rosters with who holds each role."""
    holders = {
        role: [contact.id for contact in site.contacts if role in contact.roles]
        for role in site.roles
    }
    return Rosters(site.rosters, holders, ZoneInfo(site.timezone))


def _roles(site: Site, incident: Incident) -> list[str]:
    roles = roles_to_alert(site, incident.urgency, incident.roles, incident.facts)
    return roles_in_a_drill(roles) if incident.is_drill else roles


class _Planner:
    """One plan in the making: what it was made from, and why it came out as it did."""

    def __init__(
        self, site: Site, incident: Incident, now: datetime, *, without: str | None = None
    ) -> None:
        """without: a contact who is not to be counted on."""
        self._site, self._incident, self._now = site, incident, now
        self._without = without
        self._rosters = rosters_of(site)
        self._reasons: list[str] = []

    def plan(self, roles: Sequence[str]) -> Plan:
        incident, paging = self._incident, self._site.paging
        urgency = incident.urgency
        if incident.is_drill:
            self._reasons.append("drill: nobody outside the site")
        ladder = list(self._ladder(roles))[: None if urgency.is_emergency else 1]
        wait_s = paging.wait_for(urgency) if urgency.is_emergency else 0.0
        return Plan(
            incident_id=incident.id,
            urgency=urgency,
            is_drill=incident.is_drill,
            steps=tuple(Step(number, pages, wait_s) for number, pages in enumerate(ladder, 1)),
            repeats=paging.repeats_for(urgency) if urgency.is_emergency else 0,
            fallback=self.everyone(roles) if urgency.is_emergency else (),
            made_at=self._now,
            reasons=tuple(self._reasons),
        )

    def _ladder(self, roles: Sequence[str]) -> Iterator[tuple[Page, ...]]:
        """The next of every role, until no role has anyone left; nobody twice."""
        queues = {role: self._reachable(role) for role in roles}
        used: set[str] = set()
        while True:
            chosen: dict[str, list[str]] = {}
            for role, queue in queues.items():
                contact = next((one for one in queue if one not in used), None)
                if contact is not None:
                    chosen.setdefault(contact, []).append(role)
            if not chosen:
                return
            used |= chosen.keys()
            yield tuple(self._page(contact, own) for contact, own in chosen.items())

    def _reachable(self, role: str) -> list[str]:
        """Those on duty whom this plan may page; for a role without any, the control room."""
        on = on_duty(self._rosters, role, self._now)
        found = [one for one in on if self._may_page(self._site.contact(one))]
        if found:
            self._reasons.append(f"{role}: {', '.join(found)} on duty")
            return found
        self._reasons.append(f"{role}: nobody to reach, so the control room is paged for it")
        return [self._site.control_room]

    def _may_page(self, contact: Contact) -> bool:
        if contact.id == self._without or (self._incident.is_drill and _is_outside(contact)):
            return False
        return bool(contact.ways(ring_first=False))

    def _page(self, contact_id: str, roles: Sequence[str]) -> Page:
        contact = self._site.contact(contact_id)
        ways = contact.ways(ring_first=self._incident.urgency is Urgency.CRITICAL)
        # Whoever is paged for a role that is not theirs is still spoken of as what they are.
        held = [role for role in roles if role in contact.roles] or contact.roles[:1]
        return Page(
            contact_id=contact.id,
            name=contact.name,
            role=held[0],
            language=next(iter(contact.languages), self._site.languages[0]),
            routes=tuple(Route(ChannelKind(kind), address) for kind, address in ways),
            also=tuple(dict.fromkeys([*held[1:], *(one for one in roles if one != held[0])])),
            is_desk=contact.is_desk,
        )

    def everyone(self, roles: Sequence[str]) -> tuple[Page, ...]:
        """Every contact, those outside the site only when their role was asked for."""
        pages = []
        for contact in self._site.contacts:
            own = [role for role in roles if role in contact.roles]
            if self._may_page(contact) and (own or not _is_outside(contact)):
                pages.append(self._page(contact.id, own or contact.roles[:1]))
        return tuple(pages)


def _is_outside(contact: Contact) -> bool:
    return contact.is_outside or OUTSIDE_THE_SITE.issuperset(contact.roles)

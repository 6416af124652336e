"""Who is on duty and who would be paged at a moment, as the duty page shows it; pages nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora.escalation.coverage import Gap, gaps
from aurora.escalation.incident import Incident
from aurora.escalation.plan import Plan
from aurora.escalation.policy import make_plan, rosters_of
from aurora.escalation.roster import is_gap, on_duty
from aurora.levels import Urgency
from aurora.site.model import Site, spoken

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Held:
    """A role and who is on duty for it."""

    role: str
    name: str
    people: Sequence[str]
    """Names, first to last."""
    is_gap: bool
    """The rosters leave nobody: everyone who holds the role is paged."""


def held_roles(site: Site, at: datetime, language: str) -> list[Held]:
    """Return every role of the site with who is on duty for it, as its rosters say."""
    rosters = rosters_of(site)
    return [
        Held(
            role,
            spoken(name, language),
            [site.contact(one).name for one in on_duty(rosters, role, at)],
            is_gap(rosters, role, at),
        )
        for role, name in site.roles.items()
    ]


def plan_at(
    site: Site, urgency: Urgency, roles: Sequence[str], at: datetime, *, is_drill: bool
) -> Plan:
    """Return the plan an incident of this urgency would be paged by, were it to begin then.

    roles: those that its procedure names.
    """
    incident = Incident("shown", "", urgency, at, at, is_drill=is_drill, roles=list(roles))
    return make_plan(site, incident, at)


def gaps_ahead(site: Site, now: datetime) -> list[Gap]:
    """Return where the rosters leave a role without anybody in the days to come.

    Only roles that an emergency calls, or that have a roster: the others are held by everyone.
    """
    rosters = rosters_of(site)
    called = {role for roles in site.escalation.values() for role in roles}
    called |= {roster.role for roster in site.rosters if roster.role}
    away = {roster.contact for roster in site.rosters if roster.contact}
    called |= {role for one in site.contacts if one.id in away for role in one.roles}
    found = [
        gap for role in site.roles if role in called for gap in gaps(rosters, role, now, AHEAD)
    ]
    return sorted(found, key=lambda gap: gap.begins_at)

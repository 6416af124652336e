"""Whom to alert: from urgency, procedure and the site's rules to roles; reaches nobody itself."""

from collections.abc import Iterable

from aurora.levels import Urgency
from aurora.site.model import Site

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

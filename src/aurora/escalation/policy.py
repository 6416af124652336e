"""Whom to alert: from urgency, procedure and the site's rules to roles; reaches nobody itself."""

from collections.abc import Iterable

from aurora.levels import Urgency
from aurora.site.model import Site

NOT_IN_A_DRILL = frozenset({"emergency_services"})


def roles_to_alert(
    site: Site,
    urgency: Urgency,
    procedure_roles: Iterable[str],
    *,
    is_drill: bool = False,
) -> list[str]:
    """Return roles, first to last: the site's for this urgency, then the procedure's own.

    A routine call (normal, assistive) alerts nobody at once whatever its procedure names; its
    roles are those who may be told later.
    """
    roles = list(site.escalation[urgency])
    if urgency.is_emergency:
        roles += procedure_roles
    excluded = NOT_IN_A_DRILL if is_drill else frozenset()
    return [role for role in dict.fromkeys(roles) if role not in excluded]

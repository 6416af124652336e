"""Note on the record whom a call's urgency calls for; reaching them is escalation's work."""

from datetime import datetime

from aurora.conversation.record import Event
from aurora.conversation.turn import Turn
from aurora.escalation.policy import roles_in_a_drill, roles_to_alert
from aurora.guidance.procedure import Procedure
from aurora.levels import Hazard
from aurora.site.model import Site


def alert(site: Site, procedure: Procedure | None, turn: Turn, now: datetime) -> None:
    """Ask for every role that the call needs and that was not asked for before."""
    call = turn.call
    if not call.urgency.is_emergency and call.hazard is Hazard.NONE:
        return
    procedure_roles = procedure.alert if procedure else []
    request(turn, roles_to_alert(site, call.urgency, procedure_roles, call.facts), now)


def request(turn: Turn, roles: list[str], now: datetime) -> None:
    """Put the roles not yet asked for on the record.

    Every alert comes by here, so that no drill reaches anyone outside the site.
    """
    call = turn.call
    wanted = roles_in_a_drill(roles) if call.is_drill else roles
    new = [role for role in dict.fromkeys(wanted) if role not in call.roles_alerted]
    if not new:
        return
    call.roles_alerted += new
    details = {"roles": new, "urgency": call.urgency.value, "is_drill": call.is_drill}
    turn.events.append(Event("alert_requested", now, details))

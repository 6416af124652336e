"""Which incidents have ended though nobody said so; an emergency that nobody accepted never has."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from aurora.escalation.incident import Incident, resolve
from aurora.escalation.ledger import Ledger

QUIET_FOR = timedelta(hours=8)
"""A shift without a word of it, and no call about it open: those who accepted it have dealt with
it. It is closed with that reason, and a call that comes later opens another."""
CLOSED_BY = "Aurora"


def close_quiet(ledger: Ledger, open_calls: Iterable[str], now: datetime) -> list[Incident]:
    """Close what has been quiet for so long; return those, each with its reason."""
    still_open, closed = set(open_calls), []
    for incident in ledger.incidents.values():
        if _is_over(incident, still_open, now):
            hours = round(QUIET_FOR.total_seconds() / 3600)
            reason = f"no call open and no word of it for {hours} hours; {_why(incident)}"
            resolve(incident, CLOSED_BY, reason, now)
            ledger.stop(incident.id)
            closed.append(incident)
    return closed


def _is_over(incident: Incident, open_calls: set[str], now: datetime) -> bool:
    if not incident.is_live or incident.calls.keys() & open_calls:
        return False
    answered = max((one.at for one in incident.acknowledgements), default=incident.updated_at)
    if now - max(incident.updated_at, answered) < QUIET_FOR:
        return False
    is_needed = incident.urgency.is_emergency and not incident.is_drill
    return bool(incident.accepted_by) or not is_needed


def _why(incident: Incident) -> str:
    if incident.accepted_by:
        names = [_name(incident, one) for one in incident.accepted_by]
        return f"accepted by {', '.join(names)}"
    return "a drill" if incident.is_drill else "no emergency"


def _name(incident: Incident, contact_id: str) -> str:
    responder = incident.responders.get(contact_id)
    return responder.name if responder else contact_id

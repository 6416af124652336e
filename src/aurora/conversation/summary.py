"""A call in one paragraph, for the person who takes over or reads the log; plain facts only."""

from datetime import datetime

from aurora.conversation.call import Call
from aurora.levels import Hazard
from aurora.site.model import Site, spoken

RECORD_LANGUAGE = "en"
"""Of the record's own words; the caller's are kept as they were said."""


def summarise(call: Call, site: Site, now: datetime) -> str:
    """Return urgency, hazard, place, facts, procedure, alerts and length of a call."""
    parts = [f"{call.urgency.value.capitalize()} call{' (drill)' if call.is_drill else ''}"]
    if call.hazard is not Hazard.NONE:
        parts.append(call.hazard.value.replace("_", " "))
    parts.append(_place(call, site))
    caller = call.worker_name or call.from_number or "unknown caller"
    length_s = round(((call.ended_at or now) - call.started_at).total_seconds())
    text = f"{', '.join(parts)}, from {caller}: {call.exchanges} exchanges in {length_s} s."
    if call.is_child:
        text += " The caller is a child."
    if call.is_quiet:
        text += " The caller may have to stay silent."
    if call.facts:
        facts = ", ".join(f"{name} {_value(value)}" for name, value in sorted(call.facts.items()))
        text += f" Facts: {facts}."
    if call.guidance.procedure:
        text += f" Procedure: {call.guidance.procedure}."
    if call.roles_alerted:
        text += f" Alerts requested: {', '.join(call.roles_alerted)}."
    return text


def _place(call: Call, site: Site) -> str:
    zone = site.zone(call.place.zone_id)
    callers = site.zone(call.place.caller_zone_id)
    if zone is not None:
        own = f" (the caller in {spoken(callers.name, RECORD_LANGUAGE)})" if callers else ""
        return spoken(zone.name, RECORD_LANGUAGE) + own
    return f'place said: "{call.place.said}"' if call.place.said else "place unknown"


def _value(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

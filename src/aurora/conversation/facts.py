"""What a call knows: facts add up over its turns, and one implies another."""

from collections.abc import Mapping
from datetime import datetime

from aurora.conversation.call import Call
from aurora.escalation.incident import CallFacts
from aurora.triage.assessment import Fact

IMPLIED: Mapping[tuple[str, Fact], tuple[str, Fact]] = {
    ("inside", True): ("people_missing", True),
    ("severe_bleeding", True): ("bleeding", True),
    ("breathing", False): ("people_hurt", True),
    ("awake", False): ("people_hurt", True),
}
"""A fact and what follows from it, unless the caller said otherwise."""


def learn(known: dict[str, Fact], said: Mapping[str, Fact]) -> None:
    """Add what was said, the newest word on a fact winning, and what follows from it."""
    known.update(said)
    for cause, (fact, value) in IMPLIED.items():
        if said.get(cause[0]) == cause[1]:
            known.setdefault(fact, value)


def facts_of(call: Call, now: datetime) -> CallFacts:
    """Return what a call says of an incident, as it stands now."""
    return CallFacts(
        call_id=call.id,
        at=now,
        urgency=call.urgency,
        hazard=call.hazard,
        zone_id=call.place.zone_id,
        place_said=call.place.said,
        procedure=call.guidance.procedure,
        is_drill=call.is_drill,
        facts=dict(call.facts),
        roles=tuple(call.roles_alerted),
        language=call.language,
        caller=call.worker_name or call.from_number,
        lowered_at=call.urgency_lowered_at,
        lost=call.loss.how if call.loss else None,
        losses=call.losses,
        is_searched=call.loss is not None and call.loss.is_searched,
    )

"""What a call knows: facts add up over its turns, and one implies another."""

from collections.abc import Mapping
from datetime import datetime

from aurora.conversation.call import Call
from aurora.escalation.incident import CallFacts
from aurora.triage.assessment import Fact

IMPLIED: Mapping[tuple[str, Fact], tuple[str, Fact]] = {
    ("inside", True): ("people_missing", True),
    ("shut_in", True): ("trapped", True),
    ("severe_bleeding", True): ("bleeding", True),
    ("breathing", False): ("people_hurt", True),
    ("awake", False): ("people_hurt", True),
}
"""A fact and what follows from it, unless the caller said otherwise."""
ENDS: Mapping[tuple[str, Fact], tuple[str, Fact]] = {
    ("escaped", True): ("shut_in", False),
    ("shut_in", True): ("escaped", False),
}
"""A fact and what it puts an end to."""
OF_OTHERS = (("inside", True), ("people_missing", True))
"""What is said of others, and not of a caller who is not out themselves."""

OF_THE_WORST = ("breathing", "awake")
"""Facts about a casualty: where there are several, what is known is how the worst off is."""


def learn(known: dict[str, Fact], said: Mapping[str, Fact]) -> None:
    """Add what was said, the newest word on a fact winning, and what follows from it."""
    if said.get("escaped") is False or said.get("shut_in") is True:
        said = {fact: value for fact, value in said.items() if (fact, value) not in OF_OTHERS}
    are_several = {**known, **said}.get("others_hurt") is True
    better = {fact for fact in OF_THE_WORST if said.get(fact) is True and known.get(fact) is False}
    known.update({f: value for f, value in said.items() if not (are_several and f in better)})
    # Whoever stopped breathing is awake no more; or it was another who is.
    is_answering = "awake" in said and not are_several
    if said.get("breathing") is False and known.get("awake") is True and not is_answering:
        del known["awake"]
    for cause, (fact, value) in ENDS.items():
        if said.get(cause[0]) == cause[1] and fact in known and fact not in said:
            known[fact] = value
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
        revision=call.revision,
    )

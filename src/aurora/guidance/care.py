"""Know which procedures care for a casualty and when care comes next; the guide begins it."""

from collections.abc import Mapping

from aurora.guidance.library import outranks
from aurora.guidance.procedure import Procedure
from aurora.guidance.state import GuidanceState
from aurora.triage.assessment import Fact

CASUALTIES = frozenset(
    {"electrocution", "arc_flash", "caught_in_machine", "bleeding", "crush", "vehicle", "fall"}
    | {"allergic_reaction", "chest_pain", "stroke", "seizure", "heat", "hydraulic_injection"}
    | {"medical", "burns", "chemical_splash", "injury"}
    | {"cardiac_arrest", "choking", "suspension", "drowning"}
)
"""Procedures about somebody hurt or ill."""


def comes_next(candidate: str, running: Procedure | None) -> bool:
    """Whether `candidate` cares for a casualty of a danger that holds it only until a fact is
    known: once the caller is out of the fire, the wound is what is left to do."""
    return (
        running is not None
        and candidate in CASUALTIES
        and running.procedure not in CASUALTIES
        and bool(running.hold_until)
    )


def keep_for_later(state: GuidanceState, candidate: str) -> None:
    """Note care that has to wait; of several, the worst."""
    if state.care is None or outranks(candidate, state.care):
        state.care = candidate


def may_be_away(facts: Mapping[str, Fact]) -> bool:
    """Whether the casualty may be where the danger is: the caller is not, and nobody was brought
    out."""
    return facts.get("self_hurt") is not True and facts.get("inside") is not False

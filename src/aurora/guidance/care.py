"""Know which procedures care for a casualty and when care comes next; the guide begins it."""

from collections.abc import Mapping, Sequence

from aurora.guidance.awaited import take_answer
from aurora.guidance.library import outranks
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.triage.assessment import Assessment, Fact

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


def take_release(situation: Situation, running: Procedure | None, assessment: Assessment) -> None:
    """Take a yes or no to what the running procedure holds for before it is chosen what begins;
    every other answer is the runner's to take."""
    if running is not None and situation.state.awaiting in running.hold_until:
        take_answer(situation, running, assessment)


def may_be_away(facts: Mapping[str, Fact]) -> bool:
    """Whether the casualty may be where the danger is: the caller is not, and nobody was brought
    out."""
    return facts.get("self_hurt") is not True and facts.get("inside") is not False


def is_choking(facts: Mapping[str, Fact], reasons: Sequence[str]) -> bool:
    """Whether no breath is that of somebody who chokes and is not known to be unconscious: blows on
    the back come first, compressions when they go limp.

    reasons: the ids of the triage rules that fired.
    """
    return "choking" in reasons and facts.get("awake") is not False

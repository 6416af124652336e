"""Know which procedures care for a casualty and when care comes next; the guide begins it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aurora.guidance.awaited import take_answer
from aurora.guidance.cues import Cue
from aurora.guidance.holds import CARDIAC_ARREST, is_held, is_over, is_resting, keep_waiting
from aurora.guidance.items import is_new
from aurora.guidance.library import DANGEROUS_PLACES, outranks
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.levels import Hazard
from aurora.triage.assessment import Assessment, Fact

CASUALTIES = frozenset(
    {"electrocution", "arc_flash", "caught_in_machine", "bleeding", "crush", "vehicle", "fall"}
    | {"allergic_reaction", "chest_pain", "stroke", "seizure", "heat", "hydraulic_injection"}
    | {"medical", "burns", "chemical_splash", "injury"}
    | {"cardiac_arrest", "choking", "suspension", "drowning"}
)
"""Procedures about somebody hurt or ill."""
BURNS = "burns"
ON_FIRE = frozenset({"bad_burn", "burning_person"})
BURNED = ON_FIRE | {"burn", "burn_minor"}
"""Triage rules that tell of somebody on fire or burned."""
TO_RESCUERS = DANGEROUS_PLACES | {"electrocution", "arc_flash", "confined_space", "drowning"}
"""Dangers that would take whoever goes near the casualty as well."""


def comes_next(candidate: str, running: Procedure | None) -> bool:
    """Whether `candidate` cares for a casualty of a danger that holds it only until a fact is
    known: once the caller is out of the fire, the wound is what is left to do."""
    return (
        running is not None
        and candidate in CASUALTIES
        and running.procedure not in CASUALTIES
        and bool(running.hold_until)
    )


def goes_first(running: Procedure | None) -> bool:
    """Whether this is care that goes before every danger but one to whoever gives it."""
    return running is not None and running.procedure in (CARDIAC_ARREST, "choking")


def endangers_rescuer(
    situation: Situation, running: Procedure | None, danger: Procedure | None
) -> bool:
    """Whether `danger` goes before the care that runs, compressions included: whoever gives it
    would be next. What they are known to be clear of does not, but another place may."""
    if running is None or running.procedure not in CASUALTIES - TO_RESCUERS:
        return False
    if danger is None or danger.procedure not in TO_RESCUERS:
        return False
    if danger.procedure in situation.state.elsewhere:
        return False
    is_first = is_new(situation, danger.procedure)
    if not danger.hold_until or not is_over(situation, danger):
        return is_first or bool(danger.hold_until)
    is_place = danger.procedure in DANGEROUS_PLACES
    return is_place and is_first and not all(is_new(situation, one) for one in DANGEROUS_PLACES)


def is_beside_them(situation: Situation, running: Procedure | None) -> bool:
    """Whether the caller is with somebody they care for, with nothing between them."""
    if running is None or running.procedure not in CASUALTIES:
        return False
    is_other = situation.facts.get("self_hurt") is not True
    return is_other and not is_held(situation, running, CARDIAC_ARREST)


def must_leave_them(situation: Situation, running: Procedure | None) -> bool:
    """Whether the caller stays in a danger for the sake of somebody they cared for there."""
    if running is None or not running.uses_exit or Cue.STAYS not in situation.cues:
        return False
    return situation.state.waiting is not None and is_held(situation, running, CARDIAC_ARREST)


def may_follow(situation: Situation, running: Procedure | None, candidate: str) -> bool:
    """Whether `candidate` may take over from the running procedure once nothing holds it."""
    if comes_next(candidate, running):
        return True
    state = situation.state
    if not is_new(situation, candidate) and candidate != state.waiting:
        return False
    return state.procedure is None or outranks(candidate, state.procedure)


def begin(situation: Situation, left: Procedure | None, begun: Procedure) -> None:
    """Keep the care that a danger puts off; care that begins waits no more."""
    if begun.procedure in CASUALTIES and not endangers_rescuer(situation, left, begun):
        situation.state.waiting = None
    elif left is not None and left.procedure in CASUALTIES:
        keep_waiting(situation.state, left.procedure)


def take_release(situation: Situation, running: Procedure | None, assessment: Assessment) -> None:
    """Take a yes or no to what the running procedure holds for before it is chosen what begins;
    every other answer is the runner's to take."""
    if running is not None and situation.state.awaiting in running.hold_until:
        take_answer(situation, running, assessment)


def care_named(assessment: Assessment, running: Procedure | None) -> str | None:
    """Return the care that these words name beside a danger that holds it, however mildly they are
    rated: out of the fire, a burn is what is left to cool."""
    named = assessment.procedure
    if not assessment.urgency.is_emergency and any(":" in one for one in assessment.reasons):
        return None  # told as a drill, a joke or something long past
    signs = BURNED | {"injury"} if assessment.hazard is Hazard.BURN else BURNED
    if named is None and not signs.isdisjoint(assessment.reasons):
        named = BURNS
    return named if named is not None and comes_next(named, running) else None


def with_care_named(assessment: Assessment, running: Procedure | None) -> Assessment:
    """Return the rating with that care in the place of none."""
    named = care_named(assessment, running)
    return assessment if named is None else replace(assessment, procedure=named)


def may_come_near(situation: Situation, candidate: str | None) -> bool:
    """Whether these words tell, for the first time, of a place that whoever gives compressions is
    known to be out of."""
    state = situation.state
    is_pushing = state.procedure == CARDIAC_ARREST and not is_resting(situation)
    return is_pushing and candidate in DANGEROUS_PLACES and "move_on" not in state.taken


def keep_burns(situation: Situation, running: Procedure | None, assessment: Assessment) -> None:
    """Whoever is on fire has a burn to cool once they are out of it."""
    if running is None or running.hazard is not Hazard.FIRE or not comes_next(BURNS, running):
        return
    if not ON_FIRE.isdisjoint(assessment.reasons):
        keep_waiting(situation.state, BURNS)


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

"""Take back what no longer means what it did: a hazard only named, an illness of the caller's own,
being out of another danger, breath that is known from before."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from aurora.guidance.by_hazard import procedure_for
from aurora.guidance.care import CASUALTIES
from aurora.guidance.cues import Cue
from aurora.guidance.holds import CARDIAC_ARREST
from aurora.guidance.library import DANGEROUS_PLACES
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation
from aurora.levels import Hazard
from aurora.triage.assessment import Assessment, Fact

SMARTING = frozenset(
    {"chemical_splash", "burns", "arc_flash", "steam", "spill", "hydraulic_injection"}
    | {"chlorine", "ammonia", "toxic_gas"}
)
"""Procedures whose casualty says "it burns" of skin, eyes or throat."""

OF_A_CASUALTY = ("awake", "people_hurt")
"""Facts that a word such as "faint" states of somebody else."""


def in_context(assessment: Assessment, running: str | None, cues: Collection[Cue]) -> Assessment:
    """Return the rating without a fire that is only pain, for which a shower must not be left,
    without an explosion that a bomb threat only threatens, for which nobody may be told of a second
    blast, and without a casualty who is only the caller: whether "they" breathe is not asked then.

    running: the procedure that runs. The urgency stays.
    """
    if Cue.FAINT in cues:
        assessment = _awake(assessment)
    is_pain = running in SMARTING and Cue.SMARTS in cues and assessment.hazard is Hazard.FIRE
    is_threat = (
        running == "security_threat"
        and assessment.hazard is Hazard.EXPLOSION
        and Cue.BLAST not in cues
    )
    if not (is_pain or is_threat or _is_no_casualty(assessment, running, cues)):
        return assessment
    return replace(assessment, hazard=Hazard.NONE, procedure=None)


def _awake(assessment: Assessment) -> Assessment:
    """Whoever says that they are about to faint has not fainted, nor has anybody else."""
    facts = {f: value for f, value in assessment.facts.items() if f not in OF_A_CASUALTY}
    return replace(assessment, facts=facts)


def _is_no_casualty(assessment: Assessment, running: str | None, cues: Collection[Cue]) -> bool:
    """Whether the somebody hurt or ill in these words is the caller of a danger that runs: about to
    faint in it, or only guessed to be hurt since they cannot get out."""
    if running is None or running in CASUALTIES or assessment.facts.get("others_hurt") is True:
        return False
    if Cue.FAINT in cues and assessment.facts.get("breathing") is not False:
        return assessment.hazard is Hazard.MEDICAL
    is_guess = assessment.procedure is None and assessment.facts.get("shut_in") is True
    return is_guess and procedure_for(assessment.urgency, assessment.hazard) in CASUALTIES


def is_of_another(cues: Collection[Cue], stated: Mapping[str, Fact]) -> bool:
    """Whether words about somebody hurt or ill may be about another than the caller: one who is
    hurt themself or cannot get out is not asked whether "they" breathe."""
    if stated.get("others_hurt") is True or False in (stated.get("breathing"), stated.get("awake")):
        return True
    return Cue.SELF_HURT not in cues and stated.get("shut_in") is not True


def forget_what_was(situation: Situation, begun: Procedure | None, assessment: Assessment) -> None:
    """Whoever was out of one danger is not, by that, out of the next; and words that begin
    compressions tell that a breath known from before has stopped."""
    if begun is None or situation.state.procedure is None:
        return
    is_arrest = begun.procedure == CARDIAC_ARREST != situation.state.waiting
    was_breathing = situation.facts.get("breathing") is True
    if is_arrest and was_breathing and "breathing" not in assessment.facts:
        del situation.facts["breathing"]
    if begun.procedure not in DANGEROUS_PLACES:
        return
    for fact in begun.hold_until.keys() - assessment.facts.keys():
        situation.facts.pop(fact, None)

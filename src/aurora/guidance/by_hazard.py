"""Which procedure a hazard calls for by itself; whether it begins is the guide's."""

from aurora.guidance.care import care_named
from aurora.guidance.cues import Cue
from aurora.guidance.library import Library
from aurora.guidance.spoken import Situation
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment, Intent

CRITICAL_BY_HAZARD = {
    Hazard.FIRE: "fire",
    Hazard.EXPLOSION: "explosion",
    Hazard.GAS_LEAK: "flammable_gas",
    Hazard.TOXIC_GAS: "toxic_gas",
    Hazard.CHEMICAL: "chemical_splash",
    Hazard.ELECTRICAL: "electrocution",
    Hazard.CONFINED_SPACE: "confined_space",
    Hazard.FALL: "fall",
    Hazard.MACHINERY: "caught_in_machine",
    Hazard.VEHICLE: "crush",
    Hazard.STRUCK_BY: "crush",
    Hazard.COLLAPSE: "crush",
    Hazard.BURN: "burns",
    Hazard.MEDICAL: "medical",
    Hazard.INJURY: "bleeding",
    Hazard.HEAT: "heat",
    Hazard.DROWNING: "drowning",
    Hazard.PRESSURE: "pressure",
    Hazard.VIOLENCE: "violence",
}
URGENT_BY_HAZARD = {
    Hazard.CHEMICAL: "spill",
    Hazard.BURN: "burns",
    Hazard.MEDICAL: "injury",
    Hazard.INJURY: "injury",
    Hazard.FALL: "injury",
    Hazard.HEAT: "injury",
}
"""Every other urgent hazard is an unsafe condition."""
NO_HAZARD = (Hazard.NONE, Hazard.OTHER)
GAVE_NO_HAZARD = frozenset(
    {Intent.UNCLEAR, Intent.YES, Intent.NO, Intent.UNSURE, Intent.DONE, Intent.REPEAT}
)
"""What words are that tell of nothing that has happened."""
SURE_ENOUGH_TO_INSTRUCT = 0.4
"""Below it the caller is asked what is happening before any procedure begins."""
SURE_ENOUGH_TO_CHANGE = 0.95
"""Below it a hazard that no rule named leaves the running procedure as it is."""
CALLED_CALMLY = frozenset({"utility_loss", "lift", "missing_person"})
DOUBT_TO_ACT = 0.15
"""Probability of danger from which words that triage rates normal may still begin one of these."""


def procedure_for(urgency: Urgency, hazard: Hazard) -> str | None:
    """Return the procedure for a hazard that triage or the model named without one."""
    if urgency is Urgency.CRITICAL:
        return CRITICAL_BY_HAZARD.get(hazard, "emergency")
    if urgency is Urgency.URGENT:
        return URGENT_BY_HAZARD.get(hazard, "unsafe_condition")
    return None


def called_calmly(
    library: Library, situation: Situation, assessment: Assessment, text: str
) -> str | None:
    """A failed supply, people in a lift, somebody missing: told calmly, no less true."""
    is_softened = assessment.is_drill or any(":" in reason for reason in assessment.reasons)
    is_report = assessment.intent is Intent.REPORT and assessment.doubt >= DOUBT_TO_ACT
    if is_softened or not is_report or situation.state.procedure is not None:
        return None
    called = library.particular("unsafe_condition", text, situation.language)
    return called if called in CALLED_CALMLY else None


def rated(library: Library, situation: Situation, assessment: Assessment, text: str) -> str | None:
    """Return the procedure that the rating of these words calls for, as sure as it is."""
    running = library.running(situation.state, situation.language)
    if assessment.procedure == "minor_injury" or care_named(assessment, running):
        return assessment.procedure
    if not assessment.urgency.is_emergency:
        return called_calmly(library, situation, assessment, text)
    says_no_hazard = assessment.procedure is None and assessment.hazard in NO_HAZARD
    if says_no_hazard and assessment.intent in GAVE_NO_HAZARD:
        return None
    is_running = situation.state.procedure is not None
    least = SURE_ENOUGH_TO_CHANGE if is_running else SURE_ENOUGH_TO_INSTRUCT
    named = assessment.procedure or procedure_for(assessment.urgency, assessment.hazard)
    if named == "bleeding" and assessment.procedure is None and Cue.BLEEDS not in situation.cues:
        named = "injury"  # nothing is to be pressed on
    if assessment.procedure is not None or named is None or assessment.confidence >= least:
        return named
    if assessment.confidence < SURE_ENOUGH_TO_INSTRUCT:
        return None
    # Not sure enough of the hazard; the words may name a procedure all the same.
    called = library.particular(named, text, situation.language, is_guess=True)
    return called if called != named else None

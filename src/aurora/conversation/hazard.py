"""Decide which hazard a call is kept under when its words name one; what is said and whom it alerts
are left to others."""

from aurora.conversation.call import Call
from aurora.guidance.library import THREATS
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment

UNNAMED = (Hazard.NONE, Hazard.OTHER)
NO_OTHER_THAN_A_THREAT = (Hazard.MEDICAL, Hazard.VIOLENCE)
"""What whispered words about a threat seem to name: "I can't talk" makes no illness of it."""


def take_hazard(call: Call, assessment: Assessment) -> None:
    """Keep the call under the hazard in these words if it is the first, or as bad and a danger to
    more than the casualty of what runs. Others learn of a fire by the hazard of the calls."""
    if assessment.hazard is Hazard.NONE:
        return
    is_as_bad = assessment.urgency is call.urgency is Urgency.CRITICAL
    is_named = is_as_bad and assessment.procedure is not None
    runs = call.guidance.procedure is not None and call.hazard not in UNNAMED
    is_aside = _is_whispered(call, assessment) or (runs and assessment.hazard is Hazard.MEDICAL)
    if call.hazard is Hazard.NONE or (is_named and not is_aside):
        call.hazard = assessment.hazard


def named_procedure(call: Call, assessment: Assessment) -> str | None:
    """The procedure that these words name for an emergency: its roles are needed whether or not it
    takes over from what runs."""
    is_meant = assessment.urgency.is_emergency and not _is_whispered(call, assessment)
    return assessment.procedure if is_meant else None


def _is_whispered(call: Call, assessment: Assessment) -> bool:
    is_quiet = call.guidance.procedure in THREATS
    return is_quiet and assessment.hazard in NO_OTHER_THAN_A_THREAT

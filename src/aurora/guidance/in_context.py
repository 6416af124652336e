"""Take from a rating the hazard that its words only name: what runs shows what they mean."""

from collections.abc import Collection
from dataclasses import replace

from aurora.guidance.cues import Cue
from aurora.levels import Hazard
from aurora.triage.assessment import Assessment

SMARTING = frozenset(
    {"chemical_splash", "burns", "arc_flash", "steam", "spill", "hydraulic_injection"}
    | {"chlorine", "ammonia", "toxic_gas"}
)
"""Procedures whose casualty says "it burns" of skin, eyes or throat."""


def in_context(assessment: Assessment, running: str | None, cues: Collection[Cue]) -> Assessment:
    """Return the rating without a fire that is only pain, for which a shower must not be left, and
    without an explosion that a bomb threat only threatens, for which nobody may be told of a second
    blast.

    running: the procedure that runs. The urgency stays.
    """
    is_pain = running in SMARTING and Cue.SMARTS in cues and assessment.hazard is Hazard.FIRE
    is_threat = (
        running == "security_threat"
        and assessment.hazard is Hazard.EXPLOSION
        and Cue.BLAST not in cues
    )
    if not (is_pain or is_threat):
        return assessment
    return replace(assessment, hazard=Hazard.NONE, procedure=None)
